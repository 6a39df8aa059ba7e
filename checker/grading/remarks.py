"""What a program does otherwise than it was told, and that costs no points where no check is about it."""

from __future__ import annotations

from pathlib import Path

from checker.grading.rubric import Lab
from checker.paths import as_known
from checker.stage.program import Program
from checker.stage.stage import Stage
from checker.stage.timeline import DEEDS
from checker.texts import _


def remarks(stage: Stage, lab: Lab) -> list[str]:
    """A sentence for each, by the program's own word and the socket table's."""
    asks_where = any(check.id.endswith("where_told") for check in lab.checks)
    found = []
    for program in stage.cast:
        if program.options.get("alone"):
            continue  # it was told nothing
        function, file = f"start_{program.role}", as_known(program.file)
        if program.hearsay.all("no_function"):
            found.append(
                _("{file} has no {function}(host, port): it was run as a script instead.").format(
                    file=file, function=function
                )
            )
        elif _ran_when_loaded(program):
            found.append(
                _(
                    "{file} starts as soon as it is loaded, before anybody calls {function}: put that call "
                    'under `if __name__ == "__main__":`.'
                ).format(file=file, function=function)
            )
        port = _own_port(program)
        if port is not None and not asks_where:
            told = (
                _("{file} listens on port {port} whatever it is told, and was judged there.")
                if program.role == "server"
                else _("{file} connects to port {port} whatever it is told, and was judged there.")
            )
            right = _("Use the host and the port that {function} is given.").format(function=function)
            found.append(told.format(file=file, port=port) + " " + right)
    return found


def hopeless(stage: Stage | None) -> list[Path]:
    """The files of programs that printed without end, ate memory or were busy before anything was done to them."""
    if stage is None or any(event.kind in DEEDS - {"started"} for event in stage.timeline.events):
        return []
    busy = stage.ended_by == "bound"
    return [one.file for one in stage.cast if not one.options and (one.flooded or one.overgrown or busy)]


def _ran_when_loaded(program: Program) -> bool:
    did = program.hearsay.all("bind") or program.hearsay.all("connect")
    return bool(did) and bool(program.hearsay.all("loading")) and not program.hearsay.all("calling")


def _own_port(program: Program) -> int | None:
    """A port of its own that it listens on or connects to, where it left the one that it was given alone."""
    if program.role == "server":
        events = program.stage.timeline.events
        ports = [one.facts["port"] for one in events if one.kind == "listening" and one.who == program.name]
    else:
        parts = [event.get("parts") or (None, None) for event in program.hearsay.all("connect")]
        ports = [port for _host, port in parts if isinstance(port, int)]
    return ports[0] if ports and program.port not in ports else None
