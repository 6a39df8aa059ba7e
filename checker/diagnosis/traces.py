"""What a program's own words say of its end: the tracebacks among what it printed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

BEGINS = "Traceback (most recent call last):"
GOES_ON = ("During handling of the above exception", "The above exception was the direct cause")
ABORTED = b"Fatal Python error: _enter_buffered_busy"
"""The interpreter's last words where a daemon thread still reads the keyboard while the program ends."""

_FRAME = re.compile(r'  File "(?P<file>.+)", line (?P<line>\d+), in (?P<function>.+)')
_LAST = re.compile(r"(?P<name>[A-Za-z_][\w.]*)(?:: (?P<text>.*))?$")
_THREAD = re.compile(r"Exception in thread (?P<thread>.+?)(?: \(.*\))?:$")
_NUMBER = re.compile(r"\[(?:Errno|WinError) (?P<number>\d+)\]")

SENDS = re.compile(r"\.\s*(?:send|sendall|sendmsg|sendto|write|flush)\b")
"""In a line of a program: it sends (send() and its kind, or a file made from a socket)."""

ADDRESS_IN_USE = (98, 48, 10048)
"""EADDRINUSE on Linux, on macOS and on Windows."""

NOT_OPEN = (9, 10038)
"""EBADF, and ENOTSOCK on Windows: what is asked of a socket that the program itself has closed."""

BROKEN = ("BrokenPipeError", "ConnectionResetError", "ConnectionAbortedError")
NO_CONNECTION = (9, 32, 54, 57, 103, 104, 107, 10038, 10053, 10054, 10057)
"""EBADF, EPIPE, ECONNRESET, ENOTCONN, ECONNABORTED on the three systems: what a send to somebody who is gone says."""


@dataclass(frozen=True)
class Place:
    """One line of a traceback; `own` where the file is the student's."""

    file: str
    line: int
    function: str
    source: str
    own: bool


@dataclass
class Raised:
    """One traceback. `thread` is the thread that it ended, None where it was the main thread or somebody caught it and
    printed it; `at` its place in the text, in characters; `first` the exception while handling which it was raised."""

    name: str
    text: str
    thread: str | None
    at: int
    places: list[Place] = field(default_factory=list)
    first: Raised | None = None

    @property
    def own(self) -> Place | None:
        """The innermost line that is the student's."""
        return next((place for place in reversed(self.places) if place.own), None)

    @property
    def number(self) -> int | None:
        """The system's number of an OSError."""
        found = _NUMBER.search(self.text)
        return int(found["number"]) if found else None

    @property
    def in_send(self) -> bool:
        """Whether the student's own line sends."""
        return self.own is not None and SENDS.search(self.own.source) is not None

    @property
    def broken(self) -> bool:
        """Whether it says that the other side is gone, or the socket closed."""
        return self.name in BROKEN or (self.name == "OSError" and self.number in NO_CONNECTION)

    @property
    def closed_here(self) -> bool:
        """Whether it says that the socket has been closed by the program itself."""
        return self.name == "OSError" and self.number in NOT_OPEN

    @property
    def title(self) -> str:
        """Name and text, as the interpreter says them."""
        return f"{self.name}: {self.text}" if self.text else self.name


def tracebacks(printed: str, folder: str) -> list[Raised]:
    """Every traceback in `printed`, oldest first; the student's files are those below `folder`.

    Threads that end at the same time print at the same time: what cannot be told apart is left out.
    """
    found: list[Raised] = []
    reading: list[Raised] = []
    threads: list[str] = []
    first: Raised | None = None
    at = 0
    for line in printed.splitlines(keepends=True):
        text = line.rstrip("\r\n")
        if (started := _THREAD.search(text)) is not None:
            threads.append(started["thread"])
        elif text.endswith(BEGINS):  # a prompt may stand before it
            thread = first.thread if first is not None else threads.pop(0) if threads else None
            reading.append(Raised("", "", thread, at, first=first))
            first = None
        elif reading:
            if (frame := _FRAME.match(text)) is not None:
                own = os.path.dirname(frame["file"]) == folder or frame["file"].startswith(folder + os.sep)
                reading[-1].places.append(Place(frame["file"], int(frame["line"]), frame["function"], "", own))
            elif text.startswith("    "):
                _add_source(reading[-1], text.strip())
            elif (last := _LAST.match(text)) is not None:
                ended = reading.pop()
                ended.name, ended.text = last["name"].rpartition(".")[2], last["text"] or ""
                if ended.places:
                    found.append(ended)
        elif text.startswith(GOES_ON) and found:
            first = found.pop()
        at += len(line)
    return found


def _add_source(reading: Raised, text: str) -> None:
    """The first line below a frame is its source; what comes then are marks under it."""
    if reading.places and not reading.places[-1].source:
        place = reading.places[-1]
        reading.places[-1] = Place(place.file, place.line, place.function, text, place.own)
