"""A recorded scene as something to do by hand: what happens in words, and the lines of Python with which one does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checker.report import literal
from checker.report.literal import Carried
from checker.report.together import Printed, Seen, gathered
from checker.system import as_typed
from checker.texts import N_, _, ngettext

Event = Mapping[str, Any]
"""One event of a timeline as a result has it (`CheckResult.timeline`)."""

PORT = 12345
"""What the first port is by hand: the programs' own default."""
BUFFER, LARGE_BUFFER = 1024, 65536
OURS = frozenset(("socket", "struct", "room", "one", "address"))
"""Names that a peer may not have in Python."""
EVERYWHERE = ("0.0.0.0", "::")
MOST_NAMES = 4
PAUSE = "time.sleep(0.5)  # "
"""In a listing that is pasted nobody is as slow as a hand."""

UNDER = {
    "environment": N_("This time it finds other environment variables than yours, another time zone for instance."),
    "lens": N_("This time the checker looks into your program as it runs. By hand nobody can see what it sees there."),
    "schedule": N_(
        "This time things happen in an unlucky order, as any system may have it. By hand it takes luck to meet it."
    ),
    "small_print": N_(
        "This time send() takes only a part of what it is given and recv() returns less than there is: "
        "both may do so, and by hand they seldom do."
    ),
}
"""What a program was run under, where that cannot be had by hand."""


SIGNALS = {
    "SIGINT": N_("Ctrl-C in {window}."),
    "SIGKILL": N_("{who} is killed and cannot say goodbye."),
    "SIGSTOP": N_("{who} is held still: Ctrl-Z in {window}."),
    "SIGCONT": N_("{who} goes on: type fg in {window}."),
}


@dataclass
class Line:
    """What happens, and how to do it: `code` is Python's, or is typed in the window that `window` names; `other` is another
    way, with nc or from a shell. `output` is what a program printed. `style` is "" for what is done, "dim" for what comes of
    it, "bad" for what never comes. `joins`: somebody has connected, and is let in a moment later."""

    words: str
    style: str = ""
    code: tuple[str, ...] = ()
    window: str = ""
    other: str = ""
    output: str = ""
    joins: bool = False


@dataclass
class Step:
    """One deed and what came of it; step 0 is what is there before anybody does anything."""

    number: int
    lines: list[Line] = field(default_factory=list)


