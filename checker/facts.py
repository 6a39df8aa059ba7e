"""What a stage finds and a result shows: how a scene ended, signals by their names, bytes as a person can read them."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Literal

EndedBy = Literal["rest", "seen", "exit", "bound"]

NOT_WRITTEN = "is not written yet"
"""What a stub prints of a part to write that it comes to: "TODO 1 is not written yet"."""


def name_of_signal(number: int) -> str:
    """Its name, or the number where there is no such signal here: a result may come from another system."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return {9: "SIGKILL", 15: "SIGTERM"}.get(number, str(number))


@dataclass
class Text:
    """Bytes as a person can read them: `text` decoded where possible, `escaped` with every invisible byte shown."""

    text: str
    escaped: str

    @classmethod
    def of(cls, data: bytes | str) -> Text:
        """Make both views; bytes that are not UTF-8 are shown as escapes in `text` as well."""
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogateescape")
        text = data.decode("utf-8", "backslashreplace")
        if text.isprintable() and "\\" not in text:  # nearly everything that is ever said
            return cls(text, text)
        escaped = "".join(c if c.isprintable() and c != "\\" else c.encode("unicode_escape").decode() for c in text)
        return cls(text, escaped)
