"""Mistakes of clients: what they show, what they send, and when they go."""

from __future__ import annotations

from checker.diagnosis.evidence import Actor, Connection
from checker.diagnosis.findings import RECEIVING, Findings, at, own_frames, placed
from checker.diagnosis.scene import Message, Player
from checker.grading.model import Cause, ThreadState
from checker.texts import _


class Screen:
    """One client's program: what was typed and shown, its threads, and its end of the connection.

    In lab 6 it is the one on whose screen something is missing, or who typed last; elsewhere the judged program.
    """

    def __init__(self, f: Findings) -> None:
        self.player = f.scene.me if not f.is_server else _whose_screen(f)
        name = self.player.name if self.player is not None else ""
        self.threads = f.threads_of(name)
        same = (one for one in reversed(f.evidence.cast) if one.name == name)
        self.actor: Actor | None = next(same, None)
        ends = (name, None) if not f.is_server else (name,)
        self.connection: Connection | None = next(
            (one for one in f.evidence.connections if one.end in ends and one.accepted), None
        )

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.actor is not None and self.actor.status is None

    @property
    def asks(self) -> ThreadState | None:
        """The thread that waits in input()."""
        return next((one for one in self.threads if one.call in ("read", "readv") and one.peer is None), None)

    @property
    def listens(self) -> ThreadState | None:
        """The thread that waits for the server."""
        return next((one for one in self.threads if one.call in RECEIVING and one is not self.asks), None)


def _whose_screen(f: Findings) -> Player | None:
    missing = f.scene.missing
    if missing is not None and missing.facts.get("what") == "output":
        return f.scene.player(missing.who)
    typists = [player for player in f.scene.players if player.program and (player.said or player.how == "exit")]
    return max(typists, key=_last_deed, default=None)


def _last_deed(player: Player) -> int:
    return max([player.left or 0, *(message.at for message in player.said)])


def exit_sent_to_the_room(f: Findings) -> Cause | None:
    """The word `exit` went to the server as a message.

    Rests on the bytes that came after it was typed; in lab 6 on the others' screens. Not taken for it: a client that does
    something else wrong at `exit`.
    """
    screen = Screen(f)
    player = screen.player
    if player is None or player.how != "exit" or player.left is None:
        return None
    word = f.evidence.events[player.left].data.strip().decode("utf-8", "replace")
    others = [one for one in f.scene.players if one is not player]
    if not any(word.lower().encode() in one.heard(player.left).lower() for one in others):
        return None
    if word != word.lower():
        text = _(
            "{word} was sent to the room as if it were a message: your program knows exit only in the letters in which it is "
            "written there. Compare in lower case: text.strip().lower() == \"exit\"."
        )
    else:
        text = _(
            "{word} was typed and sent to the room as if it were a message. Compare what input() has returned before you send "
            "it, leave the loop, and send nothing."
        )
    return placed("exit_sent_to_the_room", text.format(word=word), None if f.is_server else f.sources.only_call("input"))


def prompt_sent(f: Findings) -> Cause | None:
    """The prompt goes into the network.

    Rests on the bytes: what arrived begins with what stood on the screen, without a line end, when the line was typed.
    """
    room, typed = f.scene.player("room"), f.scene.me.said
    if f.is_server or room is None or not typed:
        return None
    for message in typed:
        shown = _shown_before(f, message)
        prompt = shown.rpartition(b"\n")[2]
        arrived = room.heard(message.at)
        if len(prompt.strip()) > 0 and arrived.startswith(prompt.rstrip()) and not message.data.startswith(prompt.strip()):
            text = _(
                "What arrived begins with {prompt!r}, which is your prompt. The prompt is for the screen alone: give it to "
                "input(), and send what input() returns."
            )
            text = text.format(prompt=prompt.decode("utf-8", "replace"))
            return placed("prompt_sent", text, f.sources.only_call("send", "sendall"))
    return None


def _shown_before(f: Findings, message: Message) -> bytes:
    return b"".join(data for at_, data in f.scene.me.parts if at_ < message.at)


def asks_for_a_name(f: Findings) -> Cause | None:
    """asks_for_a_name, sends_the_line_before: the first line that was typed did not arrive as a message.

    Rests on the order (something had to be typed before the connection came), or on an experiment: another line is typed. Does
    that one arrive, the first was kept for a name; does the first arrive now, everything comes one line late. Not taken for
    it: a client that sends nothing at all.
    """
    room, typed = f.scene.player("room"), f.scene.me.said
    if f.is_server or room is None or not typed or not f.runs:
        return None
    text = _(
        "Your program takes the first line that is typed for a name. Ask for none: connect at once, and what is typed first "
        "is already a message."
    )
    if typed[0].at < room.joined:
        return Cause("asks_for_a_name", text) if len(typed) == 1 else None
    missing, probe = f.scene.missing, f.evidence.probe
    if probe is None or missing is None or missing.data != typed[0].data or len(typed) != 1 or room.has(typed[0]):
        return None
    answer = probe.types(f.judged.name)
    if answer.line and answer.line in answer.sent:
        return Cause("asks_for_a_name", text)
    if typed[0].data in answer.sent:
        late = _(
            "What arrives is always the line before: the line that was typed first came only when the next one had been typed. "
            "Send each line as soon as input() has returned it."
        )
        return Cause("sends_the_line_before", late)
    return None