class ByHand:
    """The scene of one check. `steps` is all of it; `windows` are the programs that need one, by the scene's names for them;
    `peers` whether anything is done in Python; `moved` the first port of the run for which another one stands here."""

    def __init__(self, timeline: Sequence[Event]) -> None:
        self.windows: list[str] = []
        self.peers = False
        self._roles: dict[str, str] = {}
        self._hosts: dict[int, str] = {}
        self._ended: set[str] = set()
        self._connections = 0
        self._ports = _ports(timeline)
        self.moved = next((port for port, here in self._ports.items() if port != here), None)
        self.steps = self._all(timeline)

    # Steps

    def _all(self, timeline: Sequence[Event]) -> list[Step]:
        numbers: dict[int, list[Event]] = {}
        for event in timeline:
            numbers.setdefault(event["step"], []).append(event)
        steps = [Step(number, self._lines(events)) for number, events in sorted(numbers.items())]
        return [step for step in steps if step.lines]

    def _lines(self, events: Sequence[Event]) -> list[Line]:
        lines = []
        for one in gathered(events):
            if isinstance(one, Seen):
                lines.append(self._seen(one))
            elif isinstance(one, Printed):
                words = _("{who} prints:").format(who=called(one.who))
                lines.append(Line(words, "dim", output=one.text))
            elif one["kind"] in TELLERS:
                lines.append(TELLERS[one["kind"]](self, one))
        return lines

    # Programs

    def _started(self, event: Event) -> Line:
        who, role = event["who"], event.get("role") or ("server" if event["who"] == "server" else "client")
        words = _("{who} is started again.") if who in self._roles else _("{who} is started.")
        self._roles[who] = role
        if who not in self.windows:
            self.windows.append(who)
        under = event.get("under", [])
        words = " ".join((words.format(who=called(who)), *(_(text) for option, text in UNDER.items() if option in under)))
        command = ["python", event.get("file", f"{role}.py")]
        if "port" in event and "alone" not in under:
            command += [event.get("host", "127.0.0.1"), str(self.here(event["port"]))]
        return Line(words, code=(as_typed(command),), window=window(who))

    def _listening(self, event: Event) -> Line:
        who, host, port = event["who"], event.get("host", ""), self.here(event.get("port", 0))
        self._hosts[port] = "127.0.0.1" if host in EVERYWHERE else host
        words = _("{who} listens at {host}, port {port}.").format(who=called(who), host=host, port=port)
        if who in self._roles:
            return Line(words, "dim")
        self.peers = True
        code = f"room = socket.create_server(({literal.quoted(host)}, {port}))"
        return Line(words, "", (code,), other=as_typed(("nc", "-l", host, str(port))))

    def _typed(self, event: Event) -> Line:
        there = window(event["who"])
        return Line(_("Somebody types in {window}:").format(window=there), code=(event.get("data", ""),), window=there)

    def _closed_input(self, event: Event) -> Line:
        words = _("Ctrl-D in {window}: the end of the input (on Windows: Ctrl-Z and Enter).")
        return Line(words.format(window=window(event["who"])))

    def _signal(self, event: Event) -> Line:
        who, signal = event["who"], event.get("signal", "")
        words = SIGNALS.get(signal, N_("{who} is sent a signal."))
        if not signal.isalnum():
            return Line(_(words).format(who=called(who), window=window(who)))
        other = _("in another window: kill -{signal} PID, and `pgrep -f {file}` tells the PID")
        other = other.format(signal=signal.removeprefix("SIG"), file=f"{self._roles.get(who, 'server')}.py")
        return Line(_(words).format(who=called(who), window=window(who)), other=other)

    def _exit(self, event: Event) -> Line:
        who, status = event["who"], event.get("status", 0)
        words = _("{who} has been ended.") if status < 0 else _("{who} ends, with exit status {status}.")
        return Line(words.format(who=called(who), status=status), "dim")

    # Peers

    def _connected(self, event: Event) -> Line:
        who = event["who"]
        self.peers = True
        self._ended.discard(who)
        if who == "room":
            self._connections += 1
            words = _("The client has connected: room lets it in.")
            return Line(words, "", (f"{self._name(who)}, address = room.accept()",))
        port = self.here(event.get("to", 0))
        host = self._hosts.get(port, "127.0.0.1")
        code = f"{self._name(who)} = socket.create_connection(({literal.quoted(host)}, {port}))"
        nc = _("{command} in a window for {who}").format(command=as_typed(("nc", host, str(port))), who=who)
        return Line(_("{who} connects.").format(who=who), "", (code,), other=nc, joins=True)

    def _sent(self, event: Event) -> Line:
        who, said = event["who"], Carried.by(event)
        code = f"{self._name(who)}.sendall({said.expression})"
        if said.size > literal.LONGEST_LITERAL:
            code += "  # " + _("as many bytes as in the run")
        nc = _("nc: type it in the window for {who}").format(who=who) if said.can_be_typed else ""
        return Line(_("{who} says {text}.").format(who=who, text=said.in_sentence), "", (code,), other=nc)

    def _half_closed(self, event: Event) -> Line:
        words = _("{who} says that nothing more will be said, and goes on listening (a half-close).")
        if event["who"] == "room":
            words = _("{who} closes its side of the connection, too.")
        code = f"{self._name(event['who'])}.shutdown(socket.SHUT_WR)"
        return Line(words.format(who=event["who"]), "", (code,))

    def _closed(self, event: Event) -> Line:
        who = event["who"]
        nc = _("nc: Ctrl-C in the window for {who}").format(who=who)
        return Line(_("{who} leaves with a goodbye.").format(who=who), "", (f"{self._name(who)}.close()",), other=nc)

    def _reset(self, event: Event) -> Line:
        name = self._name(event["who"])
        linger = f'{name}.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))'
        words = _("{who} breaks off the connection (a reset).").format(who=event["who"])
        return Line(words, "", (linger, f"{name}.close()"))

    def _seen(self, seen: Seen) -> Line:
        """What peers received, or how the connection ended for them; of several who saw the same it is one line."""
        who, count, came = listed(seen.who), len(seen.who), seen.carried
        names = [self._name(one) for one in seen.who]
        call = f"recv({BUFFER if came.size <= BUFFER else LARGE_BUFFER})"
        code = f"{names[0]}.{call}" if count == 1 else f"[one.{call} for one in ({', '.join(names)})]"
        if seen.kind == "received":
            words = ngettext("{who} receives {text}.", "{who} receive {text}.", count)
            if came.size > LARGE_BUFFER:
                code += "  # " + _("and again, until everything is there")
            return Line(words.format(who=who, text=came.in_sentence), "dim", (code,))
        self._ended |= set(seen.who)
        words = ngettext("{who} sees the end of the connection.", "{who} see the end of the connection.", count)
        returns = 'b"": ' + _("the end")
        if seen.kind == "saw_reset":
            words = ngettext("{who} sees the connection broken off.", "{who} see the connection broken off.", count)
            returns = "ConnectionResetError"
        return Line(words.format(who=who), "dim", (f"{code}  # {returns}",))

    def _missing(self, event: Event) -> Line:
        who, speaker, text = event["who"], event.get("said_by"), Carried.by(event).in_sentence
        if event.get("what") == "output":
            words = _("{text} should come on the screen of {who}, and never does.")
            return Line(words.format(text=text, who=who), "bad")
        words = _("{who} should receive {text} from {speaker}, and never does.")
        if event.get("what") == "end":
            words = _("{who} should see the end of the connection, and never does.")
        elif event.get("what") == "line":
            words = _("{who} should receive a whole line, and never does.")
        elif speaker in (None, who):
            words = _("{who} should receive {text}, and never does.")
        returns = _('b"" at once: the connection has ended') if who in self._ended else _("waits for ever")
        code = f"{self._name(who)}.recv({BUFFER})  # {returns}"
        return Line(words.format(who=who, text=text, speaker=speaker), "bad", (code,))

    # The rest

    def _rest(self, _event: Event) -> Line:
        return Line(_("Everything is at rest: your program has nothing left to do."), "dim")

    def _note(self, event: Event) -> Line:
        who, text = event["who"], event.get("text", "")
        if "left_out" in event:
            count = event["left_out"]
            words = ngettext("{count} event is left out here.", "{count} events are left out here.", count)
            return Line(words.format(count=count), "dim")
        if (who, text) == ("room", "stops listening"):
            return Line(_("room lets nobody in any more."), "", ("room.close()",))
        return Line(f"{who}: {text}", "dim")

    def here(self, port: int) -> int:
        """Which port stands for one of the run's."""
        return self._ports.get(port, port)

    def _name(self, who: str) -> str:
        if who == "room":
            return "conn" if self._connections < 2 else f"conn{self._connections}"
        return literal.name(who, OURS)

    @property
    def listing(self) -> list[str]:
        """Python's part of it in one piece; a comment says what is to be done elsewhere before one goes on."""
        timeout = _("seconds: where recv() would wait for ever, it gives up")
        code = ["import socket, struct, time", f"socket.setdefaulttimeout(2)  # {timeout}"]
        joining = False
        for line in (line for step in self.steps for line in step.lines):
            if joining and not line.joins and line.code:
                code.append(PAUSE + _("who has connected is not yet let in: the server needs a moment"))
            joining = line.joins or (joining and not line.code)
            if line.window:
                code += [f"# {line.window}: {one}" for one in line.code]
            elif line.code or line.style == "":
                code += line.code or [f"# {line.words}"]
        return code


