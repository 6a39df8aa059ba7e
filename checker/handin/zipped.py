"""A zip archive as a listing. Nothing of it is unpacked to the disk, nothing that it says of itself is believed.

Python's `zipfile` reads the directory at the end of an archive as a whole, and unpacks as much as one asks for; so the
directory is bounded before it is read, and a member is unpacked as far as somebody may want it, and no further.
"""

from __future__ import annotations

import contextlib
import functools
import io
import re
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from checker.handin.listing import ENVIRONMENT, Child, Entry, Listing, Unreadable, ends, inside, is_junk
from checker.texts import _

LARGEST_WITHIN = 20 << 20
"""Bytes of an archive that is in another one, and has to be held in memory. One on the disk may be as large as it likes, as
it is where somebody packs an environment along: only what is needed of it is read."""
LARGEST_DIRECTORY = 8 << 20
"""Bytes of the directory of an archive: fifty thousand names and more."""
PIECE = 1 << 16
MOST_BLOWN_UP = 100
"""How many times its own size a member may unpack to, where that is more than `PIECE`."""

OTHERS = {".rar": "RAR", ".7z": "7-Zip", ".tar": "tar", ".gz": "gzip", ".tgz": "gzip", ".xz": "xz", ".bz2": "bzip2"}
"""Archives that are not opened, by their suffixes."""

Member = tuple[str, zipfile.ZipInfo]
"""A member and its path, from wherever one looks."""

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_RUSSIAN = re.compile(r"[А-яЁё]")
_MIXED = re.compile(r"[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]")
_UTF_8 = 0x800
_LOCKED = 0x1


class _Bounded(io.RawIOBase):
    """A file of which nobody reads more at once than a directory may have."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._most = file, most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._most + 1 if size is None or size < 0 else min(size, self._most + 1)
        data = self._file.read(wanted)
        if len(data) > self._most:
            raise Unreadable(_("its directory is too large: it holds too many files"))
        return data


class Archive:
    """The members of an open archive. Raises `Unreadable` where one leads out of it, or where they share bytes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        if _overlap(archive.infolist()):
            raise Unreadable(_("its files lie over one another, as in an archive that is made to do harm"))
        self._archive = archive
        self._members = [(inside(_name(member)), member) for member in archive.infolist() if not member.is_dir()]

    def listing(self) -> Listing:
        """All of it."""
        return self._listed(self._members)

    def children(self) -> list[Child]:
        """What lies at its top, each by itself: one that is too large says so when it is listed."""
        tops: dict[str, list[Member]] = {}
        for path, member in self._members:
            top, _slash, below = path.partition("/")
            if top and not is_junk(top):
                tops.setdefault(top, []).append((below or top, member))
        return [
            Child(top, any(path == top for path, _member in members), functools.partial(self._listed, members))
            for top, members in sorted(tops.items())
        ]

    def _listed(self, members: list[Member]) -> Listing:
        listing = Listing()
        environments = {path.rpartition("/")[0] for path, _member in members if path.rpartition("/")[2] == ENVIRONMENT} - {""}
        for path, member in members:
            kind = stat.S_IFMT(member.external_attr >> 16)
            passed_over = any(map(is_junk, path.split("/"))) or any(path[:at] in environments for at in ends(path))
            if passed_over or not path:
                continue
            if kind == stat.S_IFLNK:
                listing.note(_("left out: {path} (a link, and links are not followed)").format(path=path))
            elif kind not in (0, stat.S_IFREG):
                listing.note(_("left out: {path} (no ordinary file)").format(path=path))
            else:
                listing.add(path, _entry(self._archive, member, path))
        return listing.complete()


@contextlib.contextmanager
def opened(file: BinaryIO) -> Iterator[Archive]:
    """An archive, to be read until the block is left. Raises `Unreadable`."""
    try:
        archive = zipfile.ZipFile(_Bounded(file, LARGEST_DIRECTORY))
    except _BROKEN as error:
        raise _damaged(error) from None
    with archive:
        yield Archive(archive)


@contextlib.contextmanager
def opened_at(path: str | Path) -> Iterator[Archive]:
    """The archive at `path`, likewise."""
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise Unreadable(_("it cannot be read ({reason})").format(reason=error.strerror)) from None
    with file, opened(file) as archive:
        yield archive


def _overlap(members: list[zipfile.ZipInfo]) -> bool:
    """Whether two members share bytes of the archive: a small one then unpacks to as much as one likes."""
    ends = 0
    for member in sorted(members, key=lambda one: one.header_offset):
        if member.header_offset < ends:
            return True
        ends = member.header_offset + member.compress_size
    return False


def _entry(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> Entry:
    def read(most: int) -> bytes:
        if member.flag_bits & _LOCKED:
            raise Unreadable(_("it is locked with a password"))
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack without bound
            raise Unreadable(_("it is packed in an unusual way: pack it as an ordinary zip"))
        try:
            data = _read(archive, member, most)
        except _BROKEN as error:
            raise _damaged(error) from None
        if len(data) > PIECE and len(data) > MOST_BLOWN_UP * member.compress_size:
            raise Unreadable(_("{path} unpacks to far more than a program is").format(path=path))
        return data

    return Entry(read, _saved(member))


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    pieces: list[bytes] = []
    count = 0
    with archive.open(member) as file:
        while count < most and (piece := file.read(min(PIECE, most - count))):
            pieces.append(piece)
            count += len(piece)
    return b"".join(pieces)


def _damaged(error: Exception) -> Unreadable:
    return Unreadable(_("it is no zip archive, or a damaged one ({reason})").format(reason=str(error) or type(error).__name__))


def _saved(member: zipfile.ZipInfo) -> float:
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def _name(member: zipfile.ZipInfo) -> str:
    """A member's name. Without the mark for UTF-8 it is in whatever code its maker's system had, and was read as cp437: Windows
    in Russian has cp866, and macOS forgets to set the mark."""
    if member.flag_bits & _UTF_8 or member.filename.isascii():
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "cp866"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _is_russian(name):
            return name
    return member.filename


def _is_russian(name: str) -> bool:
    """Whether most of what is not ASCII in it are Russian letters, and none stands in the middle of an English word."""
    strange = [letter for letter in name if not letter.isascii()]
    russian = sum(_RUSSIAN.fullmatch(letter) is not None for letter in strange)
    return russian > len(strange) / 2 and not _MIXED.search(name)
