"""Becomes the student's program: its surroundings first, then its file, then `start_server` or `start_client`.

The configuration (a dict, from the stage) holds:
    role "server" or "client", file, host, port        what to run and what it is told
    alone                                              run the file as `python FILE` alone does, told nothing
    home                                               a folder of its own, HOME and TMPDIR are in it
    uid                                                the user to become, or None: that one plays a copy of the file's folder
    dumpable                                           whether that user may look at this process, prctl(2)
    dies_with_parent                                   whether it is killed where its supervisor is
    descriptors                                        [stdin, stdout, stderr, report, control], to be 0, 1, 2 and high up
    environment                                        variables that it has besides: {"TZ": "CET-1"}
    lens, small_print, switch_interval, schedule       how it is watched and what the kernel is played like
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import os
import sys
import threading
import time
import types
from typing import Any, NoReturn

from checker.inside import asked, process, tracebacks

KEPT_ENVIRONMENT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "LC_CTYPE",
    "LANGUAGE",
    "CHAT_LANG",
    "TZ",
    "TERM",
    "SYSTEMROOT",
)


class Report:
    """Lines of JSON to the stage: what this process says of itself. Never taken for more than hearsay."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._lock = threading.Lock()

    def say(self, event: str, **facts: Any) -> None:
        """Send one line; the checker may be gone, or the pipe full of a flood: then there is nobody to tell."""
        line = json.dumps({"event": event, **facts}).encode() + b"\n"
        with self._lock, contextlib.suppress(OSError):
            os.write(self.descriptor, line)


def run(config: dict[str, Any]) -> None:
    """Run the program in this process and return when its function does; raises SystemExit as it would."""
    report = _own_descriptors(config["descriptors"])
    config["control"] = config["descriptors"][4]
    if not config.get("own_session"):
        process.lead_session()
    process.default_signals()
    process.limit()
    _shut_the_kit(config["file"])
    _surroundings(config)
    _load_what_watches(config)
    process.become(config.get("uid"), config["file"], config["home"])
    process.belong_to_parent(
        dumpable=bool(config.get("dumpable")), dies_with_parent=bool(config.get("dies_with_parent"))
    )
    _listen_to_events(report)
    asked.answer(report.descriptor, os.path.dirname(config["file"]))
    tracebacks.take_turns()
    if config.get("switch_interval"):
        sys.setswitchinterval(config["switch_interval"])
    program = Program(config, report)
    program.run()


class Program:
    """The student's file, loaded as a module that is not `__main__`, and its function called."""

    def __init__(self, config: dict[str, Any], report: Report) -> None:
        self.config = config
        self.report = report
        self.file: str = config["file"]
        self.folder = os.path.dirname(self.file)
        self.lens: Any = None

    def run(self) -> None:
        """Load, then call; without the function, run the file as a script with HOST and PORT."""
        config = self.config
        name = "start_" + config["role"]
        self._prepare()
        module = types.ModuleType(os.path.splitext(os.path.basename(self.file))[0])
        module.__file__ = self.file
        sys.modules.setdefault(module.__name__, module)
        self.report.say("loading", folder=self.folder)
        if config.get("alone"):
            self._guarded(lambda: self._as_script([]))
            return
        self._guarded(lambda: self._load(module, name))
        function = getattr(module, name, None)
        if not callable(function):
            self.report.say("no_function", name=name)
            self._guarded(lambda: self._as_script([config["host"], str(config["port"])]))
            return
        self.report.say("calling", name=name)
        self._guarded(lambda: function(config["host"], config["port"]))
        self.report.say("returned")

    def _load(self, module: types.ModuleType, name: str) -> None:
        code = self._code()
        # A file that never names the function is a script: to load it would be to run it, and once is enough.
        if name in code.co_names:
            exec(code, module.__dict__)

    def _prepare(self) -> None:
        sys.path.insert(0, self.folder)
        sys.argv = [self.file]
        if self.config.get("small_print"):
            from checker.inside import smallprint

            smallprint.install()
        if self.config.get("schedule"):
            from checker.inside import schedules

            schedules.install(self.config["schedule"], self.config["control"])
        if self.config.get("lens"):
            from checker.inside.lens import Lens

            self.lens = Lens(self.folder)
            self.lens.install()
            threading.Thread(target=self._answer_lens, daemon=True, name="lens").start()

    def _answer_lens(self) -> None:
        """Each byte on the control pipe asks for what the lens has seen so far."""
        while os.read(self.config["control"], 1):
            self.report.say("lens", **self.lens.report())

    def _code(self) -> Any:
        with io.open_code(self.file) as file:
            source = file.read()
        if self.lens is not None:
            # As the compiler reads a source: by its BOM or coding line, with any kind of line end (PEP 263).
            text = importlib.util.decode_source(source)
            return self.lens.compile(text, self.file)
        return compile(source, self.file, "exec", dont_inherit=True)

    def _as_script(self, arguments: list[str]) -> None:
        sys.argv = [self.file, *arguments]
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        module.__file__ = self.file
        exec(self._code(), module.__dict__)

    def _guarded(self, step: Any) -> None:
        """An exception leaves by the interpreter's own door, its traceback without our frames."""
        try:
            step()
        except SystemExit:
            raise
        except BaseException as error:
            self._leave(error)

    def _leave(self, error: BaseException) -> NoReturn:
        trace = error.__traceback__
        while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(self.folder):
            trace = trace.tb_next
        with tracebacks.in_turn():
            sys.excepthook(type(error), error.with_traceback(trace), trace)
        if isinstance(error, KeyboardInterrupt):
            raise SystemExit(130)
        raise SystemExit(1)


