"""Lab 4, a client that types and listens at once: two waits, so two threads."""

from __future__ import annotations

from checker.grading.casting import Cast
from checker.grading.rubric import hints, points
from checker.labs.scenes_room import UNICODE
from checker.stage import containment
from checker.stage.client import NAME, Client, filled, lines_of
from checker.stage.failure import Failed
from checker.stage.peers import Said
from checker.stage.rest.sockdiag import Address
from checker.texts import N_, _

TITLE = N_("type and listen at once")
PROGRAMS = ("client",)
READ = "notebooks/04_client.ipynb"

ANOTHER_HOST = "127.0.0.2"
"""This machine as well, where the system has it: "localhost" written into the program is not it."""


def programs_of(_check_id: str) -> tuple[str, ...]:
    """Every row is about the client: the room is ours."""
    return PROGRAMS


@points(1)
@hints(
    N_("start_client(host, port) is told an address. Is that the one that your connect() uses?"),
    N_("Hand host and port on to connect(), once, and write no address anywhere else."),
    N_("connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\nconnection.connect((host, port))"),
)
def check_connects_where_told(launch: Cast) -> None:
    """It connects to the address that it is given, once."""
    try:
        room = launch.room(host=ANOTHER_HOST)
    except OSError:
        room = launch.room()
    client = launch.client(room)
    if client.strayed is not None:
        raise Failed(
            _("It was told to connect to {told}, and connected to {other}.").format(
                told=_address(client.told), other=_address(client.strayed)
            )
        )
    client.types(f"Hi! {client.stage.token()}")
    client.settle()
    if len(room.guests) != 1:
        count = len(room.guests)
        raise Failed(_("It opened {count} connections to the server instead of one.").format(count=count))


def _address(address: Address) -> str:
    return _("{host}, port {port}").format(host=address[0], port=address[1])


@points(2)
@hints(
    N_("Between input() and the network: what exactly is handed to sendall(), and when?"),
    N_(
        "Send each line as soon as input() has returned it. The prompt is for the screen: "
        "it goes into input(), not into what is sent."
    ),
    N_('text = input("Your message: ")\nconnection.sendall(text.encode("utf-8"))'),
)
def check_sends_what_is_typed(client: Client) -> None:
    """Each typed line arrives as it is, in order."""
    client.still_runs(_("Nothing had been typed yet."))
    if client.asked_first:
        raise Failed(_("It asked for a line before it connected: the first typed line is already a message."))
    before = len(client.sent)
    typed = [client.sends(text) for text in ("Hi!", "How are you?", "Is anybody there?")]
    client.settle()
    _nothing_but(client.sent[before:], typed)


def _nothing_but(arrived: bytes, typed: list[Said]) -> None:
    """Line ends and blanks around a line are the program's own affair; other bytes nobody typed."""
    rest = arrived
    for said in typed:
        rest = rest.replace(said.data, b"", 1)
    if rest.strip():
        expected = b"\n".join(said.data for said in typed)
        raise Failed(_("More was sent than what was typed."), expected=expected, got=arrived)


@points(3)
@hints(
    N_("While your program waits in input(), who waits in recv()?"),
    N_("Two waits need two threads: one receives and prints, the main thread asks for input and sends."),
    N_(
        "threading.Thread(target=receive_messages, args=(connection,), daemon=True).start()\n"
        "while True:\n    text = input(...)"
    ),
)
def check_shows_messages_while_waiting_for_input(client: Client) -> None:
    """A message is on the screen while the program still waits for input, before any key is pressed."""
    client.still_runs(_("Nothing had been typed yet."))
    # More than one: a program that receives and asks in turns shows the first, and then waits in input().
    for _number in range(3):
        _shows_unasked(client)
    client.types(f"Hi! {client.stage.token()}")
    client.settle()
    if client.program.unread_input:
        raise Failed(_("It shows messages, but it does not read what is typed meanwhile."))
    _shows_unasked(client)


