"""Scenes of leaving that several labs play: who goes, how, and what is asked of the server then.

Two things are easily missed: the first send to a peer that is gone succeeds, so everybody speaks more than once
after a leave; and a server may break for one leaver and not for another, so the first to have joined, a middle
one and the last one go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from checker.grading.casting import Cast
from checker.grading.model import EndedBy
from checker.grading.rubric import hints, points
from checker.labs.scenes_room import THREE
from checker.stage.containment import slowness
from checker.stage.failure import Failed
from checker.stage.peers import Peer
from checker.stage.server import Server, ended_too_early
from checker.texts import N_, _

FIVE = ("alice", "bob", "carol", "dave", "erin")
ROUNDS = 2  # how often everybody speaks after a leave
FLOOD = 1000  # receives: notices of a leave are right, to everybody and from each; a stream that does not end is not
BATCH, BATCHES = 10, 4  # a room holds twenty: forty visitors come ten at a time
STOPS_WITHIN = 3.0  # seconds


def quiet(server: Server, seen: Callable[[], bool] = lambda: False) -> EndedBy:
    """Wait until `seen()` holds or the server is at rest. Raises `Failed` where it has ended.

    "bound" is a server that does not come to rest although nobody says anything: it burns processor time, or
    sends on and on.
    """
    began = len(server.stage.timeline.events)

    def floods() -> bool:
        events = server.stage.timeline.events
        return (
            len(events) - began > FLOOD and sum(event.kind == "received" for event in events[began:]) > FLOOD
        )

    flooded = False

    def enough() -> bool:
        nonlocal flooded
        if seen():  # asked once: calm may pass
            return True
        flooded = floods()
        return flooded

    ended = server.stage.wait(enough)
    if ended == "exit":
        raise ended_too_early(server.program)
    return "bound" if flooded else ended


def noticed(server: Server) -> bool:
    """Wait until the server has noticed what was done. False where its threads never wait: see "bound" of `quiet`."""
    return quiet(server, server.is_calm) != "bound"


def noticed_leaving(server: Server, leavers: Sequence[Peer], sockets: int) -> bool:
    """As `noticed`, when `leavers` are gone; the server had `sockets` before they came.

    Raises `Failed` where its threads never wait and it has more sockets by now: every visitor keeps it busy.
    """
    if noticed(server):
        return True
    if server.program.observer.descriptors() > sockets:
        names = ", ".join(leaver.name for leaver in leavers)
        raise Failed(
            _("{names} had left, and the server never stopped being busy with them.").format(names=names)
        )
    return False


def chat_on(server: Server, leaver: Peer) -> None:
    """Everybody who is still there speaks several times and is heard by everybody else."""
    for _round in range(ROUNDS):
        for speaker in server.peers:
            try:
                server.everyone_hears(speaker)
            except Failed as failure:
                raise Failed(
                    _("After {name} had left: {what}").format(name=leaver.name, what=failure.message),
                    expected=failure.expected,
                    got=failure.got,
                ) from None


def _each_leaves(server: Server, leave: Callable[[Peer], None]) -> None:
    first, _second, middle, _fourth, last = server.join(*FIVE)
    for leaver in (first, middle, last):
        server.everyone_hears(leaver)
        leave(leaver)
        noticed(server)
        chat_on(server, leaver)


@points(2)
@hints(
    N_("What does recv() return when the other side has closed the connection?"),
    N_(
        "An empty bytes object is the end of the stream: take the client off the list, so that "
        "nobody sends to it any more."
    ),
    N_(
        "if not data:\n"
        "    break\n"
        "...\n"
        "with clients_lock:\n"
        "    clients.remove(connection)\n"
        "connection.close()"
    ),
)
def check_survives_a_goodbye(server: Server) -> None:
    """Somebody says goodbye, and the others chat on."""
    _each_leaves(server, Peer.leaves)


@points(2)
@hints(
    N_("What does recv() do when the other side has broken off the connection instead of closing it?"),
    N_("It raises ConnectionResetError. For the room that is a leave like any other."),
    N_('try:\n    data = connection.recv(1024)\nexcept OSError:\n    data = b""'),
)
def check_survives_a_reset(server: Server) -> None:
    """Somebody's connection breaks off, and the others chat on."""
    _each_leaves(server, Peer.resets)


@points(2)
@hints(
    N_("After somebody has left: how often does your loop go round, and what does recv() give it each time?"),
    N_(
        'At the end of the stream recv() does not wait: it returns b"" at once, again and again. '
        "Leave the loop."
    ),
    N_("while True:\n    data = connection.recv(1024)\n    if not data:\n        break"),
)
def check_rests_after_a_goodbye(server: Server) -> None:
    """When somebody has left, the server has nothing more to do."""
    alice, bob, carol = server.join(*THREE)
    server.everyone_hears(carol)
    heard = {other: len(other.heard) for other in (alice, bob)}
    used = server.program.observer.processor_time()
    carol.leaves()
    if quiet(server) == "bound":
        if server.program.observer.spinning():
            used = server.program.observer.processor_time() - used
            raise Failed(
                _(
                    "carol left and nobody said anything, yet the server does not rest: "
                    "it has used {seconds:.1f} s of processor time since then, and nothing came of it."
                ).format(seconds=used)
            )
        raise Failed(
            _("carol left and nobody said anything, yet the server goes on sending."),
            expected=b"",
            got=next(
                (bytes(other.heard[since:]) for other, since in heard.items() if other.heard[since:]), b""
            ),
        )
    server.everyone_hears(alice)  # it rests, and it is not dead