def like_site(kit: str, packages: list[str]) -> None:
    """What `import site` would have given a program: exit(), quit(), help(), installed packages (no `.pth` is run)."""
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()
    sys.path.remove(kit)
    sys.path.extend(packages)


def _own_descriptors(descriptors: list[int]) -> Report:
    """Put the streams at 0, 1 and 2, ours out of the program's way; rebuild the text streams: UTF-8, written through."""
    process.put_in_place(descriptors)
    rebuild_streams()
    return Report(descriptors[3])


def rebuild_streams() -> None:
    """stdin, stdout and stderr on 0, 1 and 2 as an interpreter with PYTHONUNBUFFERED=1 and UTF-8 has them."""
    keyboard = open(0, "rb", closefd=False)  # noqa: SIM115  these stay open as long as the program lives
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(keyboard, "utf-8")  # type: ignore[misc]
    for name, descriptor, errors in (("stdout", 1, "strict"), ("stderr", 2, "backslashreplace")):
        raw = open(descriptor, "wb", 0, closefd=False)  # noqa: SIM115
        stream = io.TextIOWrapper(raw, "utf-8", errors, write_through=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _shut_the_kit(file: str) -> None:
    """Have nothing of the checker's imported from here on but what runs in this process: its own ready server is no work of a
    student's. (A program that the kit brings along is made of that: it gets it while this process may still read it.)"""
    kit = sys.modules["checker"]
    if any(file.startswith(os.path.join(folder, "")) for folder in kit.__path__):
        importlib.import_module("checker.live")
    else:
        kit.__path__ = []


def _surroundings(config: dict[str, Any]) -> None:
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8", PYTHONUTF8="1")
    os.environ.update(process.own_folder(config["home"]))
    os.environ.update(config.get("environment") or {})
    if hasattr(time, "tzset"):
        time.tzset()  # the warm interpreter may have asked for the time of day, and the C library reads TZ once
    sys.dont_write_bytecode = True  # nothing of ours is left in the student's folder
    os.umask(0o022)
    if sys.platform == "linux" and config.get("uid") is not None:
        from checker.inside import owncopy

        config["file"] = owncopy.made(config["file"], config["home"], config["uid"])
    os.chdir(os.path.dirname(config["file"]))


def _load_what_watches(config: dict[str, Any]) -> None:
    """Import our own parts while this process may still read the kit's folder."""
    for key, module in (("small_print", "smallprint"), ("schedule", "schedules"), ("lens", "lens")):
        if config.get(key):
            importlib.import_module(f"checker.inside.{module}")


def _listen_to_events(report: Report) -> None:
    """Tell where the program binds and connects, and when it starts processes (audit events of CPython)."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.bind", "socket.connect"):
            report.say(event.partition(".")[2], address=repr(arguments[1]), parts=_parts(arguments[1]))
        elif event in ("os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen", "os.system"):
            report.say("forked")

    sys.addaudithook(hook)


def _parts(address: Any) -> list[Any] | None:
    if isinstance(address, tuple) and len(address) >= 2:
        return [str(address[0]), address[1] if isinstance(address[1], int) else None]
    return None
