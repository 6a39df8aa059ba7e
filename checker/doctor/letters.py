"""Encodings: can this screen show what a chat says, and how are files read that do not say how?"""

from __future__ import annotations

import codecs
import locale
import os
import sys
from collections.abc import Iterator

from checker.doctor.finding import Finding
from checker.setup.place import Place
from checker.texts import _, fits

CYRILLIC = "Привет"
DRAWN = "✓✗│►●"
SETTINGS = (
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
    "PYTHONUTF8",
    "PYTHONIOENCODING",
    "PYTHONCOERCECLOCALE",
    "PYTHONLEGACYWINDOWSSTDIO",
)


def look(_place: Place) -> Iterator[Finding]:
    """The screen, files, and what was set."""
    yield _screen()
    yield _files()
    yield from _locale()


def _screen() -> Finding:
    encoding = sys.stdout.encoding or "ascii"
    fact = _("This screen takes {encoding}.").format(encoding=encoding)
    if not fits(CYRILLIC, encoding):
        means = _("A program that prints `{word}` ends with a UnicodeEncodeError here.").format(word=CYRILLIC)
        return Finding("bad", fact, means, _set("PYTHONUTF8=1"))
    if not fits(DRAWN, encoding):
        return Finding(
            "note", fact, _("It has Cyrillic letters, but no lines and arrows: the checker draws with + and x.")
        )
    return Finding("good", fact, _("It has the letters of every language, and what the checker draws with."))


def _files() -> Finding:
    encoding = locale.getpreferredencoding(False)
    fact = _("Files are read as {encoding} by whoever does not say how.").format(encoding=encoding)
    if _is_utf8(encoding):
        return Finding("good", fact, _("That is what the labs, the notebooks and this course use everywhere."))
    means = _(
        "Python reads programs as UTF-8 all the same; but open(path) takes the other table, and gets other letters."
    )
    return Finding("note", fact, means, _('Write open(path, encoding="utf-8").'))


def _locale() -> Iterator[Finding]:
    told = [f"{name}={os.environ[name]}" for name in SETTINGS if os.environ.get(name)]
    plain = (os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or "").upper()
    if plain in ("C", "POSIX"):
        means = _(
            "This locale knows English letters only. Python takes UTF-8 in spite of it, other programs here will not."
        )
        if not sys.flags.utf8_mode and not _is_utf8(locale.getpreferredencoding(False)):
            means = _("This locale knows English letters only, and Python was told to go by it.")
        yield Finding("note", _("Settings: ") + ", ".join(told), means, _set("LC_ALL=C.UTF-8"))
    elif told:
        yield Finding(
            "good",
            _("Settings: ") + ", ".join(told),
            _("Python goes by these; the two lines above are what comes of it."),
        )


def _set(setting: str) -> str:
    """How to set an environment variable, in this system's words."""
    if os.name == "nt":
        name, _sign, value = setting.partition("=")
        return _("Type  setx {name} {value}  and open a new terminal.").format(name=name, value=value)
    return _("Type  export {setting}  (and add that line to ~/.profile, to have it always).").format(setting=setting)


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False
