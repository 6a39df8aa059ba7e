"""`start.py` for real: from a folder with a blank and Cyrillic letters to a JupyterLab that ends at the first Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from made_kit import Opened, Student, a_wheel, copied, equipped

from checker.setup.kernel import Kernel
from checker.setup.lock import one_at_a_time
from checker.setup.place import Place
from checker.setup.probe import ask
from checker.setup.screen import Screen
from checker.setup.steps import steps

pytestmark = pytest.mark.needs("posix")


@pytest.fixture
def student(open_folder: Path) -> Student:
    """Has the kit."""
    return Student(copied(open_folder), open_folder / "home")


@pytest.fixture
def ready(student: Student) -> Student:
    """Has an environment made by hand, with all the packages in it, as well."""
    equipped(student.kit)
    return student


def asked(opened: Opened, path: str) -> dict[str, object]:
    address = urlsplit(opened.address)
    token = parse_qs(address.query)["token"][0]
    with urllib.request.urlopen(f"{address.scheme}://{address.netloc}/{path}?token={token}") as answer:
        return dict(json.load(answer))


def terminals_python(opened: Opened) -> str:
    """What `python` is in a terminal of JupyterLab."""
    import websocket

    address = urlsplit(opened.address)
    new = urllib.request.Request(f"http://{address.netloc}/api/terminals?{address.query}", data=b"{}", method="POST")
    with urllib.request.urlopen(new) as answer:
        name = json.load(answer)["name"]
    connection = websocket.create_connection(f"ws://{address.netloc}/terminals/websocket/{name}?{address.query}")
    connection.send(json.dumps(["stdin", 'echo "<$(command -v python)>"\r']))
    said = ""
    while not (found := re.search(r"<(/[^>\r\n]*)>", said)):
        kind, *rest = json.loads(connection.recv())
        said += rest[0] if kind == "stdout" else ""
    connection.close()
    return found[1]


def test_from_nothing_done_to_jupyterlab_and_back(ready: Student) -> None:
    foreign = ready.home / ".local/share/jupyter/kernels/python3"
    foreign.mkdir(parents=True)
    (foreign / "kernel.json").write_text(
        json.dumps({"argv": ["/nowhere"], "display_name": "Wrong", "language": "python"})
    )
    a_wheel(ready.kit / "wheels", "one_more")
    with (ready.kit / "requirements-students.txt").open("a", encoding="utf-8") as file:
        file.write("one_more>=1.0\n")
    other = ready.home / "other"
    other.mkdir()
    (other / "python").symlink_to(sys.executable)
    (ready.home / ".bashrc").write_text(f"export PATH={other}:$PATH\n")  # as conda and pyenv have it
    ready.environment["SHELL"] = "/bin/bash"
    assert ready.sees("--check")[0] == 1

    with ready.opens() as opened:
        assert "Installing JupyterLab" in opened.said
        assert opened.address.partition("?")[0].endswith("/lab/tree/notebooks/00_start_here.ipynb")
        kernels = asked(opened, "api/kernelspecs")["kernelspecs"]
        assert isinstance(kernels, dict)
        assert {name: kernel["spec"]["display_name"] for name, kernel in kernels.items()} == {"python3": "Chat lab kit"}
        assert kernels["python3"]["spec"]["argv"][0] == str(Place(ready.kit).python)
        assert terminals_python(opened) == str(Place(ready.kit).python)
        # A second call, while it runs, opens what there is.
        status, said = ready.sees("--no-browser")
        assert status == 0
        assert "running already" in said and "Installing" not in said
        assert opened.address in said
    assert opened.process.returncode == 0

    status, said = ready.sees("--check")
    assert (status, "Ready" in said) == (0, True), said
    written = {path.relative_to(ready.home).parts[:4] for path in ready.home.rglob("*") if path.is_file()}
    assert not {parts for parts in written if "kernels" in parts and parts != foreign.relative_to(ready.home).parts[:4]}
    assert not (ready.home / ".jupyter").exists()


def one_ctrl_c_at_a_terminal_ends_it_and_asks_nothing(ready: Student) -> Opened:
    """Gives what was said before."""
    import pty

    ours, theirs = pty.openpty()
    process = ready.types("--no-browser", stdin=theirs, start_new_session=True, preexec_fn=lambda: _terminal(theirs))
    opened = Opened(process)
    assert asked(opened, "api/status")["kernels"] == 0
    os.write(ours, b"\x03")
    said = process.communicate()[0]
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0
    assert said.splitlines()[-1] == "JupyterLab has ended."
    assert "y/[n]" not in said
    return opened


def _terminal(descriptor: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)


def test_a_kit_that_was_moved_is_mended_without_a_network_and_ends_with_ctrl_c(
    ready: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for step in steps(Place(ready.kit)):
        if step.lacks(ask(Place(ready.kit))):
            step.do(ask(Place(ready.kit)), Screen())
    assert ready.sees("--check")[0] == 0
    moved = ready.kit.with_name("moved")
    shutil.move(ready.kit, moved)
    ready.kit = moved
    status, said = ready.sees("--check")
    assert status == 1
    assert "was moved here from" in said
    opened = one_ctrl_c_at_a_terminal_ends_it_and_asks_nothing(ready)
    assert "Installing" not in opened.said
    place = Place(moved)
    assert str(moved) in (place.scripts / "activate").read_text(encoding="utf-8")
    assert json.loads((place.kernel / "kernel.json").read_text(encoding="utf-8"))["argv"][0] == str(place.python)
    assert Kernel(place).lacks(ask(place)) is None


def test_a_second_call_waits_for_the_first(ready: Student) -> None:
    place = Place(ready.kit)
    with one_at_a_time(place, lambda: None):
        process = ready.types("--no-browser")
        assert process.stdout is not None
        lines = iter(process.stdout)
        assert any("Another start.py is at work here" in line for line in lines)
        assert not place.stamp.exists()
    assert any("Everything is there" in line for line in lines)
    process.kill()
    process.communicate()
    assert place.stamp.exists()


def test_an_interrupted_call_says_that_the_next_goes_on(student: Student) -> None:
    equipped(student.kit, everything=False)
    place = Place(student.kit)
    pipe = student.home / "index"
    os.mkfifo(pipe)  # whoever reads it waits
    student.environment["PIP_CONSTRAINT"] = str(pipe)
    process = student.types()
    assert process.stdout is not None
    lines = iter(process.stdout)
    assert any("Installing JupyterLab" in line for line in lines)
    with pipe.open("w"):  # opened for reading as well: pip is there
        process.send_signal(signal.SIGINT)
        said = process.communicate()[0]
    assert process.returncode == 130
    assert "The next call of start.py goes on" in said
    assert not place.stamp.exists()
