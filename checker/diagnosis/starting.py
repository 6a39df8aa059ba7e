"""Mistakes of the start: the address, what happens while the file is loaded, and a function that returns at once."""

from __future__ import annotations

import ast
import re

from checker.diagnosis.findings import Findings, placed
from checker.diagnosis.syntax import Place, called
from checker.diagnosis.traces import ADDRESS_IN_USE
from checker.grading.model import Cause
from checker.texts import _

CALLS = {"server": ("bind", "create_server"), "client": ("connect", "connect_ex", "create_connection")}
FUNCTIONS = ("start_server", "start_client")
OURSELVES = ("localhost", "127.0.0.1")


def loading_starts_it(f: Findings) -> Cause | None:
    """It was bound or connected before its function was called.

    Rests on the order of what its own process says: loading, then bind or connect, and no call in between. A script without
    the function is loaded and run in one, too, and says so ("no_function"). Not taken for it: a failure of anything later.
    """
    order = [one["event"] for one in f.evidence.hearsay]
    deed = "bind" if f.is_server else "connect"
    if f.evidence.options.get("alone") or "no_function" in order or deed not in order or not _only_started(f):
        return None
    if "loading" not in order or "calling" in order[: order.index(deed)]:
        return None
    function = f"start_{f.evidence.role}"
    place = _top_level(f, function) or f.sources.only_call(*CALLS[f.evidence.role])
    text = _(
        "Your file does its work as soon as it is loaded: {deed}() came before anybody had called {function}(). Put what "
        'stands outside of the functions under `if __name__ == "__main__":`.'
    )
    return placed("loading_starts_it", text.format(deed=deed, function=function), place)


def hard_coded_address(f: Findings) -> Cause | None:
    """hard_coded_port, hard_coded_host: it listens or connects elsewhere than told.

    Rests on its own process's word (bind, connect) and, for a server, on the socket table. Not taken for it: a check that
    failed of anything later, since a server is judged where it listens.
    """
    if not _only_started(f):
        return None
    host, port = f.evidence.told
    found = _went_to(f)
    if found is None or found == (host, port):
        return None
    place = f.sources.only_call(*CALLS[f.evidence.role]) or _first_call(f)
    facts = {
        "call": "bind()" if f.is_server else "connect()",
        "function": f"start_{f.evidence.role}()",
        "host": found[0],
        "port": found[1],
        "told": port,
        "told_host": host,
    }
    if found[1] != port:
        text = _(
            "Your program calls {call} with port {port}, and {function} was given {told}: the port is written into the "
            "program. Hand on to {call} the host and the port that {function} is given, both of them."
        )
        return placed("hard_coded_port", text.format(**facts), place)
    text = _(
        "Your program calls {call} with the host {host!r}, and {function} was given {told_host!r}: the host is written into "
        "the program. Hand on to {call} the host and the port that {function} is given, both of them."
    )
    return placed("hard_coded_host", text.format(**facts), place)


def no_reuseaddr(f: Findings) -> Cause | None:
    """no_reuseaddr, reuseaddr_too_late: EADDRINUSE at the second start on the port on which it listened before.

    Rests on the number of the error in what it printed, in whatever language, and on the port of its bind(). Whether the
    option is there and has no effect is read from the source. Not taken for it: the error at a first start, where somebody
    else may have the port.
    """
    if not f.is_server:
        return None
    before = [event for event in f.evidence.events[: f.scene.began] if event.kind == "listening"]
    after = [event for event in f.evidence.events[f.scene.began :] if event.kind == "listening"]
    numbers = re.findall(rb"\[(?:Errno|WinError) (\d+)\]", f.evidence.printed)
    in_use = any(int(number) in ADDRESS_IN_USE for number in numbers)
    ports = {parts[1] for parts in _parts(f, "bind")}
    port = next((event.facts["port"] for event in before if event.facts["port"] in ports), None)
    if not in_use or after or port is None:
        return None
    late = f.sources.names("SO_REUSEADDR")
    raised = next((one.own for one in f.raised if one.number in ADDRESS_IN_USE and one.own), None)
    place = (_name(raised.file), raised.line) if raised else f.sources.only_call(*CALLS["server"])
    if late:
        text = _(
            "The second start failed in bind(): the system still keeps port {port} for the connections of the first run. "
            "SO_REUSEADDR is in your program, but not in force by then: set it to 1 on this very socket, before bind()."
        )
        return placed("reuseaddr_too_late", text.format(port=port), f.sources.only_call("setsockopt") or place)
    text = _(
        "The second start failed in bind(): the system still keeps port {port} for the connections of the first run. Call "
        "setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1) on the listening socket before bind()."
    )
    return placed("no_reuseaddr", text.format(port=port), place)