def _shows_unasked(client: Client) -> None:
    said = client.hears("Hi!")
    client.shows(said, _("A message came while nobody typed, and it did not appear on the screen."))


@points(1)
@hints(
    N_("How many bytes are in «Привет»? How many letters?"),
    N_("Encode what you send and decode what you receive, with UTF-8 and nothing else."),
    N_('connection.sendall(text.encode("utf-8"))\n...\nprint(data.decode("utf-8"))'),
)
def check_carries_unicode(client: Client) -> None:
    """Any alphabet goes out and comes in unchanged."""
    typed = f"{filled(UNICODE, UNICODE)} {client.stage.token()}"
    client.types(typed)
    client.settle()
    shown = client.hears(UNICODE)
    if client.stage.wait(lambda: client.program.shows(shown)) != "seen":
        client.types(f"Hi! {client.stage.token()}")  # when it is shown is another row's question
    client.shows(shown, _("A message in other alphabets did not appear on the screen as it was sent."))
    if typed.encode() not in client.sent:
        for line in (f"Hi! {client.stage.token()}", "exit"):  # when it is sent, too
            client.types(line)
            client.settle()
    if typed.encode() not in client.sent:
        raise Failed(
            _("A line in other alphabets did not arrive as it was typed."), expected=typed, got=client.sent
        )


@points(2)
@hints(
    N_("When somebody types exit: which of your threads still wait, and for what?"),
    N_(
        "Compare in lower case before you send. Then end the receiving thread's wait with shutdown(), "
        "or make it a daemon, and close."
    ),
    N_(
        'if text.strip().lower() == "exit":\n    break\n...\n'
        "connection.shutdown(socket.SHUT_RDWR)\nconnection.close()"
    ),
)
def check_leaves_on_exit(launch: Cast) -> None:
    """`exit`, in capitals or not, closes the connection and ends the program with status 0."""
    for word in ("exit", "EXIT", "Exit"):
        client = _talking_client(launch)
        before = len(client.sent)
        client.types(word)
        client.settle()
        sent = client.sent[before:]
        if word.lower().encode() in sent.lower():
            why = _("{word} was sent to the room as if it were a message.")
            raise Failed(why.format(word=word), expected=b"", got=sent)
        client.ends(_("{word} was typed and the program did not end.").format(word=word), status=0)
        client.end.sees_end(_("{word} was typed and the connection stayed open.").format(word=word))
        client.dismiss()


@points(1)
@hints(
    N_("What does connect() do when nobody listens there?"),
    N_("connect() raises ConnectionRefusedError, an OSError. Catch it, say in a line what happened, return."),
    N_(
        "try:\n    connection.connect((host, port))\nexcept OSError as error:\n"
        '    print(f"No connection to {host}:{port}: {error}")\n    return'
    ),
)
def check_says_so_when_no_server_answers(launch: Cast) -> None:
    """Where nobody listens it says so in words that a person can read."""
    usual = _words_with_a_server(launch)
    nobody = launch.room()
    nobody.close()
    client = launch.client(nobody, awaited=False)
    endless = client.settle() == "bound"
    if client.waits_for_input() and not client.program.hearsay.all("connect"):
        client.types(NAME)
        endless = client.settle() == "bound"
    client.no_traceback()
    if endless:
        raise Failed(_("Nobody listened where it was told to connect, and it went on without a pause."))
    printed = client.program.printed
    if not lines_of(printed) - usual:
        raise Failed(_("Nobody listened where it was told to connect, and it did not say so."), got=printed)
    retries = len(client.program.hearsay.all("connect")) > 1
    if not _can_be_left(client) and not retries:
        raise Failed(_("Nobody listened where it was told to connect, and it did not end."), got=printed)


def _words_with_a_server(launch: Cast) -> set[str]:
    """What it says where a server answers: none of that can mean that there is no server."""
    client = launch.client(launch.room())
    client.settle()
    words = lines_of(client.program.printed)
    client.dismiss()
    return words


