"""Text from a student's program, made harmless: it can neither steer the terminal nor hide what it is."""

from __future__ import annotations

import re
import unicodedata

MOST_COMBINING = 2
"""Accents shown on one letter; more of them would run over the lines above and below."""

COMMAND = re.compile(r"^( *)::", re.MULTILINE)
OLD_COMMAND = "##["


def pieces(text: str, encoding: str) -> list[str]:
    """How each character of `text` is shown: itself where visible and known to `encoding`, else an escape."""
    shown = []
    combining = 0
    for one in text:
        combining = combining + 1 if unicodedata.combining(one) else 0
        visible = one.isprintable() and combining <= MOST_COMBINING and _encodable(one, encoding)
        shown.append(one if visible else escape(one))
    return shown


def harmless(text: str, encoding: str) -> str:
    """`text` on one line, with every character that is invisible or unknown to `encoding` as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(pieces(text, encoding))


def lines(text: str, encoding: str) -> list[str]:
    """The lines of `text` as a terminal would show them, each of them harmless; tabs are four blanks."""
    plain = text.replace("\r\n", "\n").replace("\t", "    ")
    return [harmless(line, encoding) for line in plain.split("\n")]


def defused(text: str) -> str:
    """Harmless lines without what a GitHub workflow obeys when it is printed: `::notice title=...::` and the like, with
    blanks before it or without. The points of an assignment are told in such a line, and a program could print one."""
    return COMMAND.sub(r"\1| ::", text).replace(OLD_COMMAND, "## [")


def escape(one: str) -> str:
    r"""The escape of one character, as Python writes it: `\n`, `\x1b`, `\u202e`."""
    return one.encode("unicode_escape").decode("ascii")


def _encodable(one: str, encoding: str) -> bool:
    if one.isascii():
        return True
    try:
        one.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
