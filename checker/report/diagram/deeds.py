"""The rows that a step of a scene becomes: an arrow for what was done, arrows and marks for what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from checker.facts import name_of_signal
from checker.report.diagram.parts import TERMINAL, Kind, Label, Row
from checker.report.diagram.scene import Happening, Scene, Step, lines_of
from checker.report.excerpt import TRACEBACK
from checker.texts import N_, _, ngettext

LONG = 200
"""Bytes of a message from which on their number is told."""
MOST_DIFFERENT = 3
"""Rows that what came in one step may take; of more different things their number is told."""
ON_AND_ON = 20
"""Pieces of output in one step from which on it is the repeating that is told."""

USUAL_HOST = "127.0.0.1"
ABORTED = "Fatal Python error"
_RAISED = re.compile(r"[^\W\d][\w.<>]*(:|$)")
"""How the last line of a traceback begins. Threads print into each other's words: not every line after the frames is one."""

PARTINGS: dict[str, tuple[Kind, str]] = {
    "half_closed": ("half_close", N_("half-close (FIN)")),
    "closed": ("goodbye", N_("goodbye (FIN)")),
    "reset": ("reset", N_("reset (RST)")),
    "saw_end": ("end_seen", N_("end (FIN)")),
    "saw_reset": ("reset_seen", N_("reset (RST)")),
}
SIGNALS = {
    "SIGINT": N_("Ctrl-C (SIGINT)"),
    "SIGKILL": N_("is killed (SIGKILL)"),
    "SIGSTOP": N_("is made to stand still (SIGSTOP)"),
    "SIGCONT": N_("goes on (SIGCONT)"),
}


