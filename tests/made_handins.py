"""Hand-ins as they come: zips of every kind, right ones, careless ones, and such as are made to do harm."""

from __future__ import annotations

import io
import random
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
Files = Mapping[str, "str | bytes"]


def tree(folder: str = "solutions", below: str = "labs") -> dict[str, bytes]:
    """The kit's own programs, of `solutions` or of `labs`, below a folder of a hand-in ("" for its top)."""
    begin = f"{below}/" if below else ""
    sources = sorted((ROOT / folder).glob("lab*/*.py"))
    return {begin + path.relative_to(ROOT / folder).as_posix(): path.read_bytes() for path in sources}


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files by their names in it, whatever those are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, (2025, 11, 3, 10, 20, 30))
            member.filename = name  # as it is: the constructor makes it a decent one
            member.compress_type, member.external_attr = method, 0o100644 << 16
            archive.writestr(member, data)
    return buffer.getvalue()


def with_kind(files: Files, name: str, kind: int, data: bytes) -> bytes:
    """A zip with one member more, of another kind than an ordinary file: `stat.S_IFLNK` and the like."""
    buffer = io.BytesIO(zipped(files))
    with zipfile.ZipFile(buffer, "a") as archive:
        member = zipfile.ZipInfo(name)
        member.create_system, member.external_attr = 3, (kind | 0o777) << 16
        archive.writestr(member, data)
    return buffer.getvalue()


def with_link(files: Files, name: str, target: str) -> bytes:
    """A zip with a symbolic link in it."""
    return with_kind(files, name, stat.S_IFLNK, target.encode())


def overlapping(count: int = 200) -> bytes:
    """One member's bytes under many names: what is unpacked is as large as one likes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labs/lab1_echo/server.py", b"#" * (1 << 20))
        for number in range(count):
            again = zipfile.ZipInfo(f"labs/lab1_echo/{number}.py")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type", "flag_bits"):
                setattr(again, name, getattr(archive.filelist[0], name))
            archive.filelist.append(again)
    return buffer.getvalue()


def bomb(count: int = 40) -> bytes:
    """Files that are small when packed, all of them where programs belong: together far more than anybody hands in."""
    noise = random.Random(1).randbytes(20_000)
    return zipped({f"labs/lab3_broadcast/{number}.py": noise + b"#" * 980_000 for number in range(count)})


def nested(levels: int, core: bytes) -> bytes:
    """A zip in a zip in a zip."""
    for _level in range(levels):
        core = zipped({"inner.zip": core})
    return core


def locked(files: Files) -> bytes:
    """A zip that says it needs a password."""
    buffer = io.BytesIO(zipped(files))
    with zipfile.ZipFile(buffer, "a") as archive:
        for member in archive.filelist:
            member.flag_bits |= 0x1
        archive.writestr("last.txt", "")
    return buffer.getvalue()


def in_code_page(files: Files, encoding: str) -> bytes:
    """A zip whose names are in the code of somebody's system, without a mark for it."""
    raw = [name.encode(encoding) for name in files]
    plain = [f"{number}".rjust(len(name), "~") for number, name in enumerate(raw)]
    data = zipped(dict(zip(plain, files.values(), strict=True)))
    for ours, theirs in zip(plain, raw, strict=True):
        data = data.replace(ours.encode(), theirs)
    return data
