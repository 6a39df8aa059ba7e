"""The student's program as seen from here: start it, type, read what it prints, signal it, see how it ended."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checker.facts import name_of_signal
from checker.stage.containment import KILLED, must_impersonate
from checker.stage.family import Family
from checker.stage.pipes import Incoming, incoming, outgoing
from checker.stage.rest.sockdiag import LISTEN, Address
from checker.stage.stage import Stage
from checker.texts import _

KEPT_FIRST = 64 << 10
KEPT_LAST = 16 << 10
MOST_OUTPUT = 16 << 20


class Output:
    """One of a program's streams: the first 64 KiB and the last 16 KiB are kept, the rest is counted and let go."""

    of_peers = False

    def __init__(self, stage: Stage, program: Program, pipe: Incoming, name: str) -> None:
        self.size = 0
        self._first = bytearray()
        self._last = bytearray()
        self._stage, self._program, self.pipe, self._name = stage, program, pipe, name

    def fileno(self) -> int:
        """The pipe to watch."""
        return self.pipe.fileno()

    def read_now(self) -> bool:
        """Take in what the program has printed; at 16 MiB it is ended."""
        try:
            data = self.pipe.read()
        except BlockingIOError:
            return False
        if not data:
            self._stage.unwatch(self)
            return False
        if self.size < KEPT_FIRST + KEPT_LAST:
            self._stage.timeline.add(self._program.name, "output", data, stream=self._name)
        self.size += len(data)
        room = KEPT_FIRST - len(self._first)
        self._first += data[: max(room, 0)]
        self._last = (self._last + data[max(room, 0) :])[-KEPT_LAST:]
        if self.size > MOST_OUTPUT:
            self._program.flooded = True
            self._program.kill()
        return True

    @property
    def data(self) -> bytes:
        """What is kept, with a line that says how much was left out."""
        left_out = self.size - len(self._first) - len(self._last)
        between = f"\n[... {left_out} bytes left out ...]\n".encode() if left_out else b""
        return bytes(self._first) + between + bytes(self._last)

    def close(self) -> None:
        """Close our end of the pipe."""
        self.pipe.close()


class Hearsay:
    """What the program's process says of itself over its report pipe."""

    of_peers = False

    def __init__(self, stage: Stage, pipe: Incoming) -> None:
        self.events: list[dict[str, Any]] = []
        self.dump = b""
        self._rest = b""
        self._stage, self.pipe = stage, pipe

    def fileno(self) -> int:
        """The pipe to watch."""
        return self.pipe.fileno()

    def read_now(self) -> bool:
        """Split lines; what is no JSON of ours is part of a stack dump."""
        try:
            data = self.pipe.read()
        except BlockingIOError:
            return False
        if not data:
            self._stage.unwatch(self)
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            try:
                event = json.loads(line) if line.startswith(b'{"event"') else None
            except ValueError:
                event = None
            if isinstance(event, dict):
                self.events.append(event)
            else:
                self.dump = (self.dump + line + b"\n")[-KEPT_FIRST:]
        return True

    def all(self, name: str) -> list[dict[str, Any]]:
        """Every event of one name, oldest first."""
        return [event for event in self.events if event["event"] == name]

    def close(self) -> None:
        """Close our end of the pipe."""
        self.pipe.close()


