"""Every text shown to a person passes through here, so that a second language is a catalogue, not a rewrite."""

from __future__ import annotations

import gettext
from pathlib import Path

_catalogue = gettext.translation(
    "checker", localedir=str(Path(__file__).with_name("locale")), fallback=True
)


def _(text: str) -> str:
    """Return `text` in the reader's language (English where no catalogue has it)."""
    return _catalogue.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return `one` or `many`, as the reader's language asks for `count` things."""
    return _catalogue.ngettext(one, many, count)


def language() -> str:
    """The code of the language in which texts are shown ("en", "ru")."""
    return str(_catalogue.info().get("language") or "en")


def fits(text: str, encoding: str) -> bool:
    """Whether `encoding` (a name that Python may not know) has every character of `text`."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def N_(text: str) -> str:
    """Mark `text` for the catalogue without translating it yet (hints, titles: translated when shown)."""
    return text