class Rows:
    """Makes the rows of one scene. `matter` are tokens of what the verdict is about, `got` what came in place of what was
    expected: of that, also what a server printed is shown."""

    def __init__(self, scene: Scene, matter: frozenset[str], got: str) -> None:
        self._scene, self._matter, self._got = scene, matter, got
        self._there = {scene.hub, TERMINAL, *scene.people}

    def of(self, step: Step) -> list[Row]:
        """The rows of a step, without the verdict."""
        deed = [] if step.deed is None else self._deed(step, step.deed)
        came = self._parting(step) + self._received(step) + self._outputs(step)
        for one in step.came:
            if one.kind == "exit":
                came += self._exit(step, one)
            elif one.kind == "note":
                came += self._note(one)
        return deed + sorted(came, key=lambda row: row.t or 0) + self._missing(step)

    # What was done

    def _deed(self, step: Step, deed: Happening) -> list[Row]:
        if deed.kind == "started":
            return [self._start(step, deed)]
        if deed.kind == "signal":
            return [self._signal(deed)]
        if deed.kind == "connected":
            return [self._row("connect", Label(_("connects")), deed, (deed.who,), self._is_client)]
        if deed.kind == "sent":
            return [self._row("message", _whole(deed), deed, (deed.who,), False)]
        if deed.kind in ("typed", "closed_input"):
            return [self._typed(deed)]
        kind, words = PARTINGS[deed.kind]
        return [self._row(kind, Label(_(words)), deed, (deed.who,), False)]

    def _start(self, step: Step, deed: Happening) -> Row:
        file = str(deed.facts.get("file", deed.who))
        listens = next((one.facts for one in step.came if one.kind == "listening"), None)
        if listens is not None:
            host, port = str(listens.get("host")), listens.get("port")
            where = _(" on port {port}") if host == USUAL_HOST else _(" on {host}, port {port}")
            label = Label(_("{file} listens").format(file=file), after=where.format(host=host, port=port))
        elif self._scene.shape == "chat" and deed.who != self._scene.hub and step is not self._scene.steps[-1]:
            return self._row("connect", Label(_("{file} connects").format(file=file)), deed, (deed.who,), False)
        else:
            label = Label(_("{file} starts").format(file=file))
        return self._mark("start", label, deed)

    def _signal(self, deed: Happening) -> Row:
        name = str(deed.facts.get("signal"))
        label = Label(_(SIGNALS.get(name, name)))
        if name == "SIGINT" and self._is_client:
            return self._row("signal", label, deed, (TERMINAL,), False)
        return self._mark("exit" if name == "SIGKILL" else "signal", label, deed)

    def _typed(self, deed: Happening) -> Row:
        words = _("end of input (Ctrl-D)") if deed.kind == "closed_input" else ""
        if self._is_client:
            return self._row("typed", Label(words, squeezed(deed.text)), deed, (TERMINAL,), False)
        label = Label(words or _("types "), squeezed(deed.text))
        arrived = any(set(self._scene.heard[token]) - {deed.who} for token in self._scene.tokens(deed.text))
        return self._row("typed", label, deed, (deed.who,), False) if arrived else self._mark("typed", label, deed)

    # What came of it

    def _received(self, step: Step) -> list[Row]:
        received = [one for one in step.came if one.kind == "received"]
        alike: dict[str, list[Happening]] = {}
        for one in received:
            alike.setdefault(one.text, []).append(one)
        if len(alike) <= MOST_DIFFERENT:
            return [self._to("message", self._heard(group[0]), group) for group in alike.values()]
        rows = []
        for token in sorted(self._matter):
            group = [one for one in received if token in one.text]
            if group:
                rows.append(self._to("message", Label(data=token, after=" " + _("among others")), group))
        tokens = sum(len(self._scene.tokens(one.text)) for one in received)
        size = sum(one.size for one in received)
        if size <= tokens * LONG:
            many = ngettext("{count} message", "{count} messages", tokens).format(count=f"{tokens:,}")
        else:
            many = ngettext("{count} byte", "{count} bytes", size).format(count=f"{size:,}")
        return [*rows, self._to("message", Label(many), received)]

    def _heard(self, one: Happening) -> Label:
        """What somebody received: a message that was said, so that it is known again, or whatever it is."""
        tokens = self._scene.tokens(one.text)
        if len(set(tokens)) == 1 and len(tokens) > 1:
            times = _("{count} times").format(count=len(tokens))
            return Label(data=self._scene.said[tokens[0]].text, after=" " + times)
        if len(tokens) == 1:
            return _known(one.text, tokens[0])
        if tokens:
            many = ngettext("{count} message", "{count} messages", len(tokens)).format(count=f"{len(tokens):,}")
            return Label(many + ": ", one.text)
        return _whole(one)

    def _parting(self, step: Step) -> list[Row]:
        rows = []
        for name in ("saw_end", "saw_reset"):
            group = [one for one in step.came if one.kind == name]
            if group:
                kind, words = PARTINGS[name]
                rows.append(self._to(kind, Label(_(words)), group))
        return rows

    def _outputs(self, step: Step) -> list[Row]:
        """What was printed; where the same came on several screens, in one row."""
        rows: list[Row] = []
        for row in (row for one in step.came if one.kind == "output" for row in self._output(step, one)):
            same = next((at for at, one in enumerate(rows) if one.ends and (one.label, one.hub) == (row.label, row.hub)), None)
            if same is None:
                rows.append(row)
            else:
                rows[same] = replace(rows[same], ends=tuple(dict.fromkeys(rows[same].ends + row.ends)))
        return rows

    def _output(self, step: Step, one: Happening) -> list[Row]:
        if self._scene.programs.get(one.who) == "server":
            label = self._console(step, one)
            return [] if label is None else [self._mark("note", label, one)]
        label = self._screen(step, one)
        if label is None:
            return []
        if self._is_client:
            return [self._row("output", label, one, (TERMINAL,), True)]
        others = [token for token in self._scene.tokens(one.text) if self._scene.said[token].who != one.who]
        if others and label.data and not label.before:
            return [self._row("output", label, one, (one.who,), True)]
        return [self._mark("output", Label(label.before or _("shows "), label.data, label.after, label.keep_end), one)]

    def _console(self, step: Step, one: Happening) -> Label | None:
        error = last_error(one.text)
        if error is not None:
            return Label(_("traceback: "), error)
        printed = one.text.strip()
        if step is self._scene.steps[-1] and printed and printed in self._got:
            return Label(_("prints "), printed)
        return None

    def _screen(self, step: Step, one: Happening) -> Label | None:
        """The line that matters of what came on a screen, if any does."""
        error = last_error(one.text)
        if error is not None:
            return Label(_("traceback: "), error)
        tokens = self._scene.tokens(one.text)
        if tokens:
            line = next(line for line in lines_of([one.text]) if tokens[-1] in line)
            return _known(line, tokens[-1])
        if len(one.parts) > ON_AND_ON:
            return Label(_("on and on: "), next(iter(lines_of(one.parts)), ""))
        last = step is self._scene.steps[-1] and self._is_client
        calm = step.has("started", "connected") and not step.has("exit") and not last
        if not one.fresh or calm or not any(sign.isalnum() for line in one.fresh for sign in line):
            return None
        more = len(one.fresh) - 1
        after = " " + ngettext("and {count} more line", "and {count} more lines", more).format(count=more) if more else ""
        return Label("", one.fresh[0], after)

    def _exit(self, step: Step, one: Happening) -> list[Row]:
        deed = step.deed
        status = int(one.facts.get("status", 0))
        if deed is not None and deed.kind == "signal" and deed.who == one.who and status == -9:
            return []  # it was killed, which has been told
        return [self._mark("exit", Label(ending(status)), one)]

    def _note(self, one: Happening) -> list[Row]:
        if "left_out" in one.facts:
            count = int(one.facts["left_out"])
            text = ngettext("{count} event was not kept", "{count} events were not kept", count)
            return [Row("fold", Label(text.format(count=f"{count:,}")), self._ms(one))]
        return [self._mark("note", Label(_(str(one.facts.get("text", "")))), one)]

    def _missing(self, step: Step) -> list[Row]:
        alike: dict[tuple[str, str], list[Happening]] = {}
        for one in step.came:
            if one.kind == "missing":
                alike.setdefault((one.text, str(one.facts.get("what", ""))), []).append(one)
        return [self._never(text, what, group) for (text, what), group in alike.items()]

    def _never(self, text: str, what: str, group: Sequence[Happening]) -> Row:
        screen = what == "output"
        if what == "end":
            label = Label(_("the end (FIN) never came"))
        elif what == "line":
            label = Label(_("a whole line never came"))
        elif text:
            label = Label("", squeezed(text), " " + (_("never came on the screen") if screen else _("never came")))
        else:
            label = Label(_("nothing came on the screen") if screen else _("nothing came"))
        ends = tuple(dict.fromkeys(TERMINAL if screen and self._is_client else one.who for one in group))
        hub: str | None = None
        speaker = str(group[0].facts.get("said_by", ""))
        if self._scene.shape == "chat" and not any(self._scene.heard[token] for token in self._scene.tokens(text)):
            hub = speaker if speaker in self._scene.people else None  # nobody knows whether it had reached the server
        return self._row("missing", label, group[0], ends, True, hub)

    # Rows

    @property
    def _is_client(self) -> bool:
        return self._scene.shape == "client"

    def _ms(self, one: Happening) -> float:
        return self._scene.ms(one.t)

    def _row(
        self, kind: Kind, label: Label, one: Happening, ends: Sequence[str], out: bool, hub: str | None = None
    ) -> Row:
        """Arrows between `hub`, the program where it is None, and others."""
        hub = hub or self._scene.hub
        return Row(kind, label, self._ms(one), hub, tuple(name for name in ends if name in self._there - {hub}), out)

    def _to(self, kind: Kind, label: Label, group: Sequence[Happening]) -> Row:
        """Arrows from the program to everybody in `group`."""
        return self._row(kind, label, group[0], tuple(dict.fromkeys(one.who for one in group)), True)

    def _mark(self, kind: Kind, label: Label, one: Happening) -> Row:
        """A mark at somebody's lifeline; what the checker noted is about the whole."""
        if one.who not in self._there:
            return Row("fold", label, self._ms(one))
        return Row(kind, label, self._ms(one), one.who)