class Program:
    """One running program. `status` is None while it runs, then its exit status, a signal's number negative."""

    def __init__(self, stage: Stage, name: str, file: Path, role: str, host: str, port: int, **options: Any) -> None:
        self.stage, self.name, self.file, self.role = stage, name, file, role
        self.host, self.port, self.options = host, port, options
        self.status: int | None = None
        self.flooded = False
        self.overgrown = False
        self.paused = False
        self._number = stage.next_number()
        pipes = [os.pipe() for _i in range(5)]
        (stdin_read, stdin), (out, out_write), (err, err_write), (report, report_write), (control, asked) = pipes
        self._stdin, self._control = outgoing(stdin, stdin_read), outgoing(asked, control)
        self._input_closed = False
        config = {"role": role, "file": str(file), "host": host, "port": port, **options}
        config["dumpable"] = must_impersonate()
        theirs = [stdin_read, out_write, err_write, report_write, control]
        self.pid = stage._hand.start(self._number, config, theirs)
        for descriptor in theirs:
            os.close(descriptor)
        self.outputs = [Output(stage, self, incoming(out), "stdout"), Output(stage, self, incoming(err), "stderr")]
        self.hearsay = Hearsay(stage, incoming(report))
        self._readers: tuple[Output | Hearsay, ...] = (*self.outputs, self.hearsay)
        for reader in self._readers:
            stage.watch(reader)
        self._seen_children = False
        if must_impersonate():  # until it has become its user, nobody may look
            while not self.hearsay.events and self.status is None:
                stage.pump(1.0)
                self.notice_exit()
        self.observer = stage.way.observer(self.pid, stage.table, self._has_children, stage.timeline.now)
        stage.table.forget()
        stage.programs.append(self)
        stage.cast.append(self)
        under = sorted(option for option, value in options.items() if value)
        told: dict[str, Any] = {"role": role, "host": host, "port": port, "under": under}
        stage.timeline.add(name, "started", file=file.name, pid=self.pid, **told)

    @property
    def folder(self) -> Path:
        """Where its process has its files: what is run as another user is run from a copy (see `inside.owncopy`)."""
        said = next((event.get("folder") for event in self.hearsay.all("loading")), None)
        return Path(said) if isinstance(said, str) else self.file.parent

    def _has_children(self) -> bool:
        self._seen_children = self._seen_children or bool(self.hearsay.all("forked"))
        return self._seen_children

    # Streams

    @property
    def printed(self) -> bytes:
        """What it has printed on both streams, standard output first."""
        return b"".join(output.data for output in self.outputs)

    def types(self, line: str) -> None:
        """Type one line at its keyboard."""
        self.stage.mark()
        self.stage.timeline.add(self.name, "typed", line.encode())
        if not self._input_closed:
            self._stdin.write(line.encode() + b"\n")

    def closes_input(self) -> None:
        """End of file at its keyboard (Ctrl-D)."""
        if not self._input_closed:
            self.stage.mark()
            self.stage.timeline.add(self.name, "closed_input")
            self._stdin.close()
            self._input_closed = True

    @property
    def unread_input(self) -> int:
        """Bytes typed that the program has not read, as far as the system tells (see `pipes.Outgoing`)."""
        return 0 if self._input_closed else self._stdin.unread()

    def shows(self, text: str, *, since: int = 0) -> bool:
        """Whether `text` is on its screen (either stream), after the first `since` bytes of each."""
        return any(text.encode() in output.data[since:] for output in self.outputs)

    def screen(self) -> tuple[int, ...]:
        """How far its output has come by now, in bytes of each stream; for `printed_since`."""
        return tuple(len(output.data) for output in self.outputs)

    def printed_since(self, screen: tuple[int, ...]) -> bytes:
        """What it has printed after `screen` was noted, standard output first."""
        return b"".join(output.data[since:] for output, since in zip(self.outputs, screen, strict=True))

    @property
    def traceback(self) -> bool:
        """Whether it printed a traceback, or the interpreter's last words (it aborts with a stack on the screen where a
        daemon thread still waits in input() while the program ends)."""
        printed = self.printed
        return b"Traceback (most recent call last)" in printed or b"Fatal Python error" in printed

    def ask(self) -> None:
        """One byte on the control pipe: asks the lens for what it has seen."""
        self.control(b"?")

    def control(self, data: bytes) -> None:
        """Tell what runs inside (the lens, a schedule) something."""
        self.stage.mark()
        self._control.write(data)

    # Life

    def signal(self, signum: int) -> None:
        """Send a signal to its main process."""
        self.stage.mark()
        self.stage.timeline.add(self.name, "signal", signal=name_of_signal(signum))
        self.stage._hand.signal(self._number, signum)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.signal(signal.SIGINT)

    def halts(self) -> None:
        """None of its threads runs on when this returns, until `goes_on` (SIGSTOP, where there are signals). Who connects
        meanwhile waits in the accept queue."""
        self._tell_halt("SIGSTOP", self.stage.hand.halt)
        self.stage.wait(lambda: self.status is not None or self.observer.stopped(), exits=False)

    def goes_on(self) -> None:
        """The end of `halts`: it runs on, and nobody asks for rest from here on. A timed wait that was interrupted in this way
        is begun anew (restart_syscall(2)), and how long it lasts then cannot be seen from outside."""
        self._tell_halt("SIGCONT", self.stage.hand.go_on)

    def _tell_halt(self, name: str, do: Callable[[int], None]) -> None:
        self.stage.mark()
        self.stage.timeline.add(self.name, "signal", signal=name)
        do(self._number)

    def pause(self) -> None:
        """`halts`, and there is no way back: from then on the stage is at rest without it."""
        self.halts()
        self.paused = True

    def kill(self) -> None:
        """SIGKILL to it and its process group."""
        self.stage._hand.end(self._number)

    def notice_exit(self) -> None:
        """Take in that it has ended, if it has; its last words are read by then."""
        if self.status is None:
            hand = self.stage._hand
            if self._number in hand.exits or hand.gone:
                for reader in self._readers:
                    reader.pipe.expect_end()
                    while reader.read_now():
                        pass
                self.status = hand.exits.get(self._number, KILLED)
                self.stage.table.forget()
                self.stage.timeline.add(self.name, "exit", status=self.status)

    def ends(self) -> bool:
        """Wait until it has ended; false where it came to rest (or to the bound) without."""
        if self.status is None:
            self.stage.wait(lambda: self.status is not None, exits=False)
        return self.status is not None

    def stop(self) -> None:
        """Kill it and wait for the end. Our connections to a server go first, by RST: what it closes itself would stay on its
        port in TIME_WAIT (RFC 9293, 3.6), in the way of the next one."""
        if self.status is None and self.role == "server":
            for peer in self.stage.peers:
                if peer.remote[1] in {self.port, *(port for _host, port in self.listening())}:
                    peer.breaks_off()
        self.die()

    def die(self) -> None:
        """SIGKILL, its connections left as they stand, and wait for the end: that is certain, so no rest is asked for.

        A process that it has started may hold a connection, too, and ends a moment later.
        """
        if self.status is None:
            family = Family(self.pid, self.observer.processes()[1:])
            self.stage.timeline.add(self.name, "signal", signal="SIGKILL")
            self.kill()
            while self.status is None:
                self.stage.pump(1.0)
            family.wait()

    def dismiss(self) -> None:
        """Stop it and take it off the stage: what follows there is judged without it."""
        self.stop()
        self.stage.programs.remove(self)
        self.stage.at_close(self.close)

    def close(self) -> None:
        """Close every descriptor of ours. The stage has ended the program by then."""
        self.observer.close()
        for reader in self._readers:
            reader.close()
        self._control.close()
        if not self._input_closed:
            self._stdin.close()

    # Sockets

    def listening(self) -> list[Address]:
        """Where programs of this stage listen now, rooms of ours left out."""
        return [row.local for row in self.stage.rows() if row.state == LISTEN and row.local not in self.stage.rooms]

    def explain_start(self) -> str:
        """One sentence, and a blank, on what was wrong before its function could do anything; "" where nothing was."""
        function = f"start_{self.role}"
        if self.hearsay.all("no_function"):
            sentence = _("There is no {function}(host, port) in {file}, so it was run as a script.")
        elif self.hearsay.all("loading") and not self.hearsay.all("calling") and self.status is None:
            sentence = _("Loading {file} never came to an end: is there code in it outside of its functions?")
        elif self.hearsay.all("returned"):
            sentence = _("{function}() returned at once: it must not return before its work is done.")
        else:
            return ""
        return sentence.format(function=function, file=self.file.name) + " "

    def explain_end(self) -> str:
        """One sentence on how it ended, for a message."""
        if self.flooded:
            return _("Your program printed more than 16 MiB and was ended.")
        if self.overgrown:
            return _("Your program held more than 512 MiB of memory and was ended.")
        if self.status is not None and self.status < 0:
            return _("Your program was ended by signal {name}.").format(name=name_of_signal(-self.status))
        return _("Your program had ended by then, with exit status {status}.").format(status=self.status)
