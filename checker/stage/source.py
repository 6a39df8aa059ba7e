"""A program's file as it was handed in, judged before anything is started: is it there, text, and Python?

Nothing of it is imported or run. What is wrong is one sentence, and one more says what to do.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import stat
import sys
import tokenize
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from checker.parsing import parse
from checker.paths import as_known
from checker.stage.misnamed import near_misses
from checker.stage.shownline import shown_line
from checker.texts import _

LARGEST = 1 << 20
LIBRARIES_SHADOWED = sys.stdlib_module_names - set(sys.builtin_module_names) - {"test", "this", "antigravity"}
"""Standard library names that a file beside the program can take: not those built into the interpreter."""

_SIGNATURES = (
    (b"PK\x03\x04", "ZIP"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"\x89PNG", "PNG"),
    (b"MZ", "EXE"),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


@dataclass
class Source:
    """One file as it was read. `text` is None where there is a `problem`: what is wrong and what to do.
    `notes` cost nothing but are worth knowing."""

    path: Path
    text: str | None = None
    problem: str | None = None
    notes: list[str] = field(default_factory=list)


class _Unusable(Exception):
    """What is wrong, as a sentence for the student."""


def read_source(path: Path) -> Source:
    """Read and judge a program's file; never raises for what a student can have handed in."""
    try:
        text = _text(path, _bytes(path))
        _is_program(path, text)
    except _Unusable as problem:
        return Source(path, problem=str(problem))
    return Source(path, text, notes=[*_links(path), *_shadows(path)])


def _wrong(path: Path, sentence: str, **facts: object) -> _Unusable:
    return _Unusable(sentence.format(path=as_known(path), **facts))


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _wrong(path, _("{path} is a folder: put a file of that name in its place."))
        if not stat.S_ISREG(status.st_mode):
            raise _wrong(path, _("{path} is no ordinary file: save your program there as one."))
        if status.st_size > LARGEST:
            size = f"{status.st_size / LARGEST:.1f} MiB"
            raise _wrong(
                path, _("{path} is too large for a program ({size}): at most 1 MiB, please."), size=size
            )
        with path.open("rb") as file:
            return file.read(LARGEST)
    except FileNotFoundError:
        likely = near_misses(path.parent, path.name) or _("Save your program there.")
        raise _wrong(path, _("{path} is missing. {likely}"), likely=likely) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _wrong(
            path, _("{path} cannot be read ({reason}): make it a file that you may read."), reason=reason
        ) from None


# Bytes to text