TELLERS: dict[str, Callable[[ByHand, Event], Line]] = {
    "started": ByHand._started,
    "listening": ByHand._listening,
    "typed": ByHand._typed,
    "closed_input": ByHand._closed_input,
    "signal": ByHand._signal,
    "exit": ByHand._exit,
    "connected": ByHand._connected,
    "sent": ByHand._sent,
    "half_closed": ByHand._half_closed,
    "closed": ByHand._closed,
    "reset": ByHand._reset,
    "missing": ByHand._missing,
    "rest": ByHand._rest,
    "note": ByHand._note,
}
"""How each kind of event is told; what is seen and what is printed is gathered first."""


def _ports(timeline: Sequence[Event]) -> dict[int, int]:
    """Which port stands for which by hand. Those that programs were told are ours to choose; one that is written into a
    program is not, and is no choice for another: by hand it would not show then."""
    told = [event["port"] for event in timeline if event["kind"] == "started" and "port" in event]
    fixed = {event.get("port") for event in timeline if event["kind"] == "listening"} - set(told)
    free = (port for port in range(PORT, 65536) if port not in fixed)
    return dict(zip(dict.fromkeys(told), free, strict=False))


def listed(who: Sequence[str]) -> str:
    """Several names in a sentence; of many the first and the last."""
    if len(who) > MOST_NAMES:
        return _("{first}, {second} ... {last} ({count} of them)").format(
            first=who[0], second=who[1], last=who[-1], count=len(who)
        )
    return _(" and ").join(part for part in (", ".join(who[:-1]), who[-1]) if part)


def called(who: str) -> str:
    """A peer or a program at the beginning of a sentence."""
    return {"server": _("The server"), "client": _("The client")}.get(who, who)


def window(who: str) -> str:
    """The window in which a program runs."""
    known = {"server": _("the server's window"), "client": _("the client's window")}
    return known.get(who, _("{who}'s window").format(who=who))
