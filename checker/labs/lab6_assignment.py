"""Lab 6, the assignment: a chat for two earns a pass, a chat for as many as come the full mark.

Server and clients are the student's own, together: what is typed into one is read off the others' screens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from checker.grading.casting import Cast
from checker.grading.rubric import evidence, hints, points
from checker.labs import scenes_libraries
from checker.labs.scenes_chat import chat_on, console_tells, everybody_sees_named, nothing_comes_back
from checker.labs.scenes_lock import guards_its_containers
from checker.stage.chat import Chat, Person
from checker.stage.failure import Failed
from checker.stage.finished import finished
from checker.texts import N_, _

TITLE = N_("the whole of it")
PROGRAMS = ("server", "client")
READ = "notebooks/06_assignment.ipynb"
THREE = ("alice", "bob", "carol")
DEFAULT_PORT = 12345
ROWS_OF = {
    "uses_socket": (),  # of whichever there is
    "exit_leaves": ("client",),
    "the_rest_stay": ("server",),
    "uses_threading_and_a_lock": ("server",),
    "survives_a_lost_connection": ("server",),
    "tells_who_came_and_went": ("server",),
}


def programs_of(check_id: str) -> tuple[str, ...]:
    """Which programs must be handed in for a check: where one will do, ours stands in for the other."""
    return ROWS_OF.get(check_id, PROGRAMS)


def mark(passed: set[str]) -> Literal["none", "pass", "full"]:
    """The mark as the assignment's author gives it, from the ids of the checks that passed."""
    if passed >= {scene.__name__.removeprefix("check_") for scene in CHECKS}:
        return "full"
    return "pass" if passed >= {"uses_socket", "two_people_can_chat"} else "none"


def _chat(launch: Cast, **options: Any) -> Chat:
    server, client = (launch.files.get(program, finished(program)) for program in PROGRAMS)
    return Chat(launch.stage, server, client, **options)


@points(2)
@evidence("text")
@hints(
    N_("Which library does the assignment ask for, and which kind of socket is a TCP socket?"),
    N_("Both programs import socket. The server listens with a SOCK_STREAM socket, the client connects one."),
    N_(
        "connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\n"
        "connection.connect((host, port))"
    ),
)
def check_uses_socket(launch: Cast) -> None:
    """A client connects to the server over TCP, through the `socket` library."""
    for file in launch.files.values():
        scenes_libraries.uses_socket(file)
    _chat(launch).join("alice")


@points(8)
@hints(
    N_("From Enter on one side to the other's screen: which of your two programs had the message last?"),
    N_("The server passes on what it gets. In the client a thread prints what comes, while input() waits."),
    N_(
        "threading.Thread(target=receive_messages, args=(connection,), daemon=True).start()\n"
        "while True:\n    text = input()\n    ..."
    ),
)
def check_two_people_can_chat(launch: Cast) -> None:
    """What one of two people types comes on the other's screen, both ways, in any alphabet."""
    alice, bob = _chat(launch).join("alice", "bob")
    for text in ("Hi!", "Привет!"):
        for speaker, other in ((alice, bob), (bob, alice)):
            other.shows(speaker.types(text), speaker)


@points(1)
@hints(
    N_("After `exit`: which of your client's threads still waits, and for what?"),
    N_("Leave the loop, close the connection. The receiving thread is a daemon, or shutdown() wakes it."),
    N_('if text.lower() == "exit":\n    break\n...\nconnection.close()'),
)
def check_exit_leaves(launch: Cast) -> None:
    """`exit` ends the client with status 0."""
    alice, _bob = _chat(launch).join("alice", "bob")
    _exits(alice)


def _exits(person: Person) -> None:
    person.leaves()
    if not person.program.ends():
        message = _("{name} typed exit, and the client went on running.")
        raise Failed(message.format(name=person.name), got=person.program.printed)
    if person.program.status != 0:
        message = _("{name} typed exit, and the client ended with exit status {status}, not 0.")
        message = message.format(name=person.name, status=person.program.status)
        raise Failed(message, got=person.program.printed)


@points(1)
@hints(
    N_("Three people chat and one leaves. Does your server still try to send to the one who left?"),
    N_('recv() returned b"": take this client off the list, close its socket, go on for the others.'),
    N_(
        "if not message:\n    break\n...\n"
        "with clients_lock:\n    clients.remove(client_socket)\nclient_socket.close()"
    ),
)
def check_the_rest_stay(launch: Cast) -> None:
    """When one of three leaves, the other two chat on."""
    for leaver in range(len(THREE)):  # the first to have joined, one in the middle, the last
        chat = _chat(launch)
        people = chat.join(*THREE)
        chat_on(chat, 1)
        _is_away(chat, people[leaver])
        chat_on(chat, 3)
        chat.dismiss()


def _is_away(chat: Chat, person: Person) -> None:
    """Somebody leaves; a client that hangs on `exit`, which another row is about, is ended."""
    person.leaves()
    chat.settle()
    if person.program.status is None:
        person.is_killed()
        chat.settle()


@points(2)
@hints(
    N_("Three people, one line: on which screens must it come, and how does a reader know whose it is?"),
    N_("Send to every client but the sender, and put the address that accept() gave before the text."),
    N_(
        'message = f"[{address}] {text}"\n'
        "for other in clients:\n    if other is not client_socket:\n        other.sendall(message.encode())"
    ),
)
def check_three_or_more_can_chat(launch: Cast) -> None:
    """What one of three types comes on both other screens with the sender's address, and not back."""
    chat = _chat(launch)
    people = chat.join(*THREE)
    nothing_comes_back(chat, {speaker: everybody_sees_named(chat, speaker) for speaker in people})


