"""Runs Python as if on another system, as far as that can be had on Linux:

    python tests/pretended.py win32 -m checker grade 3
    python tests/pretended.py darwin -m pytest -n 0 tests/test_live.py

The kit's code, and that of the programs it plays, finds `os`, `signal`, `socket` and the others without what that system lacks
(by typeshed), no module that is not there, no /proc, and the few names that only that system has. Python's own library, psutil
and pytest stand for the system itself and see Linux. Interpreters that are started from it pretend as well.

What cannot be pretended: how that system's network, files, consoles and clocks behave.
"""

from __future__ import annotations

import builtins
import enum
import errno
import io
import json
import os
import runpy
import selectors
import signal
import socket
import stat
import struct
import subprocess
import sys
import sysconfig
import types
from collections.abc import Mapping
from typing import Any

VARIABLE = "PRETENDED_SYSTEM"
SEEN = ("errno", "faulthandler", "io", "os", "select", "selectors", "signal", "socket", "subprocess", "sys", "time")
"""Modules of which a system may have less, or more."""
BREAK = 21
"""SIGBREAK, on Windows; here the number of a signal that nobody uses."""
KILLED_BY_US = 15
"""The exit status that psutil has TerminateProcess give."""
NEVER_HERE = "127.0.0.2"
"""macOS gives the loopback interface one address."""

_THIS = os.path.abspath(__file__)
_SYSTEMS_OWN = tuple(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def _is_ours(file: object) -> bool:
    return isinstance(file, str) and not file.startswith(("<", *_SYSTEMS_OWN))


def lacking(system: str) -> dict[str, list[str]]:
    """What the modules of `SEEN` do not have there; under "" whole modules that are not there."""
    import typeshed_names

    return {"": sorted(typeshed_names.missing(system)), **{one: sorted(typeshed_names.lacks(one, system)) for one in SEEN}}


class Seen(types.ModuleType):
    """A module as that system has it. What is set in it is set for everybody."""

    def __init__(self, real: types.ModuleType, hidden: set[str], more: Mapping[str, object]) -> None:
        super().__init__(real.__name__, real.__doc__)
        vars(self).update(_real=real, _hidden=hidden - more.keys(), _before={}, **more)

    def __getattr__(self, name: str) -> Any:
        if name in self._hidden:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} here")
        return getattr(self._real, name)

    def __setattr__(self, name: str, value: object) -> None:
        if name in vars(self):
            vars(self)[name] = value
        else:
            self._before.setdefault(name, getattr(self._real, name, None))
            setattr(self._real, name, value)

    def __delattr__(self, name: str) -> None:
        """pytest's monkeypatch does so to undo: for it, what is not in a module's own dict was not there before."""
        setattr(self._real, name, self._before.pop(name))


