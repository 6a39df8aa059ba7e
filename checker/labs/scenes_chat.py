"""Scenes of a chat in which server and clients are the student's: who types, on whose screen it comes."""

from __future__ import annotations

import re

from checker.stage.chat import Chat, Person
from checker.stage.failure import Failed
from checker.texts import _

_NO_COUNTS = re.compile(
    r"<socket\.socket[^>]*>"
    r"|\d+(?:\.\d+){3}|::[\da-f:.]*"  # addresses
    r"|\d{4}-\d\d-\d\d|\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?"  # dates and times of day
    r"|(?:thread|fd|task)\w*[-=# ]?\d+",
    re.IGNORECASE,
)
"""What has numbers in it and counts no clients."""


def chat_on(chat: Chat, rounds: int) -> None:
    """Everybody speaks in turn and everybody else sees it; more than once after somebody has left, since the
    first send to a peer that is gone succeeds."""
    for _round in range(rounds):
        for speaker in chat.others():
            chat.everybody_sees(speaker)


def everybody_sees_named(chat: Chat, speaker: Person, text: str = "Hi!") -> int:
    """`speaker` types a line; it comes on every other screen with the speaker's port. Returns how often it
    is on the speaker's own screen when everything is at rest."""
    screens = {person: person.program.screen() for person in chat.people}
    line = chat.everybody_sees(speaker, text)
    chat.settle()
    for other in chat.others(speaker):
        _bears_address(speaker, other, line, other.shown_since(screens[other]))
    return speaker.shown_since(screens[speaker]).count(line)


def _bears_address(speaker: Person, other: Person, line: str, shown: str) -> None:
    host, port = speaker.address
    if not has_number(shown.replace(line, "\0"), port):
        message = _("{who}'s port is {port}, and what came on {name}'s screen with it does not say so.")
        raise Failed(
            message.format(who=speaker.name, port=port, name=other.name),
            expected=f"[('{host}', {port})] {line}",
            got=shown,
        )


def nothing_comes_back(chat: Chat, own: dict[Person, int]) -> None:
    """`own`: how often each speaker's line was on the speaker's own screen. A client may show what is typed
    into it, so where there was any, one more is typed while the server stands still. That ends the chat."""
    if not any(own.values()):
        return
    chat.program.pause()
    for speaker, times in own.items():
        screen = speaker.program.screen()
        line = speaker.types("Hi!")
        chat.stage.settle()
        if times > speaker.shown_since(screen).count(line):
            message = _("What {who} typed came back from the server, on {who}'s own screen.")
            raise Failed(message.format(who=speaker.name), got=speaker.program.printed)


def console_tells(chat: Chat, happened: str, person: Person, screen: tuple[int, ...], count: int) -> None:
    """What the server printed since `screen` bears the person's port and, unless 0, the number of clients."""
    printed = chat.program.printed_since(screen).decode("utf-8", "backslashreplace")
    port = person.address[1]
    if not has_number(printed, port):
        message = _("{happened}, and nothing that the server printed then bears the client's port, {port}.")
        raise Failed(message.format(happened=happened, port=port), expected=str(person.address), got=printed)
    # That nobody is left may be said in words.
    if count and not has_number(_without_addresses(chat, printed), count):
        message = _("{happened}, and nothing that the server printed then says how many there are: {count}.")
        raise Failed(message.format(happened=happened, count=count), expected=str(count), got=printed)


def _without_addresses(chat: Chat, printed: str) -> str:
    for port in (chat.server.address[1], *(person.address[1] for person in chat.people)):
        printed = re.sub(rf"(?<!\d){port}(?!\d)", " ", printed)
    return _NO_COUNTS.sub(" ", printed)


def has_number(text: str, number: int) -> bool:
    """Whether `number` is in `text` as a whole number; zeros before it do not matter."""
    return re.search(rf"(?<!\d)0*{number}(?!\d)", text) is not None
