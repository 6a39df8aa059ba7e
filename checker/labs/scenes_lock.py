"""What the lens has seen of the shared list and its lock, as a verdict."""

from __future__ import annotations

from typing import Any

from checker.stage.failure import Failed
from checker.stage.server import Server
from checker.texts import _


def lens_report(server: Server) -> dict[str, Any]:
    """Ask the lens in a server that was started with it for what it has seen so far."""
    program = server.program
    before = len(program.hearsay.all("lens"))
    program.ask()
    if server.stage.wait(lambda: len(program.hearsay.all("lens")) > before) != "seen":
        raise Failed(_("The server did not live to the end of the scene. ") + program.explain_end())
    return program.hearsay.all("lens")[-1]


def guards_its_containers(server: Server, notes: list[str]) -> None:
    """Raise `Failed` with both threads and both lines of the first unguarded pair; note where nothing could be watched."""
    report = lens_report(server)
    if report["races"]:
        race = report["races"][0]
        raise Failed(
            _("Two threads used {container} without one lock that both of them held: {first}, and {second}.").format(
                container=race["container"], first=_access(race["first"]), second=_access(race["second"])
            )
        )
    if not report["shared"] and not report["handed_over"]:
        notes.append(_("The lens saw no container that several threads use: whether the list is guarded was not judged."))


def _access(access: dict[str, Any]) -> str:
    held = ", ".join(access["held"]) or _("no lock")
    return _("{thread} in {file}, line {line} ({access}: {source}) holding {held}").format(
        thread=access["thread"],
        file=access["file"],
        line=access["line"],
        access=_("write") if access["access"] == "write" else _("read"),
        source=access["source"].strip(),
        held=held,
    )