@points(2)
@evidence("inside")
@hints(
    N_("Which of your server's threads use the list of clients? What keeps two from doing it at once?"),
    N_("One threading.Lock for the list. Every use, the loop that sends and len() too, is under it."),
    N_("with clients_lock:\n    clients.append(client_socket)"),
)
def check_uses_threading_and_a_lock(launch: Cast, notes: list[str]) -> None:
    """Threads do the work, and the list that several of them use is never touched without one lock."""
    for file in launch.files.values():
        scenes_libraries.uses_threading(file)
    chat = _chat(launch, lens=True)
    _alice, bob, _carol = chat.join(*THREE)
    chat_on(chat, 1)
    guards_its_containers(chat.server, notes)
    # Whoever leaves is taken off the list; that the server lives on is asked in other rows.
    bob.leaves()
    chat.stage.settle()
    if chat.program.status is None:
        guards_its_containers(chat.server, [])


@points(1)
@hints(
    N_("A client's window is closed by force: what does recv() do in your server then?"),
    N_('recv() returns b"" or raises ConnectionResetError, and sending may raise. Tidy up after each.'),
    N_(
        "try:\n    ...\nexcept OSError:\n    pass\nfinally:\n"
        "    with clients_lock:\n        clients.remove(client_socket)\n    client_socket.close()"
    ),
)
def check_survives_a_lost_connection(launch: Cast) -> None:
    """A client that is killed does not take the room with it, and its socket is closed afterwards."""
    # One in the middle, and the last: of a socket that nobody closes the last to have come is often still in a variable.
    for lost, who in ((_while_idle, 1), (_with_bytes_unread, 2)):
        chat = _chat(launch)
        victim = chat.join(*THREE)[who]
        chat_on(chat, 1)
        chat.settle()
        before = chat.program.observer.descriptors()
        lost(chat, victim)
        chat.settle()
        chat_on(chat, 3)
        chat.settle()
        if chat.program.observer.descriptors() >= before:
            message = _("{name}'s client was killed, and the server still holds the socket of that client.")
            raise Failed(message.format(name=victim.name))
        chat.dismiss()


def _while_idle(_chat: Chat, victim: Person) -> None:
    """The server sees FIN."""
    victim.is_killed()


def _with_bytes_unread(chat: Chat, victim: Person) -> None:
    """The server sees RST: ConnectionResetError."""
    victim.program.pause()
    speaker, other = chat.others(victim)
    other.shows(speaker.types(f"Is {victim.name} still there?"), speaker)
    chat.settle()
    victim.is_killed()


@points(2)
@hints(
    N_("What does somebody who looks at the server's window see when a client comes, and when it goes?"),
    N_("Print the address and len(clients) right after you changed the list, still holding the lock."),
    N_(
        "with clients_lock:\n    clients.remove(client_socket)\n"
        '    print(f"{address} has left. Clients: {len(clients)}")'
    ),
)
def check_tells_who_came_and_went(launch: Cast) -> None:
    """The server's console shows who came and who went, and how many are left."""
    chat = _chat(launch)
    for count, name in enumerate(THREE, 1):
        screen = chat.program.screen()
        (person,) = chat.join(name)
        console_tells(chat, _("{name} joined").format(name=name), person, screen, count)
    alice, bob, carol = chat.people
    for count, person in ((2, bob), (1, alice), (0, carol)):
        screen = chat.program.screen()
        _is_away(chat, person)
        console_tells(chat, _("{name} left").format(name=person.name), person, screen, count)


@points(1)
@hints(
    N_("Run `python server.py` in a terminal, `python client.py` in three more: what is different?"),
    N_("Run without arguments, both use localhost and 12345, from the block at the end of each file."),
    N_(
        'def start_server(host="localhost", port=12345):\n    ...\n\n'
        'if __name__ == "__main__":\n    start_server()'
    ),
)
def check_plays_the_assignments_scene(launch: Cast) -> None:
    """The assignment's own scene, with `python server.py` and three times `python client.py`."""
    chat, first = _opens(launch)
    first.types("Hi!")
    chat.settle()
    second, _third = chat.join("client 2", "client 3")
    everybody_sees_named(chat, first, "Hi!")
    everybody_sees_named(chat, second, "Hello!")
    first.is_killed()
    chat.settle()
    _exits(second)
    chat.settle()


def _opens(launch: Cast) -> tuple[Chat, Person]:
    if not launch.stage.is_free(DEFAULT_PORT):
        # The default port is somebody else's here: the same scene is played at another address.
        chat = _chat(launch)
        return chat, chat.join("client 1")[0]
    try:
        chat = _chat(launch, port=DEFAULT_PORT, alone=True)
        return chat, chat.join("client 1")[0]
    except Failed as failure:
        failure.message = _("Both were run without HOST and PORT.") + " " + failure.message
        raise


CHECKS: tuple[Callable[..., None], ...] = (
    check_uses_socket,
    check_two_people_can_chat,
    check_exit_leaves,
    check_the_rest_stay,
    check_three_or_more_can_chat,
    check_uses_threading_and_a_lock,
    check_survives_a_lost_connection,
    check_tells_who_came_and_went,
    check_plays_the_assignments_scene,
)