def _text(path: Path, data: bytes) -> str:
    if not data.strip():
        raise _wrong(path, _("{path} is empty: write your program into it and save it."))
    for signature, kind in _SIGNATURES:
        if data.startswith(signature) and (kind == "RTF" or not _is_text(data)):
            raise _wrong(
                path, _("{path} is no Python program but a {kind} file: save it as plain text."), kind=kind
            )
    if data.startswith(_UTF16) or _looks_like_utf16(data):
        raise _in_encoding(path, "UTF-16")
    if b"\0" in data:
        raise _wrong(
            path, _("{path} holds NUL bytes, so it is not text: save your program again, as plain text.")
        )
    encoding = _declared(path, data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(path, data, encoding, error.start) from None
    except (UnicodeError, LookupError):  # "hex" is a codec, but none for text
        raise _unknown_encoding(path) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _looks_like_utf16(data: bytes) -> bool:
    """Without a mark at the beginning: every second byte of Latin text is then 0."""
    some = data[:512]
    return (
        len(some) > 3
        and any(some[half::2].count(0) > len(some) * 0.4 for half in (0, 1))
        and some.count(0) < len(some) * 0.6
    )


def _declared(path: Path, data: bytes) -> str:
    """The encoding that Python itself would read the file in: UTF-8, or what its first two lines declare."""
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:  # no such encoding, or the first lines are not UTF-8
        start = _first_wrong(data)
        if start is not None:
            raise _undecodable(path, data, "utf-8", start) from None
        raise _unknown_encoding(path) from None


def _unknown_encoding(path: Path) -> _Unusable:
    return _wrong(
        path, _("{path} declares an encoding that Python does not know: take that line, `coding: ...`, out.")
    )


def _first_wrong(data: bytes) -> int | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _undecodable(path: Path, data: bytes, encoding: str, start: int) -> _Unusable:
    if encoding.startswith("utf-8") and _reads_as_cyrillic(data, "cp1251"):
        return _in_encoding(path, "cp1251 (Windows-1251)")
    if encoding.startswith("utf-8") and _reads_as_cyrillic(data, "cp866"):
        return _in_encoding(path, "cp866 (DOS)")
    where = _("Line {line} of {path} is not {encoding} text (byte 0x{byte:02x}): ")
    line = data[:start].count(b"\n") + 1
    return _wrong(path, where + _how_to_save(), line=line, encoding=encoding.upper(), byte=data[start])


def _reads_as_cyrillic(data: bytes, encoding: str) -> bool:
    """Whether it has words in that encoding: nearly every byte above ASCII a Russian letter, most small ones,
    three of them in a row somewhere (in Western European text one or two are)."""
    high = bytes(byte for byte in data if byte >= 0x80).decode(encoding, "replace")
    small = sum("а" <= letter <= "я" or letter == "ё" for letter in high)
    letters = small + sum("А" <= letter <= "Я" or letter == "Ё" for letter in high)
    words = re.search(rb"[\x80-\xff]{3}", data) is not None
    return words and letters >= 0.8 * len(high) and small >= 0.5 * letters


def _in_encoding(path: Path, name: str) -> _Unusable:
    return _wrong(path, _("{path} is saved in the encoding {name}: ") + _how_to_save(), name=name)


def _how_to_save() -> str:
    return _(
        "save it as UTF-8 (VS Code: click the encoding at the bottom right, Save with Encoding, UTF-8; "
        "Notepad: File, Save as, Encoding: UTF-8)."
    )


# Text to a program


def _is_program(path: Path, text: str) -> None:
    _is_not_another_thing(path, text)
    tree = _parsed(path, text)
    if not any(_does_something(node) for node in tree.body):
        raise _wrong(
            path, _("{path} holds no code, only blanks and comments: write your program into it and save it.")
        )


def _is_not_another_thing(path: Path, text: str) -> None:
    begin = text.lstrip()[:200].lower()
    if begin.startswith(("<!doctype html", "<html")):
        raise _wrong(path, _("{path} is a web page: download the file itself (on GitHub: the button Raw)."))
    if begin.startswith("{") and '"cells"' in text:
        try:
            is_notebook = isinstance(json.loads(text).get("cells"), list)
        except (ValueError, RecursionError):
            is_notebook = False
        if is_notebook:
            name = path.with_suffix(".py").name
            raise _wrong(
                path,
                _("{path} is a Jupyter notebook: copy the code of its cells into a plain {name}."),
                name=name,
            )


def _parsed(path: Path, text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a SyntaxWarning is printed when the program runs, not here
            compile(text, path.name, "exec", dont_inherit=True)  # sees more: a `return` outside a function
            tree = parse(text, path.name)
    except SyntaxError as error:
        raise _Unusable(_syntax_error(path, text, error)) from None
    except (RecursionError, MemoryError, ValueError):
        raise _wrong(
            path, _("{path} is nested too deeply for Python to read: split its longest expression.")
        ) from None
    return tree


def _syntax_error(path: Path, text: str, error: SyntaxError) -> str:
    first = _("{path}, line {line}: Python cannot read this ({reason}).").format(
        path=as_known(path), line=error.lineno or "?", reason=error.msg
    )
    lines = text.split("\n")
    shown = []
    if error.lineno and error.lineno <= len(lines):
        shown = shown_line(lines[error.lineno - 1], error.lineno, error.offset)
    last = _("Look at this line and at the one before it, correct it, save, and grade again.")
    return "\n".join([first, *shown, last])


def _does_something(node: ast.stmt) -> bool:
    return not isinstance(node, ast.Pass) and not (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _links(path: Path) -> list[str]:
    """A note where the file lies elsewhere: it may be another one than whoever handed it in has written."""
    if not path.is_symlink() and not path.parent.is_symlink():
        return []
    note = _("{path} is a link: what is graded is {target}.")
    return [note.format(path=as_known(path), target=as_known(os.path.realpath(path)))]


def _shadows(path: Path) -> list[str]:
    """A note for each file beside the program that Python would load in place of a library."""
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return []
    note = _(
        "{path} hides Python's own library {name}: `import {name}` loads that file instead. "
        "Give it another name."
    )
    notes = []
    for one in beside:
        module = one.suffix == ".py" and one.is_file()
        package = not one.suffix and (one / "__init__.py").is_file()
        if (module or package) and one.stem in LIBRARIES_SHADOWED:
            notes.append(note.format(path=as_known(one), name=one.stem))
    return notes
