"""What stands in the way before anything is begun, and what is only to be known."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import struct
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from checker.setup.place import FIRST_NOTEBOOK, REQUIREMENTS, Place
from checker.setup.reasons import FULL, READ_ONLY, TOO_LONG
from checker.texts import _

NEWEST = (3, 13)
"""The newest Python that the kit has been tried with."""

NEEDED = 600 << 20
"""Bytes on the disk: 250 MB stay, the rest is what pip needs meanwhile."""

LONGEST_INSIDE = 165
"""Characters of the longest path in the environment, from the kit's folder on."""
LONGEST_ON_WINDOWS = 259

_ARCHIVE = re.compile(r"\.zip$|^7z[A-Z0-9]{6,}|^Rar\$|^Temp\d+_", re.IGNORECASE)
_CLOUDS = re.compile(r"OneDrive|Dropbox|iCloud|Mobile Documents|Google ?Drive|CloudStorage|YandexDisk", re.IGNORECASE)


def remarks(place: Place) -> Iterator[str]:
    """What may explain a trouble later on; it is gone on all the same."""
    yield from of_the_python()
    for cloud in clouds(place.kit):
        said = _(
            "The kit lies in {folder}, which is copied to the cloud, and so will be thousands of files. Better move it."
        )
        yield said.format(folder=cloud)


def of_the_python() -> Iterator[str]:
    """The same of the Python that runs this: it is none that the kit was tried with."""
    if sys.version_info[:2] > NEWEST:
        said = _(
            "This is Python {found}: the kit was tried with 3.10 to {newest}. If something fails, take one of those."
        )
        yield said.format(found="{}.{}".format(*sys.version_info), newest="{}.{}".format(*NEWEST))
    if sys.implementation.name != "cpython":
        yield _(
            "This is {name}, and the kit was tried with CPython, the usual Python. If something fails, take that."
        ).format(name=platform.python_implementation())
    if struct.calcsize("P") == 4:
        yield _(
            "This Python is a 32-bit one, for which some packages are not made. If the installation fails, take 64 bit."
        )


def of_the_folder(place: Place) -> Iterator[str]:
    """Why the kit cannot be used where it is."""
    if not (place.kit / FIRST_NOTEBOOK).is_file() or not place.requirements.is_file():
        said = _("The kit is not whole: {file} is missing. Unpack or clone it once more.")
        missing = next(one for one in (FIRST_NOTEBOOK, REQUIREMENTS) if not (place.kit / one).is_file())
        yield said.format(file=missing)
    if _is_inside(place.kit, Path(tempfile.gettempdir())) and any(_ARCHIVE.search(part) for part in place.kit.parts):
        yield _(
            "The kit was opened inside its archive, and what you write there will be lost. Unpack it first (Windows: "
            "right-click on the archive, Extract All), and call the start.py of that folder."
        )
    if not _may_write(place.kit):
        yield _(READ_ONLY)
    if not _is_environment(place.environment):
        yield _(
            "There is something else by the name of .venv in the kit's folder. Rename or delete it, and call start.py again."
        )


def of_making(place: Place) -> Iterator[str]:
    """Why no environment can be made here."""
    if "mingw" in sysconfig.get_platform() or sys.platform in ("cygwin", "msys"):
        yield _(
            "This Python belongs to MSYS2 or Cygwin, for which the packages are not made. Install the one from "
            "https://www.python.org/downloads/ and type: py start.py"
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        yield _(
            "This Python cannot make environments: its module venv is not installed. On Debian, Ubuntu and Mint type: "
            "sudo apt install python{version}-venv  and call start.py again. (Elsewhere take the Python from "
            "https://www.python.org/downloads/.)"
        ).format(version="{}.{}".format(*sys.version_info))
    if os.pathsep in str(place.kit):
        said = _(
            'The path of the kit\'s folder has a "{sign}" in it, which no environment can have. Rename that folder.'
        )
        yield said.format(sign=os.pathsep)
    if os.name == "nt" and len(str(place.kit)) + LONGEST_INSIDE > LONGEST_ON_WINDOWS and not _long_paths():
        yield _(TOO_LONG)
    if shutil.disk_usage(place.kit).free < NEEDED:
        yield _(FULL)


def clouds(folder: Path) -> list[str]:
    """The parts of its path that are copied to a cloud, the outermost first."""
    return [part for part in folder.parts if _CLOUDS.search(part)][:1]


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _may_write(folder: Path) -> bool:
    """Tried, since what the rights say is not the whole truth (network drives, Windows)."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _is_environment(folder: Path) -> bool:
    """Whether `folder` is an environment, the beginning of one, or nothing yet: such a one may be made anew."""
    if (folder / "pyvenv.cfg").is_file() or not os.path.lexists(folder):
        return True
    begun = {"bin", "include", "lib", "lib64", "scripts"}
    return folder.is_dir() and {name.lower() for name in os.listdir(folder)} <= begun


def _long_paths() -> bool:
    """Whether this Windows takes paths of more than 260 characters."""
    if sys.platform != "win32":
        return True
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:
        return False
