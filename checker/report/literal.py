"""What was said or sent, as a Python literal: to be read in a sentence, or to be pasted into an interpreter.

A result may have been read from a file that anybody wrote: what comes out here is a literal or a name, nothing else.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checker.texts import _

LONGEST_LITERAL = 240
"""Bytes that are written out in a command; of more, only as many are sent."""
LONGEST_QUOTE = 60
"""Characters of a text that stand in a sentence."""


def quoted(text: str) -> str:
    """A literal of `text`, between double quotes and on one line."""
    return '"' + "".join(_escaped(one) for one in text) + '"'


def _escaped(one: str) -> str:
    if one in '"\\':
        return f"\\{one}"
    return one if one.isprintable() else one.encode("unicode_escape").decode("ascii")


@dataclass(frozen=True)
class Carried:
    """What an event carries: the first of its bytes, and how many there were."""

    data: bytes = b""
    size: int = 0

    @classmethod
    def by(cls, event: Mapping[str, Any]) -> Carried:
        """Those of one event of a timeline."""
        try:
            data = bytes.fromhex(event["hex"])
        except (KeyError, ValueError):
            data = str(event.get("data", "")).encode("utf-8", "backslashreplace")
        return cls(data, max(event.get("size", 0), len(data)))

    def __add__(self, later: Carried) -> Carried:
        return Carried(self.data + later.data, self.size + later.size)

    @property
    def text(self) -> str | None:
        """The bytes as text; None where they are none. Where there were more of them the last letter may be cut."""
        try:
            return self.data.decode("utf-8", "ignore" if len(self.data) < self.size else "strict")
        except UnicodeDecodeError:
            return None

    @property
    def in_sentence(self) -> str:
        """A literal; of a long text the beginning, and how long it is."""
        text = self.text
        shown = repr(self.data[:LONGEST_QUOTE]) if text is None else quoted(text[:LONGEST_QUOTE])
        if len(self.data if text is None else text) <= LONGEST_QUOTE and len(self.data) == self.size:
            return shown
        return _("{text} ... ({size} bytes)").format(text=shown, size=f"{self.size:,}")

    @property
    def can_be_typed(self) -> bool:
        """Whether that is one line of text, and not a long one."""
        return self.size <= LONGEST_LITERAL and self.text is not None and self.text.isprintable()

    @property
    def expression(self) -> str:
        """The bytes in Python; of many, as many others."""
        if self.size > LONGEST_LITERAL or len(self.data) < self.size:
            return f'b"x" * {self.size}'
        return repr(self.data) if self.text is None else f"{quoted(self.text)}.encode()"


def name(who: str, taken: frozenset[str]) -> str:
    """What a peer is called in Python: as the scene calls it, where that is a name and not `taken`."""
    if who.isascii() and who.isidentifier() and not keyword.iskeyword(who) and who not in taken:
        return who
    return "peer_" + "".join(one for one in who if one.isascii() and one.isalnum())
