"""Lab 3, a room: a list of clients, a `threading.Lock`, one thread for each client."""

from __future__ import annotations

from pathlib import Path

from checker.grading.casting import Cast
from checker.grading.rubric import evidence, hints, points
from checker.labs import scenes_room
from checker.labs.scenes_libraries import uses_socket_and_threading
from checker.labs.scenes_lock import guards_its_containers
from checker.labs.scenes_room import THREE, somebody_hears, take_turns
from checker.stage.failure import Failed
from checker.stage.server import Server
from checker.texts import N_, _

TITLE = N_("a room")
PROGRAMS = ("server",)
READ = "notebooks/03_broadcast.ipynb"
MESSAGES = 50
MESSAGES_READ_ONE_BY_ONE = 12
TOKEN_SIZE = len(b"<NNnnnnnn>")


@points(2)
@hints(
    N_("While alice says nothing, where does your program wait: in accept(), or in her recv()?"),
    N_("accept() and recv() cannot both be waited for in one thread. Give every client a thread of its own."),
    N_(
        "connection, address = listener.accept()\n"
        "threading.Thread(target=serve, args=(connection, address)).start()"
    ),
)
def check_serves_a_newcomer_while_others_are_silent(server: Server) -> None:
    """Somebody who comes later is served while the earlier ones say nothing."""
    server.join("alice", "bob")
    (carol,) = server.join("carol")
    waiting = server.in_accept_queue()
    if waiting:
        why = _("Nobody has accepted {names}: their connection still waits in the accept queue.")
        raise Failed(why.format(names=", ".join(waiting)))
    somebody_hears(server, carol, carol.says("Hi!"))


@points(2)
@hints(
    N_("If one client sends two messages quickly, can the second overtake the first in your program?"),
    N_("One thread for each client, from its first message to its last, keeps that client's order by itself."),
    N_("def serve(connection, address):\n    while True:\n        data = connection.recv(1024)\n        ..."),
)
def check_keeps_each_senders_order(launch: Cast) -> None:
    """Fifty messages sent by one client without waiting arrive in the order in which they were sent."""
    _fifty_in_a_row(launch.server(), overtaking=False)
    # The kernel decides which of two threads goes first. Here the launcher does: the one that started last, and a recv()
    # gives it the bytes of one token at a time, however many have come.
    schedule = {"kind": "reorder", "piece": TOKEN_SIZE}
    _fifty_in_a_row(launch.server(schedule=schedule), overtaking=True)


def _fifty_in_a_row(server: Server, *, overtaking: bool) -> None:
    alice, *others = server.join(*THREE)
    how_many = MESSAGES_READ_ONE_BY_ONE if overtaking else MESSAGES
    tokens = [f"<{number:02}{server.stage.random.randrange(10**6):06}>".encode() for number in range(how_many)]
    if overtaking:
        alice.sends(b"".join(tokens))
    else:
        for number, token in enumerate(tokens):
            alice.sends(token, marked=number == 0)
    server.stage.wait(lambda: all(token in other.heard for other in others for token in tokens))
    hearers = [other for other in others if any(token in other.heard for token in tokens)]
    if not hearers:
        for other in others:
            server.stage.timeline.add(other.name, "missing", tokens[0], said_by=alice.name)
        raise Failed(_("alice sent many messages and nobody received any."), expected=b"".join(tokens), got=b"")
    for other in hearers:
        _in_order(other.name, bytes(other.heard), tokens)
    server.program.stop()


def _in_order(name: str, heard: bytes, tokens: list[bytes]) -> None:
    places = [heard.find(token) for token in tokens]
    if -1 in places:
        missing = tokens[places.index(-1)]
        raise Failed(
            _("{name} never received message {number} of {many}.").format(
                name=name, number=places.index(-1) + 1, many=len(tokens)
            ),
            expected=missing,
            got=heard,
        )
    for number in range(1, len(tokens)):
        if places[number] < places[number - 1]:
            raise Failed(
                _("{name} received message {later} before message {earlier}.").format(
                    name=name, later=number + 1, earlier=number
                ),
                expected=b"".join(tokens),
                got=heard,
            )


