"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checker.grading.engine import Engine
from checker.stage import containment
from checker.stage.stage import Settings

if TYPE_CHECKING:
    from tests.bad_input.command import Place

ROOT = Path(__file__).resolve().parents[1]

INSIST = "CHAT_LAB_INSIST"
"""Set in the environment (as `.ci/run` does), a missing tool fails its test in place of leaving it out."""

HERE = {"linux": sys.platform == "linux", "posix": os.name == "posix"}
"""Systems that a test may need (docs/systems.md), and whether this is one."""


# jsonschema builds, where it finds this, 39 parsers of addresses at its import: more than a second in each worker. What is
# in a notebook is checked without them.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def pytest_configure(config: pytest.Config) -> None:
    # Started by a script with `&`, we have SIGINT ignored, and so would everybody whom a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line(
        "markers", 'needs(what): reported as not run where a program is missing, or the system is not "linux" or "posix"'
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        tool = str(marker.args[0])
        if tool in HERE:
            if not HERE[tool]:
                pytest.skip(f"NOT RUN: needs {tool}")
        elif shutil.which(tool) is None:
            if os.environ.get(INSIST):
                pytest.fail(f"{tool} is missing, and {INSIST} is set", pytrace=False)
            pytest.skip(f"NOT RUN: {tool} is missing")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine as the command line has it, one for a whole run of the tests."""
    settings = Settings(seed=1)
    starter = containment.choose(settings).starter()
    yield Engine(settings, starter)
    starter.close()


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A temporary folder that the programs, run by another user where we are root, may enter."""
    return opened(tmp_path)


def opened(path: Path) -> Path:
    """Let everybody enter a folder, and those that it is in."""
    if not HERE["posix"]:
        return path
    for folder in (path, *path.parents):
        if folder.owner() == Path.home().owner() and not folder.stat().st_mode & 0o001 and folder != folder.parent:
            folder.chmod(folder.stat().st_mode | 0o011)
    return path


@pytest.fixture
def place(open_folder: Path) -> Iterator[Place]:
    """A folder to run the real command in; whatever it leaves fails the test."""
    from tests.bad_input.command import Place, adopting

    with adopting():
        place = Place(open_folder)
        yield place
        place.nothing_is_left()
