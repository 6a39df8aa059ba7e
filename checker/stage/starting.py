"""A student's server is started and waited for until it listens; what it does instead is said in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from checker.stage.failure import Failed, Unjudgeable
from checker.stage.program import Program
from checker.stage.rest.sockdiag import LISTEN, Address
from checker.stage.stage import Stage
from checker.texts import _


def start_server(stage: Stage, file: Path, host: str, port: int, **options: Any) -> tuple[Program, list[Address]]:
    """Start a server and wait until it listens; raises `Failed` with what it did instead.

    That it listens is read from the socket table: connecting to find out would be a ghost client.
    """
    before = {row.local for row in stage.rows() if row.state == LISTEN} if stage.programs else set()
    program = Program(stage, options.pop("name", "server"), file, "server", host, port, **options)
    found: list[Address] = []

    def listens() -> bool:
        found[:] = [address for address in program.listening() if address not in before]
        return bool(found)

    ended = stage.wait(listens)
    if ended == "seen":
        for address in found:
            stage.claim(address[1])
        # Its rhythm, a main thread that sleeps in a loop for instance, is to be known before the first step.
        stage.wait(lambda: stage.is_calm(program))
        if program.status is not None:
            raise Failed(ended_unvisited(program, listened=True))
        for address in found:
            stage.timeline.add(program.name, "listening", host=address[0], port=address[1])
        return program, found
    if ended == "exit" and not program.hearsay.all("loading"):
        raise Unjudgeable("the launcher failed:\n" + program.printed.decode("utf-8", "backslashreplace"))
    raise Failed(_why_not_listening(program, ended))


def ended_unvisited(program: Program, *, listened: bool) -> str:
    """What is said of a server that ended before it had accepted anybody.

    How far our look at the socket table, or our first peer's connect, came before that is the kernel's timing alone. So it is
    its own process's word on bind() that counts where there is any: the same program is told the same each time.
    """
    if program.hearsay.all("bind"):
        how = _("It called bind(), and ended before it had accepted anybody.")
    elif listened:
        how = _("It listened, and ended before it had accepted anybody.")
    else:
        how = _("It never listened.")
    return f"{program.explain_start()}{how} {program.explain_end()}"


def _why_not_listening(program: Program, ended: str) -> str:
    if ended == "exit":
        return ended_unvisited(program, listened=False)
    start = program.explain_start()
    if ended == "rest":
        return start + _("It runs, but it never listened for connections: is there a bind() and a listen()?")
    return start + _("It was still busy after a long time and never listened for connections.")