def pretend(system: str, without: dict[str, list[str]]) -> None:
    """From now on this process, and what it starts, is as if on `system`."""
    os.environ[VARIABLE] = json.dumps([system, without])
    more = ON_WINDOWS if system == "win32" else ON_MACOS
    seen = {name: Seen(__import__(name), set(without[name]), more.get(name, {})) for name in SEEN}
    if system == "win32":
        seen["msvcrt"] = sys.modules["msvcrt"] = _msvcrt()
        socket.socket.setsockopt = _with_shorts(socket.socket.setsockopt)  # type: ignore[method-assign]
    absent = set(without[""]) - set(seen)
    real_import = builtins.__import__

    def imports(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if level or not _is_ours((globals or {}).get("__file__")):
            return real_import(name, globals, locals, fromlist, level)
        if name in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        found = real_import(name, globals, locals, fromlist, level)
        return seen.get(found.__name__, found)

    builtins.__import__ = imports
    sys.addaudithook(_without_procfs)
    if system == "darwin":
        sys.addaudithook(_with_one_loopback_address)
    subprocess.Popen = Started  # type: ignore[misc]


def _without_procfs(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("open", "os.listdir", "os.scandir") and str(arguments[0]).startswith("/proc"):
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith(_SYSTEMS_OWN[:2]) and not _is_packages(frame):
            frame = frame.f_back
        if frame is not None and _is_ours(frame.f_code.co_filename):
            raise FileNotFoundError(errno.ENOENT, "there is no procfs on this system", arguments[0])


def _is_packages(frame: types.FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_SYSTEMS_OWN[2:])


def _with_one_loopback_address(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.bind" and arguments[1][0] == NEVER_HERE:
        raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))


# Windows


class _Signals(enum.IntEnum):
    CTRL_C_EVENT = 0
    CTRL_BREAK_EVENT = 1
    SIGINT = 2
    SIGILL = 4
    SIGFPE = 8
    SIGSEGV = 11
    SIGTERM = 15
    SIGBREAK = BREAK
    SIGABRT = 22


class _StartupInfo:
    def __init__(self, *, lpAttributeList: dict[str, list[int]] | None = None) -> None:  # noqa: N803  its name there
        self.attributes = lpAttributeList or {}


class _Text(io.TextIOWrapper):
    """What is printed has two characters at the end of a line there."""

    def __init__(self, buffer: Any, *how: Any, newline: str | None = None, **more: Any) -> None:
        super().__init__(buffer, *how, newline="\r\n" if newline is None and buffer.writable() else newline, **more)


class OfSocketsAlone(selectors.SelectSelector):
    """As select() is there: pipes cannot be waited for."""

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See `selectors`."""
        descriptor = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            raise OSError(10038, "an operation was attempted on something that is not a socket")
        return super().register(fileobj, events, data)


def _with_shorts(setsockopt: Any) -> Any:
    """A struct linger has two shorts there."""

    def set_there(sock: socket.socket, level: int, option: int, value: Any, *more: Any) -> None:
        if (level, option) == (socket.SOL_SOCKET, socket.SO_LINGER):
            value = struct.pack("ii", *struct.unpack("hh", value))
        setsockopt(sock, level, option, value, *more)

    return set_there


def _msvcrt() -> types.ModuleType:
    module = types.ModuleType("msvcrt")
    vars(module).update(get_osfhandle=int, open_osfhandle=lambda handle, _flags: handle)
    return module


ON_WINDOWS: dict[str, dict[str, Any]] = {
    "io": {"TextIOWrapper": _Text},
    "os": {
        "name": "nt",
        "O_BINARY": 0,
        "set_handle_inheritable": os.set_inheritable,
        "get_handle_inheritable": os.get_inheritable,
    },
    "sys": {"platform": "win32"},
    "signal": {
        "Signals": _Signals,
        **{one.name: one for one in _Signals if one.name != "SIGABRT"},
        "valid_signals": lambda: {one for one in _Signals if one >= _Signals.SIGINT and one.name != "SIGABRT"},
    },
    "selectors": {"DefaultSelector": OfSocketsAlone},
    "socket": {"SO_EXCLUSIVEADDRUSE": socket.SO_REUSEADDR},
    "subprocess": {"STARTUPINFO": _StartupInfo, "CREATE_NEW_PROCESS_GROUP": 0x200},
}

ON_MACOS: dict[str, dict[str, Any]] = {
    "sys": {"platform": "darwin"},
    "signal": {"SIGINFO": signal.SIGIO},  # 29, as there
}


class Started(subprocess.Popen):  # type: ignore[type-arg]
    """A process, started with what that system's Popen takes; an interpreter pretends as well."""

    def __init__(self, args: Any, *rest: Any, **options: Any) -> None:
        self._on_windows = json.loads(os.environ[VARIABLE])[0] == "win32"
        if self._on_windows:
            assert not options.get("pass_fds"), "pass_fds not supported on Windows."
            handles = getattr(options.pop("startupinfo", None), "attributes", {}).get("handle_list", [])
            assert all(map(os.get_inheritable, handles)), "a handle is not inheritable"
            options["pass_fds"] = handles
            options["start_new_session"] = bool(options.pop("creationflags", 0))
        environment = options.get("env")
        if environment is not None:
            options["env"] = {**environment, VARIABLE: os.environ[VARIABLE]}
        super().__init__(_pretending(args), *rest, **options)

    def send_signal(self, sig: int) -> None:
        """See `subprocess`; on Windows `terminate` and `kill` end it in the same way."""
        if self._on_windows:
            there = {_Signals.CTRL_BREAK_EVENT: BREAK, signal.SIGTERM: signal.SIGKILL, signal.SIGKILL: signal.SIGKILL}
            if sig not in there:
                raise ValueError(f"Unsupported signal: {sig}")
            sig = there[sig]
        super().send_signal(sig)

    def wait(self, timeout: float | None = None) -> int:
        """See `subprocess`."""
        status = super().wait(timeout)
        return KILLED_BY_US if self._on_windows and status < 0 else status


def _pretending(command: Any) -> Any:
    """The command of an interpreter with this file before what it is to run."""
    if isinstance(command, str):
        return command
    words = [os.fspath(one) for one in command]
    if words[0] not in (sys.executable, sys._base_executable) or _THIS in words:  # type: ignore[attr-defined]
        return words
    flags = 1
    while flags < len(words) and (words[flags] in ("-I", "-S", "-B", "-u", "-X", "utf8")):
        flags += 1
    return [*words[:flags], _THIS, "", *words[flags:]]


def main() -> None:
    """As Python itself takes its arguments: -m MODULE, -c CODE or a FILE, and what these are told."""
    system, what, *arguments = sys.argv[1:]
    pretend(*((system, lacking(system)) if system else json.loads(os.environ[VARIABLE])))
    if not sys.flags.isolated:
        sys.path[0] = os.getcwd() if what in ("-m", "-c") else os.path.dirname(os.path.abspath(what))
    if what == "-m":
        sys.argv = arguments
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        return
    sys.argv = [what, *arguments]
    if what == "-c":
        what, source = os.path.abspath(what), sys.argv.pop(1).encode()
    else:
        with open(what, "rb") as file:
            source = file.read()
    place = sys.modules["__main__"] = types.ModuleType("__main__")
    place.__file__ = what
    exec(compile(source, what, "exec"), vars(place))


if __name__ == "__main__":
    main()
