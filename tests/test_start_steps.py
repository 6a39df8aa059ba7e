"""What `start.py` takes for done, what it does about the rest, and what it says where pip could not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from made_kit import Student, copied, equipped

from checker.setup import reasons
from checker.setup.packages import Progress
from checker.setup.place import Place
from checker.setup.probe import Answer, ask
from checker.setup.screen import Screen
from checker.setup.stamp import Stamp, digest
from checker.setup.steps import Environment, Packages
from tests.conftest import ROOT


@pytest.fixture
def place(open_folder: Path) -> Place:
    """A kit, without an environment."""
    return Place(copied(open_folder))


# pip: what it did and why it could not


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')", "no network"),
        ("[WinError 206] The filename or extension is too long: 'C:\\\\Users'", "too long"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate'))", "antivirus"),
        ("CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid", "date and time"),
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))", "HTTPS_PROXY"),
        ("error: Microsoft Visual C++ 14.0 or greater is required.", "Python 3.12"),
        ("ERROR: Could not find a version that satisfies the requirement x (from versions: none)", "log in first"),
        ("ERROR: No matching distribution found for jupyterlab>=4.2", "not made for this Python"),
        ("ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied: 'x.pyd'", "Close JupyterLab"),
        ("something that nobody has heard of", "something that nobody has heard of"),
    ],
)  # fmt: skip
def test_each_reason_is_told_in_a_sentence(line: str, said: str) -> None:
    assert said in str(reasons.of_pip(["Collecting rich", line]))


def test_a_certificate_is_no_missing_network() -> None:
    """pip names the connection in every line about it."""
    line = "HTTPSConnectionPool: Max retries exceeded (Caused by SSLError(... CERTIFICATE_VERIFY_FAILED)): connection timed out"
    assert "encrypted" in str(reasons.of_pip([line]))


class Shown(Screen):
    """Keeps what moved."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def moving(self, text: str) -> None:
        self.lines.append(" ".join(text.split()))


def test_what_pip_says_becomes_a_line_that_moves(place: Place) -> None:
    place.environment.mkdir()
    screen = Shown()
    progress = Progress(place, screen)
    for line in (
        "Looking in indexes: https://example.org/simple",
        "Collecting jupyterlab>=4.2 (from -r /tmp/a b/requirements-students.txt (line 13))",
        "  Downloading jupyterlab-4.6.6-py3-none-any.whl (17.3 MB)",
        "Processing ./a b/wheels/rpds_py-2026.9.1-cp311-cp311-manylinux_2_17_x86_64.whl (from jupyterlab)",
        "Requirement already satisfied: rpds-py in ./x/site-packages (from jupyterlab) (1.0)",
        "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken",
    ):
        progress.hears(line + "\n")
    assert screen.lines == [
        "1 jupyterlab",
        "1 jupyterlab, 17.3 MB",
        "2 rpds_py",
        "2 rpds-py",
        "the network does not answer: once more",
    ]
    assert not place.unfinished.exists()
    progress.hears("Installing collected packages: a, b, c\n")
    assert screen.lines[-1] == "putting 3 packages in place"
    assert place.unfinished.exists()


def test_no_network_says_so(place: Place) -> None:
    equipped(place.kit, everything=False)
    student = Student(place.kit, place.kit.parents[1] / "home")
    del student.environment["PIP_NO_INDEX"]
    student.environment.update(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1", PIP_CONFIG_FILE=os.devnull)
    status, said = student.sees()
    assert status == 1
    assert "no way to the package index" in said
    assert "it goes on from here" in said
    assert "not all there" in student.sees("--check")[1]


# The steps


GOOD = Answer((3, 11), sys.executable, Path("packages"), True, (), Path("checker/__init__.py"))


def stamped(place: Place, **changes: object) -> None:
    facts = {"version": (3, 11), "folder": str(place.environment), "packages": digest(place), **changes}
    Stamp(**facts).put(place)  # type: ignore[arg-type]


def test_what_an_environment_lacks(place: Place) -> None:
    step = Environment(place)
    assert "not there yet" in (step.lacks(None) or "")
    place.environment.mkdir()
    assert "not there yet" in (step.lacks(None) or "")
    (place.environment / "pyvenv.cfg").touch()
    assert "its Python is gone" in (step.lacks(None) or "")
    assert "interrupted" in (step.lacks(Answer((3, 11), "", Path(), False, (), None)) or "")
    assert step.lacks(GOOD) is None
    assert "another version" in (step.lacks(Answer((3, 9), "", Path(), True, (), None)) or "")  # made by hand
    stamped(place)
    assert step.lacks(GOOD) is None
    stamped(place, version=(3, 12))
    assert "another version" in (step.lacks(GOOD) or "")
    stamped(place, folder="/elsewhere/.venv")
    assert "moved here from /elsewhere/.venv" in (step.lacks(GOOD) or "")
    place.unfinished.touch()
    assert "an installation was interrupted" in (step.lacks(GOOD) or "")


def test_what_packages_lack(place: Place) -> None:
    step = Packages(place)
    assert "not there yet" in (step.lacks(None) or "")
    place.environment.mkdir()
    assert "not all there" in (step.lacks(GOOD) or "")
    stamped(place)
    assert step.lacks(GOOD) is None
    assert "not all there" in (step.lacks(Answer((3, 11), "", Path(), True, ("jupyterlab",), None)) or "")
    requirements = place.requirements.read_text(encoding="utf-8")
    place.requirements.write_text("# another comment\r\n" + requirements.replace("\n", "\r\n"), encoding="utf-8")
    assert step.lacks(GOOD) is None
    place.requirements.write_text(requirements + "one_more>=1.0\n", encoding="utf-8")
    assert "no longer those of requirements-students.txt" in (step.lacks(GOOD) or "")


def test_an_environment_whose_making_was_interrupted_is_made_anew(place: Place) -> None:
    """For real: its pip is missing, and what was in it is gone afterwards."""
    equipped(place.kit, everything=False)
    (answer,) = [ask(place)]
    assert answer is not None and answer.pip
    (answer.packages / "pip").unlink()
    (answer.packages / "half.py").touch()
    Environment(place).do(ask(place), Screen())
    answer = ask(place)
    assert answer is not None and answer.pip
    assert not (answer.packages / "half.py").exists()


def test_each_dependency_is_named_once() -> None:
    lines = [
        line
        for name in ("requirements.txt", "requirements-students.txt")
        for line in (ROOT / name).read_text().splitlines()
    ]
    named = [line.partition("#")[0].strip() for line in lines if line and not line.startswith(("#", "-"))]
    names = [line.replace(">", " ").replace(";", " ").split()[0].lower() for line in named]
    assert len(names) == len(set(names))
    students = [
        line for line in (ROOT / "requirements-students.txt").read_text().splitlines() if line and line[0] != "#"
    ]
    assert len(Place(ROOT).wanted()) == len(students)
    assert "-r requirements-students.txt" in lines