def squeezed(text: str) -> str:
    """`text` with three dots in the place of most of a long row of the same sign."""
    return _ROW.sub(r"\1\1\1...", text)


_ROW = re.compile(r"([^\w\s])\1{7,}")


def _whole(one: Happening) -> Label:
    if one.size <= LONG:
        return Label(data=squeezed(one.text))
    count = ngettext("{count} byte", "{count} bytes", one.size).format(count=f"{one.size:,}")
    return Label(count + ": ", one.text)


def _known(text: str, token: str) -> Label:
    """A text with a message in it, cut where that is not."""
    text = squeezed(text)
    return Label(data=text, keep_end=text.find(token) > len(text) // 2 - len(token))


def last_error(printed: str) -> str | None:
    """The last line of the last traceback in what a program printed, or the interpreter's last word; None where there is
    neither."""
    found = None
    inside = False
    for line in printed.splitlines():
        if line.startswith(ABORTED):
            found = line.strip()
        elif TRACEBACK in line:
            inside = True
        elif inside and _RAISED.match(line):
            found, inside = line.strip(), False
    return (found or TRACEBACK) if found or inside else None


def ending(status: int) -> str:
    """How a program ended, by its exit status or, negative, the signal."""
    if status >= 0:
        return _("ends, exit status {status}").format(status=status)
    return _("is ended by {signal}").format(signal=name_of_signal(-status))