def shown_too_late(f: Findings) -> Cause | None:
    """shown_only_after_a_key, receiver_has_ended, nobody_listens, read_but_not_shown: something came and is not on the screen,
    while the program waits in input().

    Rests on the threads (one waits in input()), on the socket table (is it still unread, and does anybody wait for it?) and
    on an experiment: does it appear once a line is typed? Where it does not, somebody listened before and does not any more,
    or nobody ever did; or it was taken in and never shown. Not taken for it: a screen that shows it changed (see `letters`).
    """
    screen, probe = Screen(f), f.evidence.probe
    player, connection = screen.player, screen.connection
    asks = screen.asks
    if player is None or connection is None or asks is None or probe is None or not screen.runs or not f.evidence.proved:
        return None
    message = _not_shown(f, player)
    ended = connection.state == "close_wait"
    if message is None and not ended:
        return None
    if connection.unread and screen.listens is not None:
        return None
    if ended and not connection.unread:
        return None
    answer = probe.types(player.name)
    shown = message.data in answer.printed if message is not None else _says_something(player, answer.printed)
    if shown:
        text = _(
            "What came is shown only after a line has been typed: while your program waits in input(), nobody receives and "
            "prints. Two waits need two threads: one receives and prints, the main thread asks for input."
        )
        return at("shown_only_after_a_key", text, asks)
    if not connection.unread:
        text = _(
            "Your program took in all that came (nothing lies unread), did not show it, and waits in input() again. Print what "
            "recv() returned, as soon as it has returned it."
        )
        return at("read_but_not_shown", text, asks)
    if _ever_shown(f, player):
        text = _(
            "Messages that came before were shown, and nobody receives any more: what came now lies unread in the socket. The "
            "thread that listens has come to its end: let it receive in a loop until recv() returns b\"\"."
        )
        return Cause("receiver_has_ended", text)
    text = _(
        "What came lies unread in the socket, and no thread of your program ever receives. Start a thread that receives and "
        "prints, and let the main thread ask for input."
    )
    return Cause("nobody_listens", text)


def _not_shown(f: Findings, player: Player) -> Message | None:
    """The last message that somebody else sent and that never came on this screen."""
    missing = f.scene.missing
    if missing is None or missing.facts.get("what") != "output" or missing.who != player.name:
        return None
    if player.how is not None:
        return None
    sent = [one for one in f.scene.said if one.who != player.name and missing.data in one.data]
    return sent[-1] if sent and not player.heard().count(missing.data) else None


def _ever_shown(f: Findings, player: Player) -> bool:
    return any(player.has(message) for message in f.scene.said if message.who != player.name)


def _says_something(player: Player, printed: bytes) -> bool:
    """Whether more than the prompt was printed."""
    said = printed.strip()
    return bool(said) and not player.heard().strip().endswith(said)


def keyboard_not_read(f: Findings) -> Cause | None:
    """waits_for_an_answer, keyboard_not_read: a typed line lies unread, and no thread waits in input().

    Rests on the pipe that is the keyboard and on the threads. Does one of them wait for the server, the program asks and
    listens in turn; does none, it waits for something else.
    """
    screen = Screen(f)
    if f.is_server or screen.actor is None or not screen.runs or screen.asks is not None or not f.evidence.proved:
        return None
    if not screen.actor.unread and f.scene.input_closed is None:
        return None
    if not screen.threads or any(thread.call == "running" for thread in screen.threads):
        return None
    listens = screen.listens
    if listens is not None and len(screen.threads) == 1 and screen.actor.unread:
        text = _(
            "A line was typed and nobody reads it: your program waits in recv() for an answer first. Others speak whenever "
            "they like, or not at all: let one thread receive, and the main thread ask for input."
        )
        return at("waits_for_an_answer", text, listens)
    main = screen.threads[0]
    if listens is None and main.source and own_frames(main):
        text = _(
            "What is typed is not read any more: the main thread waits in `{source}`. Let it ask on, so that exit and the end "
            "of input still end the program, or let the program end by itself."
        )
        return at("keyboard_not_read", text.format(source=main.source), main)
    return None


def goes_on_after_a_goodbye(f: Findings) -> Cause | None:
    """It was told to go (exit, the end of input, Ctrl-C), sent nothing of it, and asks for the next line.

    Rests on the thread that waits in input() again (or, at the end of input, on the prompts that come without end). Not taken
    for it: a main thread that waits for another one (see `leaving.thread_keeps_it_alive`).
    """
    screen = Screen(f)
    player = screen.player
    if player is None or not screen.runs or not screen.threads:
        return None
    main = screen.threads[0]
    closed, interrupted = f.scene.input_closed, f.scene.interrupted
    if player.how == "exit" and screen.asks is not None and closed is None:
        text = _(
            "exit was typed, and your program waits in input() for the next line: nothing leaves the loop there. Leave the "
            "loop, close the connection, and let the function end."
        )
        return at("goes_on_after_a_goodbye", text, screen.asks)
    if f.is_server or player.left is not None:
        return None
    if interrupted is not None and closed is None and screen.asks is not None and not player.ended:
        text = _(
            "Ctrl-C was pressed, and your program waits in input() for the next line: something catches KeyboardInterrupt and "
            "goes on. Take it for a goodbye: leave the loop, close the connection and end."
        )
        return at("goes_on_after_a_goodbye", text, screen.asks)
    if closed is not None and player.received_since(closed) > 10_000 and f.scene.player("room") is not None:
        text = _(
            "At the end of input (Ctrl-D) input() raises EOFError, every time and at once, and your program asks on and on. "
            "Take it for a goodbye: leave the loop, close the connection and end."
        )
        return at("goes_on_after_a_goodbye", text, main)
    return None
