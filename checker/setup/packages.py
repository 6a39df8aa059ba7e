"""Has pip install what students need, and shows how far it is."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator

from checker.setup import reasons
from checker.setup.place import Place
from checker.setup.screen import Screen
from checker.texts import _, ngettext

_LOOKED_AT = re.compile(
    r"\s*(?:Collecting |Processing (?:.*[/\\])?|Requirement already satisfied: )([A-Za-z0-9][\w.]*(?:-[A-Za-z_]\w*)*)"
)
_FETCHED = re.compile(r"\s*Downloading (?:.*[/\\])?([\w.]+?)-\d\S* \((.*?)\)")
_PUT_IN_PLACE = re.compile(r"Installing collected packages: (.*)")


def install(place: Place, screen: Screen) -> None:
    """Install `place.requirements`; raises `Stop`. What the network gives, or `wheels/` and the settings of pip in its
    stead (PIP_NO_INDEX, PIP_FIND_LINKS, PIP_INDEX_URL, pip.conf)."""
    if place.wheels.is_dir():
        if not _pip(place, screen, "--no-index", "--find-links", str(place.wheels)):
            return
        screen.say(_("The folder wheels does not have everything for this system: the network is asked."))
        said = _pip(place, screen, "--find-links", str(place.wheels))
    else:
        said = _pip(place, screen)
    if said:
        raise reasons.of_pip(said)


def _pip(place: Place, screen: Screen, *options: str) -> list[str]:
    """Run pip; returns what it said where it failed, nothing where all is well."""
    command = [str(place.python), "-I", "-X", "utf8", "-m", "pip", "install", "-r", str(place.requirements)]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--prefer-binary", *options]
    # Elsewhere than in this environment nothing is installed, whatever pip was told to do by itself.
    kept = {name: value for name, value in os.environ.items() if name not in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")}
    said: list[str] = []
    with subprocess.Popen(
        command,
        env={**kept, "PIP_USER": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        with _ended(process):
            progress = Progress(place, screen)
            for line in process.stdout:
                said.append(line)
                progress.hears(line)
    if process.returncode == 0:
        place.unfinished.unlink(missing_ok=True)
    return said if process.returncode else []


@contextlib.contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """An interruption ends pip as well: where it came from the terminal, pip has had it, too."""
    try:
        yield
    except BaseException:
        process.terminate()
        raise


class Progress:
    """From what pip says to what is shown; notes when it begins to change the environment."""

    def __init__(self, place: Place, screen: Screen) -> None:
        self._place, self._screen = place, screen
        self._names: set[str] = set()

    def hears(self, line: str) -> None:
        """Take in one line."""
        if found := _LOOKED_AT.match(line.partition(" (from ")[0]):
            self._names.add(re.sub(r"[-_.]+", "-", found[1]).lower())
            self._show(found[1])
        elif found := _FETCHED.match(line):
            self._show(f"{found[1]}, {found[2]}")
        elif "Retrying (" in line:
            self._screen.moving(_("the network does not answer: once more"))
        elif found := _PUT_IN_PLACE.match(line):
            self._place.unfinished.touch()
            count = found[1].count(",") + 1
            said = ngettext("putting {count} package in place", "putting {count} packages in place", count)
            self._screen.moving(said.format(count=count))

    def _show(self, what: str) -> None:
        self._screen.moving(f"{len(self._names):3}  {what}")