@points(2)
@hints(
    N_("Somebody has nothing more to say, but still listens. How does he learn that you have noticed?"),
    N_(
        "At the end of the stream close your end of the connection, too: it takes close() on that "
        "client's socket."
    ),
    N_("if not data:\n    break\n...\nconnection.close()"),
)
def check_answers_a_half_close(server: Server) -> None:
    """Who has shut down the sending side of the connection sees the end of the stream."""
    alice, _bob, carol = server.join(*THREE)
    server.everyone_hears(carol)
    carol.half_closes()
    quiet(server, lambda: carol.end is not None)
    if carol.end is None:
        server.stage.timeline.add(carol.name, "missing", what="end")
        raise Failed(
            _(
                "carol shut down her sending side, and the server never closed its own: its socket is still open."
            )
        )
    carol.leaves()
    server.everyone_hears(alice)  # the end that carol saw was not the end of the whole server


@points(3)
@hints(
    N_(
        "Of a client that has left, what is still there in your program: the socket, its place on "
        "the list, its thread?"
    ),
    N_(
        "However the client left, its socket is to be closed and its thread's function to return: "
        "`finally` is for that."
    ),
    N_(
        "try:\n"
        "    ...\n"
        "finally:\n"
        "    with clients_lock:\n"
        "        clients.remove(connection)\n"
        "    connection.close()"
    ),
)
def check_forgets_who_left(server: Server) -> None:
    """After many visitors the server has no more sockets and no more threads than before."""
    alice, bob = server.join("alice", "bob")
    _visitors(server, 1)  # what a program makes only once, it makes by now
    sockets, threads = [], []
    for _round in (1, 2):
        for _batch in range(BATCHES):
            _visitors(server, BATCH)
        bob.hears(alice.says("Hi!"))
        server.settle()
        sockets.append(server.program.observer.descriptors())
        threads.append(len(server.program.observer.threads()))
    counts = ((sockets, N_("sockets")), (threads, N_("threads")))
    for (first, second), what in counts:
        if second > first:
            message = _(
                "When forty visitors had come and gone, the server had {first} {what}; when forty "
                "more had, {second}."
            )
            raise Failed(message.format(first=first, second=second, what=_(what)))


def _visitors(server: Server, how_many: int) -> None:
    """Some come, one of them says something, and all of them leave, half of them rudely."""
    resident = server.peers[0]
    sockets = server.program.observer.descriptors()
    visitors = server.connect(*(f"visitor{number}" for number in range(1, how_many + 1)))
    resident.hears(visitors[-1].says("Hi!"))
    noticed(server)  # the other visitors are sent it, too: nobody goes in the middle of that
    for number, visitor in enumerate(visitors):
        if number % 2:
            visitor.resets()
        else:
            visitor.leaves()
    noticed_leaving(server, visitors, sockets)


@points(2)
@hints(
    N_(
        "Ctrl-C is an exception in the main thread. Who still waits in recv() then, and does Python "
        "end before them?"
    ),
    N_(
        "Catch KeyboardInterrupt around the accept() loop, and shut down every client's socket: that "
        "wakes its thread up."
    ),
    N_(
        "except KeyboardInterrupt:\n"
        "    with clients_lock:\n"
        "        for client in clients:\n"
        "            client.shutdown(socket.SHUT_RDWR)"
    ),
)
def check_stops_on_ctrl_c(launch: Cast) -> None:
    """One Ctrl-C ends it while people are connected, and it can be started again at once."""
    # Whoever is hung up on may be quicker to leave the list than the loop that goes through it. Here it is.
    server = launch.server(schedule={"kind": "shutdown"})
    alice, bob = server.join("alice", "bob")
    for speaker in (alice, bob):
        server.everyone_hears(speaker)
    screen = server.program.screen()
    began = server.stage.timeline.now()
    server.program.interrupt()
    program, stage = server.program, server.stage
    limit = STOPS_WITHIN * slowness()
    stage.wait(lambda: program.status is not None or stage.timeline.now() - began > limit, exits=False)
    if program.status is None:
        raise Failed(_("After one Ctrl-C, with two people connected, the server did not end."))
    printed = server.program.printed_since(screen)
    if b"Traceback (most recent call last)" in printed or b"Fatal Python error" in printed:
        raise Failed(_("At Ctrl-C the server printed a traceback instead of ending quietly."), got=printed)
    for peer in (alice, bob):
        peer.sees_end(
            _("The server has ended, and {name} never saw the end of the connection.").format(name=peer.name)
        )
        peer.leaves()
    try:
        server.start()
    except Failed as failure:
        raise Failed(_("The same server could not be started again at once. ") + failure.message) from None
    carol, _dave = server.join("carol", "dave")
    server.everyone_hears(carol)