@points(2)
@hints(
    N_("What does recv() return when the server has left? And what if the connection breaks?"),
    N_(
        'recv() returns b"" at the end of the stream, every time from then on, and a broken connection '
        "raises an OSError. Say so and leave the loop."
    ),
    N_(
        'try:\n    data = connection.recv(1024)\nexcept OSError:\n    data = b""\n'
        'if not data:\n    print("The server has left.")\n    break'
    ),
)
def check_notices_the_server_leaving(launch: Cast) -> None:
    """When the server leaves, by a goodbye or by breaking off, it says so and can be left in peace."""
    for breaks_off in (False, True):
        # Of a program that says the last message once more, where it has heard none: an exception.
        client = _talking_client(launch, heard=not breaks_off)
        screen = client.program.screen()
        before = lines_of(client.program.printed)
        client.room.ends(breaks_off=breaks_off)
        if client.settle(screen) == "bound":
            raise Failed(
                _("After the server had left, the program went round and round without a pause."),
                got=client.program.printed_since(screen)[:2000],
            )
        client.no_traceback()
        said = client.program.printed_since(screen)
        if not lines_of(said) - before:
            raise Failed(_("The server left, and nothing on the screen said so."), got=said)
        if not _can_be_left(client):
            raise Failed(_("After the server had left, neither exit nor the end of input ended the program."))
        client.dismiss()


def _can_be_left(client: Client) -> bool:
    """Type on, as a person would, and then leave; raises `Failed` where a traceback comes of it."""
    for line in ("Is anybody there?", "Hello?", "exit"):
        # Two lines: the first send() after a goodbye succeeds, and only its answer breaks the connection.
        if client.program.status is None:
            client.types(line)
            client.settle()
            client.no_traceback()
    # How it takes the end of its input is another row's question.
    client.program.closes_input()
    return client.program.ends()


@points(1)
@hints(
    N_("What does input() do when there is nothing more to read, as after Ctrl-D?"),
    N_("input() raises EOFError. Take it for a goodbye: close the connection and end."),
    N_('try:\n    text = input("Your message: ")\nexcept EOFError:\n    break'),
)
def check_leaves_on_end_of_input(launch: Cast) -> None:
    """The end of input (Ctrl-D) is a goodbye."""
    client = _talking_client(launch)
    client.program.closes_input()
    _goodbye(client, _("At the end of its input the program did not end."))


@points(1)
@hints(
    N_("What does Ctrl-C do to a program that waits in input()?"),
    N_("input() raises KeyboardInterrupt, in the main thread. Take it for a goodbye: close and end."),
    N_("try:\n    ...\nexcept KeyboardInterrupt:\n    print()\nfinally:\n    connection.close()"),
)
def check_leaves_on_ctrl_c(launch: Cast, notes: list[str]) -> None:
    """Ctrl-C is a goodbye: the connection is closed, and no traceback is printed."""
    client = _talking_client(launch)
    if not containment.CTRL_C_ENDS_INPUT:
        notes.append(_("Ctrl-C was not judged: here it does not reach a program whose keyboard is a pipe. Try it by hand."))
        return
    client.program.interrupt()
    _goodbye(client, _("Ctrl-C was pressed and the program did not end."))


def _goodbye(client: Client, why_not: str) -> None:
    client.settle()
    client.no_traceback()
    client.ends(why_not)
    client.no_traceback()
    client.end.sees_end(_("The program ended and its connection stayed open."))


def _talking_client(launch: Cast, heard: bool = True) -> Client:
    """A client that was typed into and, where it has `heard`, answered, and still runs: what it does next it would not do
    anyway."""
    client = launch.client(launch.room())
    client.types(f"{filled('Hi!', 'Hello!')} {client.stage.token()}")
    client.settle()
    if heard:
        client.hears("Hello!")
        client.still_runs(_("A line was typed and a message came, nothing else."))
    else:
        client.still_runs(_("A line was typed, nothing else."))
    if client.end.end is not None:
        raise Failed(_("It closed its connection though nobody had left."))
    return client
