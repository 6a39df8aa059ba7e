"""`doctor` on the network, the port, and how programs are watched: tried on this machine, and with this machine made worse."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_doctor import only

from checker.doctor import command, network, programs
from checker.setup.place import Place
from checker.stage import containment
from tests.conftest import ROOT

ESCAPE = "\x1b[31m"

# The network


def test_loopback_is_tried_for_real() -> None:
    finding = only(network.look(Place(ROOT)), "127.0.0.1: what is sent comes back")
    assert finding.state == "good"


def test_without_loopback_nothing_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def kept(_family: socket.AddressFamily, _host: str) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(network, "_echo", kept)
    found = list(network.look(Place(ROOT)))
    assert (found[0].state, found[1].state) == ("bad", "note")
    assert "127.0.0.1: no connection (timed out)" in found[0].fact
    assert "IPv6" in found[1].means


def test_a_slow_loopback_is_somebody_who_looks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SLOW", -1.0)
    assert "antivirus" in next(network.look(Place(ROOT))).means


@pytest.mark.parametrize(
    ("addresses", "state"), [(["::1"], "bad"), (["::1", "127.0.0.1"], "good"), (["10.0.0.7"], "bad")]
)
def test_localhost_has_to_be_this_machine(monkeypatch: pytest.MonkeyPatch, addresses: list[str], state: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: found)
    assert only(network.look(Place(ROOT)), "localhost is").state == state


HOLDER = """
import socket, sys
listener = socket.create_server(("", 0))
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def held(folder: Path, *words: str) -> Iterator[tuple[int, int]]:
    """A port that another process has, and that process."""
    file = folder / "server.py"
    file.write_text(HOLDER, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(file), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), process.pid
    finally:
        process.communicate()


def test_a_held_port_names_process_command_and_folder(tmp_path: Path) -> None:
    with held(tmp_path, "two words") as (port, process):
        finding = network.port(port)
    assert finding.state == "bad"
    assert (
        f"Port {port} is held by process {process}: {sys.executable} {tmp_path}/server.py 'two words'" in finding.fact
    )
    assert f", in {tmp_path}" in finding.fact
    assert f"kill {process}." in finding.todo
    assert f"python server.py localhost {port + 1}" in finding.todo
    assert network.port(port).state == "good"


def test_whoever_only_connects_from_it_is_not_taken_for_the_one_who_listens(tmp_path: Path) -> None:
    with held(tmp_path) as (port, process), socket.create_connection(("127.0.0.1", port)):
        assert f"held by process {process}" in network.port(port).fact


def test_without_psutil_a_held_port_is_still_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    with held(tmp_path) as (port, _process):
        assert "the package psutil is missing" in network.port(port).fact


def test_a_port_of_somebody_elses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import psutil

    with held(tmp_path) as (port, _process):
        seen = [one._replace(pid=None) for one in psutil.net_connections("tcp")]
        monkeypatch.setattr(psutil, "net_connections", lambda _kind: seen)
        finding = network.port(port)
    assert "a program of another user's" in finding.fact
    assert "kill" not in finding.todo


def test_a_port_that_has_just_been_used_is_not_called_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            server, _address = listener.accept()
            server.close()  # who closes first waits: TIME_WAIT, RFC 9293
            assert client.recv(1) == b""
    finding = network.port(port)
    assert (finding.state, "moment ago" in finding.fact) == ("note", True)


def test_a_command_line_cannot_steer_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with held(tmp_path, ESCAPE) as (port, _process):
        monkeypatch.setattr(command, "PARTS", (("Port", lambda _place: iter([network.port(port)])),))
        command.doctor()
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\\x1b[31m" in said


# How programs are watched


def test_it_tells_the_way_that_a_grade_goes() -> None:
    found = list(programs.look(Place(ROOT)))
    way = containment.choose(programs.Settings())
    assert found[0].state == ("good" if way.rest == "procfs" else "note")
    starter = way.starter()
    try:
        contained = starter.contained
    finally:
        starter.close()
    assert found[1].state == ("good" if contained else "note")


def test_without_procfs_rest_is_observed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_LAB_REST", "portable")
    found = list(programs.look(Place(ROOT)))
    assert (found[0].state, found[1].state) == ("note", "note")
    assert "CHAT_LAB_REST=portable asks for that" in found[0].fact
    assert "`observed`, not `proved`" in found[0].means
    assert "without procfs there are no namespaces" in found[1].fact


@pytest.mark.skipif(sys.platform != "linux", reason="there is no procfs to keep")
def test_a_user_who_may_not_look_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containment, "_may_look", lambda: False)
    assert "this user or this container may not see" in next(programs.look(Place(ROOT))).fact


def test_a_program_that_cannot_be_started_stands_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_settings: object) -> containment.Way:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(containment, "choose", refused)
    finding = next(programs.look(Place(ROOT)))
    assert finding.state == "bad"
    assert "Permission denied" in finding.fact


@pytest.mark.skipif(sys.platform != "linux", reason="limits are Linux's here")
def test_few_open_files_are_a_note() -> None:
    script = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 4096)); "
    script += "from checker.doctor import programs; print(*programs._limits())"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    assert "64 files" in run.stdout
    assert "ulimit -n 256" in run.stdout