def returned_at_once(f: Findings) -> Cause | None:
    """Its function came to its end, and the program with it, before anybody had done anything.

    Rests on its own process's word (bind or connect, then returned), exit status 0, and a scene without a deed (who came
    meanwhile was reset in the accept queue). Not taken for it: a client that found no server, and one that never bound.
    """
    said = [one["event"] for one in f.evidence.hearsay]
    begun = "bind" in said if f.is_server else any(player.name == "room" for player in f.scene.players)
    if f.evidence.status != 0 or "returned" not in said or not begun or not _only_started(f, ended=True):
        return None
    if f.is_server:
        text = _(
            "{function}() came to its end at once, and the program with it. Run the loop around accept() in {function}() "
            "itself, as long as the chat lasts, and not in a thread that it starts."
        )
    else:
        text = _(
            "{function}() came to its end at once, and the program with it. Run the loop around input() in {function}() "
            "itself, as long as the chat lasts, and not in a thread that it starts."
        )
    return Cause("returned_at_once", text.format(function=f"start_{f.evidence.role}"))


def never_called(f: Findings) -> Cause | None:
    """Run as `python FILE` runs it, the file only defines functions.

    Rests on its own process's word (loading, and neither bind nor connect), exit status 0, no traceback. Lab 6 alone. Not
    taken for it: a file whose main block does call the function, which then returned at once (a stub).
    """
    if not f.evidence.options.get("alone"):
        return None
    for actor in f.evidence.cast:
        said = {one["event"] for one in actor.hearsay}
        ended = actor.status == 0 and b"Traceback" not in actor.printed
        if ended and "loading" in said and not said & {"bind", "connect"} and not _starts_itself(f, actor.role):
            text = _(
                "`python {file}.py` came to its end at once: the file defines its functions and nothing in it calls "
                'start_{file}(). Call it at the end, under `if __name__ == "__main__":`.'
            )
            return Cause("never_called", text.format(file=actor.role), file=f"{actor.role}.py")
    return None


def defaults_differ(f: Findings) -> Cause | None:
    """Told nothing, client and server do not meet: they have different ports for that case.

    Rests on what both processes say of bind() and connect(). Lab 6 alone.
    """
    if not f.evidence.options.get("alone") or f.scene.said:
        return None
    bound = {parts[1] for parts in _parts(f, "bind")}
    for actor in f.evidence.cast:
        if actor.role != "client":
            continue
        tried = [one["parts"][1] for one in actor.hearsay if one["event"] == "connect" and one.get("parts")]
        if tried and bound and not bound & set(tried):
            text = _(
                "Run without HOST and PORT, server.py listens on port {listens} and client.py connects to port {tried}. Give "
                "both files the same default."
            )
            place = _number(f, "client.py", tried[0])
            facts = {"listens": min(bound), "tried": tried[0]}
            return placed("defaults_differ", text.format(**facts), place)
    return None


def _only_started(f: Findings, *, ended: bool = False) -> bool:
    """Whether nothing was done to it but starting it: what failed then is the start."""
    played = f.scene.said or f.scene.me.said or f.scene.leavers or f.scene.interrupted is not None
    if played or f.runs == ended:
        return False
    if f.is_server:
        return all(ended and player.ended is not None and not player.parts for player in f.scene.players)
    return any(player.name == "room" for player in f.scene.players)


def _went_to(f: Findings) -> tuple[str, int] | None:
    """Where it listens, or connected to."""
    host, port = f.evidence.told
    if not f.is_server:
        tried = _parts(f, "connect")
        return _as_told(tried[0], host) if tried else None
    since = f.evidence.events[f.scene.began :]
    listens = [(event.facts["host"], event.facts["port"]) for event in since if event.kind == "listening"]
    if not listens or (host, port) in listens:
        return None
    asked = [parts for parts in _parts(f, "bind") if parts[1] == listens[0][1]]
    return asked[0] if asked else listens[0]


def _as_told(found: tuple[str, int], host: str) -> tuple[str, int]:
    """The same with the host as it was told, where it is another name of the same."""
    return (host, found[1]) if host in OURSELVES and found[0] in OURSELVES else found


def _parts(f: Findings, event: str) -> list[tuple[str, int]]:
    told = [one.get("parts") or (None, None) for one in f.evidence.hearsay if one["event"] == event]
    return [(parts[0], parts[1]) for parts in told if isinstance(parts[0], str) and isinstance(parts[1], int)]


def _top_level(f: Findings, function: str) -> Place | None:
    """Where a file calls its function outside of every function and of the main block."""
    for file, tree in f.sources.trees.items():
        for node in tree.body:
            name = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func)
            if name == function:
                return file, node.lineno
    return None


def _starts_itself(f: Findings, role: str) -> bool:
    """Whether a program's file calls its function in the main block."""
    tree = f.sources.trees.get(f"{role}.py")
    blocks = [node for node in (tree.body if tree is not None else ()) if isinstance(node, ast.If)]
    mains = [block for block in blocks if "__name__" in ast.unparse(block.test)]
    calls = [node for block in mains for node in ast.walk(block) if isinstance(node, ast.Call)]
    return any(called(call) == f"start_{role}" for call in calls)


def _first_call(f: Findings) -> Place | None:
    found = f.sources.calls(*CALLS[f.evidence.role])
    return (found[0][0], found[0][1].lineno) if found else None


def _number(f: Findings, file: str, number: int) -> Place | None:
    """The only place of a file where a number is written."""
    tree = f.sources.trees.get(file)
    lines = [
        node.lineno
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.Constant) and node.value == number and type(node.value) is int
    ]
    return (file, lines[0]) if len(lines) == 1 else None


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
