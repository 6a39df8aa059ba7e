"""`doctor`: each line is about this machine as it is, says what that means, and, where something is in the way, what to do."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from made_kit import copied

from checker.doctor import command, folder, jupyter, letters, python
from checker.doctor.finding import Finding
from checker.setup.place import Place
from tests.conftest import ROOT


@pytest.fixture
def place(open_folder: Path) -> Place:
    """A copy of the kit."""
    return Place(copied(open_folder))


def doctor(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command itself."""
    return subprocess.run(
        [sys.executable, "-m", "checker", "doctor"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )


def only(found: Iterator[Finding], word: str) -> Finding:
    """The finding whose fact has `word`."""
    (finding,) = (one for one in found if word in one.fact)
    return finding


# The whole


def test_every_line_says_what_it_means_and_what_to_do(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.chdir(place.kit)
    for _name, look in command.PARTS:
        for finding in look(place):
            assert finding.fact and finding.means, finding
            assert finding.means.endswith((".", ")", "?")), finding
            assert finding.todo or finding.state != "bad", finding


def test_the_exit_status_tells_whether_something_is_in_the_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = Finding("good", "This is well.", "It means nothing.")
    bad = Finding("bad", "This is not.", "It means much.", "Do something.")
    note = Finding("note", "This is odd.", "It means little.", "Do nothing.")
    monkeypatch.setattr(command, "PARTS", (("One", lambda _place: iter([good, note])),))
    assert command.doctor() == 0
    assert "Nothing stands in the way." in capsys.readouterr().out
    monkeypatch.setattr(command, "PARTS", (("One", lambda _place: iter([good, bad, note, bad])),))
    assert command.doctor() == 1
    said = capsys.readouterr().out
    assert "2 things stand in the way." in said
    assert " ✗  This is not.\n    It means much.\n    → Do something.\n" in said


def test_what_the_system_refuses_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_place: Place) -> Iterator[Finding]:
        raise OSError(1, "Operation not permitted")
        yield

    monkeypatch.setattr(command, "PARTS", (("One", refused),))
    assert command.doctor() == 1
    assert "Operation not permitted" in capsys.readouterr().out


def test_it_runs_where_nothing_is_installed_and_in_plain_letters() -> None:
    """On a bare Python, with a screen that has English letters only: what is missing is just what it has to tell."""
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    run = subprocess.run(
        [sys.executable, "-S", "-m", "checker", "doctor"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **plain},
        capture_output=True,
        encoding="ascii",
    )
    said = " ".join(run.stdout.split())
    assert run.returncode == 1, run.stderr
    assert "rich is missing" in said
    assert (
        "This screen takes ascii. A program that prints `\\u041f\\u0440\\u0438\\u0432\\u0435\\u0442` ends with" in said
    )
    assert " > Type export PYTHONUTF8=1" in said
    assert "LC_ALL=C" in said


# Letters


def test_the_plain_locale_is_named_though_python_copes() -> None:
    asked = "from checker.doctor import letters; print(*[f'{one.state} {one.fact}' for one in letters.look(None)], sep='\\n')"
    run = subprocess.run(
        [sys.executable, "-c", asked],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LC_ALL": "C"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert run.stdout.splitlines() == [
        "good This screen takes utf-8.",
        "good Files are read as utf-8 by whoever does not say how.",
        "note Settings: LC_ALL=C",
    ]


def test_a_russian_screen_has_the_letters_but_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp1251"))
    finding = only(letters.look(Place(ROOT)), "cp1251")
    assert finding.state == "note"
    assert "Cyrillic letters, but no lines" in finding.means


# Python and the folder


def test_missing_and_old_packages_are_named(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    real = metadata.version
    made_up = {"rich": "9.13.0", "psutil": "10.1rc2"}

    def version(name: str) -> str:
        if name == "jinja2":
            raise metadata.PackageNotFoundError(name)
        return made_up.get(name) or real(name)

    monkeypatch.setattr(metadata, "version", version)
    finding = only(python.look(place), "Of the packages")
    assert finding.state == "bad"
    assert finding.fact.endswith(": rich is 9.13.0, needed is 13.7, jinja2 is missing")


def test_another_copy_of_the_kit_is_found_out(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.chdir(place.kit / "labs")
    assert only(python.look(place), "The kit lies in").state == "good"
    finding = only(python.look(Place(ROOT)), "this checker is of")
    assert finding.state == "bad"
    assert str(place.kit) in finding.fact


def test_whoever_has_an_environment_is_told_to_use_it(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.chdir(place.kit)
    assert "start.py  makes an environment" in only(python.look(place), "environment").todo
    place.scripts.mkdir(parents=True)
    place.python.touch()
    assert str(place.python.relative_to(place.kit)) in only(python.look(place), "environment").todo
    monkeypatch.setattr(sys, "prefix", str(place.environment))
    assert only(python.look(place), "environment").state == "good"


def test_a_file_named_like_a_library_is_found(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.chdir(place.kit)
    assert {one.state for one in folder.look(place)} == {"good"}
    (place.kit / "labs/lab3_broadcast/socket.py").touch()
    (place.kit / "notebooks/psutil.py").touch()
    bad = [one for one in folder.look(place) if one.state == "bad"]
    assert [one.fact.split()[0] for one in bad] == ["labs/lab3_broadcast/socket.py", "notebooks/psutil.py"]
    assert "my_socket.py" in bad[0].todo


def test_a_clock_that_is_behind_is_found(place: Place) -> None:
    file = place.kit / "labs/lab1_echo/server.py"
    os.utime(file, (time.time() + 3600, time.time() + 3600))
    assert only(folder.look(place), "saved in the future").state == "note"


def test_a_full_disk_is_found(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(1, 1, 1 << 20))
    assert only(folder.look(place), "1 MB of the disk").state == "bad"


# JupyterLab


@pytest.fixture
def jupyter_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of the reader's in which JupyterLab looks first."""
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_DIR", "JUPYTER_PREFER_ENV_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    return tmp_path / "data"


def an_extension(data: Path, name: str) -> None:
    file = data / "labextensions" / name / "package.json"
    file.parent.mkdir(parents=True)
    facts = {
        "name": name,
        "version": "1.0.0",
        "jupyterlab": {"_build": {"load": "static/x.js", "extension": "./extension"}},
    }
    file.write_text(json.dumps(facts), encoding="utf-8")


def test_a_jupyterlab_as_it_should_be(jupyter_data: Path) -> None:
    found = list(jupyter.look(Place(jupyter_data)))
    assert [one.state for one in found] == ["good", "good", "good"]


def test_a_kernel_of_another_python_is_found(jupyter_data: Path) -> None:
    file = jupyter_data / "kernels/python3/kernel.json"
    file.parent.mkdir(parents=True)
    file.write_text(
        json.dumps({"argv": ["/opt/other/bin/python", "-m", "x"], "display_name": "Other", "language": "python"})
    )
    finding = only(jupyter.look(Place(jupyter_data)), '"Other"')
    assert finding.state == "bad"
    assert "/opt/other/bin/python" in finding.fact


def test_extensions_in_the_way_are_named_unless_they_are_disabled(jupyter_data: Path) -> None:
    for name in ("@jupyter/collaboration-extension", "jupyterlab-jupytext", "@axlair/jupyterlab_vim", "harmless"):
        an_extension(jupyter_data, name)
    config = jupyter_data.with_name("config") / "labconfig/page_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"disabledExtensions": {"@axlair/jupyterlab_vim": True}}))
    notes = [one for one in jupyter.look(Place(jupyter_data)) if one.state == "note"]
    assert ["jupyterlab-jupytext" in one.fact for one in notes] == [False, True]
    assert "@jupyter/collaboration-extension" in notes[0].fact
    assert "labextension disable @jupyter/collaboration-extension" in notes[0].todo


def test_the_command_itself(place: Place) -> None:
    run = doctor(place.kit / "labs")  # from here, the checker that is found is not this copy's
    assert (run.returncode, run.stderr) == (1, "")
    assert "There are two copies of the kit" in " ".join(run.stdout.split())