@points(1)
@hints(
    N_("Who comes into a room: does he hear what was said before?"),
    N_("Keep no history. A newcomer is added to the list and hears what is said from then on."),
    N_("with clients_lock:\n    clients.append(connection)   # and nothing is sent here"),
)
def check_tells_a_newcomer_nothing_old(server: Server) -> None:
    """Who joins later hears only what is said later."""
    old = []
    for speaker in take_turns(server):
        old.append(speaker.says("Hi!"))
        somebody_hears(server, speaker, old[-1])
    server.settle()  # it may still go round: that nobody joins in the middle of that is another row's business
    (dave,) = server.join("dave")
    alice = server.peers[0]
    somebody_hears(server, alice, alice.says("Hello, dave!"))
    server.settle()
    for said in old:
        dave.hears_nothing_of(said, _("dave heard what {who} had said before he came.").format(who=said.who))


@points(2)
@hints(
    N_("How many clients does your server hold before something fills up?"),
    N_(
        "listen() bounds only those who wait to be accepted. "
        "Is there any other number in your program that bounds the clients?"
    ),
    N_("while True:\n    connection, address = listener.accept()   # no counting here"),
)
def check_holds_twenty_clients(server: Server) -> None:
    """Twenty people at once: what each of them says reaches the other nineteen."""
    crowd = server.join(*(f"guest{number}" for number in range(1, 21)))
    waiting = server.in_accept_queue()
    if waiting:
        why = _("Nobody has accepted {names}: their connection still waits in the accept queue.")
        raise Failed(why.format(names=", ".join(waiting)))
    for speaker in crowd:
        said = speaker.says("Hi!")
        heard = somebody_hears(server, speaker, said)
        if len(heard) < len(crowd) - 1:
            deaf = [other.name for other in crowd if other not in heard and other is not speaker]
            for name in deaf:
                server.stage.timeline.add(name, "missing", said.data, said_by=said.who)
            raise Failed(
                _("Of twenty people, these did not hear {who}: {names}.").format(who=speaker.name, names=", ".join(deaf)),
                expected=said.data,
                got=b"",
            )


@points(3)
@evidence("inside")
@hints(
    N_("Which of your threads read the list of clients, and which of them change it?"),
    N_(
        "Every use of the list, the loop that sends and len() included, belongs inside `with clients_lock:`, "
        "with one and the same lock."
    ),
    N_("with clients_lock:\n    for other in clients:\n        ..."),
)
def check_guards_the_client_list_with_a_lock(watched: Server, notes: list[str]) -> None:
    """No list that several threads use is ever touched without one and the same lock."""
    for speaker in watched.join(*THREE):
        somebody_hears(watched, speaker, speaker.says("Hi!"))
    (dave,) = watched.join("dave")
    somebody_hears(watched, dave, dave.says("Hi!"))
    guards_its_containers(watched, notes)
    # Whoever leaves is taken off the list; that the server lives on is asked in another lab.
    dave.leaves()
    if watched.stage.settle() != "exit":
        guards_its_containers(watched, [])


@points(1)
@evidence("text")
@hints(
    N_("Which two libraries does the assignment ask for?"),
    N_("Import socket and threading, and do the work with them: nothing that hides the sockets or the threads."),
    N_("import socket\nimport threading"),
)
def check_uses_socket_and_threading(files: dict[str, Path]) -> None:
    """It is built from `socket` and `threading`, and from nothing that does their work."""
    uses_socket_and_threading(files["server"])


CHECKS = (
    check_serves_a_newcomer_while_others_are_silent,
    scenes_room.check_reaches_every_other_client,
    scenes_room.check_names_the_sender,
    scenes_room.check_does_not_echo_to_the_sender,
    check_keeps_each_senders_order,
    scenes_room.check_carries_unicode,
    check_tells_a_newcomer_nothing_old,
    check_holds_twenty_clients,
    scenes_room.check_lets_everyone_talk_at_once,
    check_guards_the_client_list_with_a_lock,
    check_uses_socket_and_threading,
)
