"""Lab 1, a first connection: a server that sends back what it gets, a client that prints what comes back."""

from __future__ import annotations

from checker.grading.casting import Cast
from checker.grading.rubric import hints, points
from checker.labs import scenes_echo, scenes_echo_client
from checker.labs.scenes_echo import answered, comes_back, not_answered
from checker.stage.failure import Failed
from checker.stage.peers import Peer
from checker.stage.server import EVERYWHERE, HOST, Server
from checker.stage.stage import Stage
from checker.texts import N_, _

TITLE = N_("a first connection")
PROGRAMS = ("server", "client")
READ = "notebooks/01_echo.ipynb"

OTHER_HOST = "127.0.0.2"  # also this machine (RFC 1122, 3.2.1.3), and never a default
TEXTS = ("Hi!", "Привет, 世界 👋", "  two  blanks,\ttabs and\nnew lines \n")
EXCHANGES = 10


def programs_of(check_id: str) -> tuple[str, ...]:
    """Which program a check plays with."""
    return ("client",) if check_id.startswith("client_") else ("server",)


@points(1)
@hints(
    N_("start_server is given a host and a port. Where in your program are they used?"),
    N_("bind() takes one tuple of two: the host and the port, both as they were given, neither written out."),
    N_("listener.bind((host, port))"),
)
def check_listens_where_told(launch: Cast) -> None:
    """It listens on the host and the port that it was given."""
    server = launch.server(host=_other_host(launch.stage))
    if server.told in server.listens and not any(host in EVERYWHERE for host, _port in server.listens):
        return
    where, port = next((one for one in server.listens if one != server.told), server.listens[0])
    facts = {"host": server.told[0], "port": server.told[1], "where": where, "other": port}
    if where in EVERYWHERE and port == server.told[1]:
        message = _(
            "Told to listen on {host} alone, the server listens on every address of the machine "
            "({where}), port {port}."
        )
    else:
        message = _("Told to listen on {host}, port {port}, the server listens on {where}, port {other}.")
    raise Failed(
        message.format(**facts),
        expected=_place(*server.told),
        got=", ".join(_place(*one) for one in server.listens),
    )


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _other_host(stage: Stage) -> str:
    """127.0.0.2 where the system has it (not all give the loopback interface more than one address)."""
    with stage.socket() as probe:
        try:
            probe.bind((OTHER_HOST, 0))
        except OSError:
            return HOST
    return OTHER_HOST


@points(2)
@hints(
    N_("Which bytes does the client send, and which does it get back? Compare them one by one."),
    N_("Send back exactly what recv() returned: no greeting, nothing added, nothing decoded on the way."),
    N_("data = connection.recv(1024)\nconnection.sendall(data)"),
)
def check_echoes_what_it_gets(launch: Cast) -> None:
    """The same bytes come back."""
    for text in TEXTS:
        # A server of its own for each: whether a second message is answered is another check's question.
        server = launch.server()
        (alice,) = server.join("alice")
        if alice.heard:
            raise Failed(
                _("The server spoke before alice had said anything."), expected=b"", got=bytes(alice.heard)
            )
        said = alice.says(text)
        comes_back(server, alice, len(said.data))
        if not alice.heard:
            not_answered(server, alice, _("alice said something and nothing came back."))
        if alice.heard != said.data:
            raise Failed(
                _("What came back is not what alice had sent."), expected=said.data, got=bytes(alice.heard)
            )
        server.program.stop()


@points(1)
@hints(
    N_("After the first answer, what does your program do next: receive again, or close?"),
    N_(
        'Receive in a loop. The conversation is over when recv() returns b"", and at no other '
        "moment: silence is not a goodbye."
    ),
    N_(
        "while True:\n"
        "    data = connection.recv(1024)\n"
        '    if data == b"":\n'
        "        break\n"
        "    connection.sendall(data)"
    ),
)
def check_echoes_until_the_client_leaves(server: Server) -> None:
    """Message after message is answered over one connection, until the client leaves."""
    (alice,) = server.join("alice")
    for number in range(1, EXCHANGES + 1):
        why = _(
            "alice said {total} things over one connection, one at a time. Number {number} was never "
            "answered."
        )
        answered(server, alice, why.format(total=EXCHANGES, number=number))
        if number == 1:
            server.stage.settle()  # a pause, long enough for whoever takes one for a goodbye


@points(2)
@hints(
    N_("alice has left. Which line of your program runs next, and does it lead back to accept()?"),
    N_(
        "accept() belongs in a loop. A client that vanishes makes recv() or sendall() raise "
        "ConnectionResetError: that is the end of this client, not of the server."
    ),
    N_(
        "while True:\n"
        "    connection, address = listener.accept()\n"
        "    try:\n"
        "        ...\n"
        "    except OSError as error:\n"
        "        print(error)\n"
        "    connection.close()"
    ),
)
def check_serves_the_next_client(server: Server) -> None:
    """The next client is served after the one before has left, politely or not."""
    (alice,) = server.join("alice")
    answered(server, alice, _("alice said something and nothing came back."))
    alice.leaves()
    server.stage.settle()
    bob = _next_is_served(server, "bob", _("alice had closed her connection (FIN)"))
    bob.resets()
    server.stage.settle()
    carol = _next_is_served(server, "carol", _("bob had broken his connection off (RST)"))
    _vanishes_unanswered(server, carol)
    _next_is_served(
        server, "dave", _("carol had said something and broken her connection off (RST) before the answer")
    )


def _next_is_served(server: Server, name: str, what: str) -> Peer:
    if server.program.status is not None:
        raise Failed(
            _("The server ended when {what}.").format(what=what) + " " + server.program.explain_end()
        )
    (peer,) = server.connect(name)
    answered(server, peer, _("When {what}, {name} came next and got no answer.").format(what=what, name=name))
    return peer


def _vanishes_unanswered(server: Server, peer: Peer) -> None:
    """`peer` says something and is gone when the server comes to answer.

    The program is halted meanwhile, so that it is not a matter of luck which of the two is first.
    """
    server.program.halts()
    peer.says("Hi!")
    peer.resets()
    server.program.goes_on()


@points(1)
@hints(
    N_("What does bind() raise when you stop your server and start it again at once?"),
    N_(
        "The system keeps connections of the old program for a minute. One option, set before "
        "bind(), says that this does not matter."
    ),
    N_(
        "listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
        "listener.bind((host, port))"
    ),
)
def check_restarts_at_once_on_the_same_port(server: Server) -> None:
    """Killed with a client connected, it starts again at once on the same port."""
    (alice,) = server.join("alice")
    if server.in_accept_queue():
        raise Failed(_("Nobody has accepted alice: the connection still waits in the accept queue."))
    before = server.address
    server.program.die()  # nothing of ours is closed before it, so its connections stay on the port
    alice.sees_end(_("The server was killed and alice's connection is still open."))
    why = _(
        "Killed with a client connected and started again at once, the server did not listen on port {port}."
    ).format(port=before[1])
    try:
        server.start()
    except Failed as failure:
        raise Failed(why + " " + failure.message, got=server.program.printed) from failure
    if server.address[1] != before[1]:
        raise Failed(why, expected=_place(*before), got=_place(*server.address))


CHECKS = (
    check_listens_where_told,
    check_echoes_what_it_gets,
    check_echoes_until_the_client_leaves,
    scenes_echo.check_returns_every_byte_of_a_long_message,
    check_serves_the_next_client,
    check_restarts_at_once_on_the_same_port,
    scenes_echo_client.check_client_sends_and_prints_the_echo,
    scenes_echo_client.check_client_leaves_on_exit,
)
