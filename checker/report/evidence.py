"""What a failed check rests on: expected and got, where the program was, what it printed."""

from __future__ import annotations

from checker.grading.model import CheckResult, Text, ThreadState
from checker.report.excerpt import columns, cut, first_difference, last_lines, rows
from checker.report.pen import Pen
from checker.texts import N_, _, ngettext

MOST_THREADS = 8
LONGEST_LINE = 3
"""Rows that one line of a program's output may take."""

WAITS = {
    "recvfrom": N_("waits in recv()"),
    "recvmsg": N_("waits in recv()"),
    "accept": N_("waits in accept()"),
    "accept4": N_("waits in accept()"),
    "connect": N_("waits in connect()"),
    "sendto": N_("waits in send()"),
    "sendmsg": N_("waits in send()"),
    "read": N_("waits for input"),
    "readv": N_("waits for input"),
    "write": N_("waits until its output is read"),
    "writev": N_("waits until its output is read"),
    "futex": N_("waits for a lock, an event or another thread"),
    "nanosleep": N_("sleeps"),
    "clock_nanosleep": N_("sleeps"),
    "wait4": N_("waits for the end of another process"),
    "waitid": N_("waits for the end of another process"),
    "poll": N_("waits with a time-out"),
    "ppoll": N_("waits with a time-out"),
    "select": N_("waits in select()"),
    "pselect6": N_("waits in select()"),
    "epoll_wait": N_("waits in select()"),
    "epoll_pwait": N_("waits in select()"),
    "running": N_("is running, not waiting,"),
    "": N_("is"),
}
"""The kernel's names of calls in the words of the course."""

THEN = {
    "rest": N_("By then your program had nothing left to do. Its threads:"),
    "seen": N_("Your program's threads at that moment:"),
    "bound": N_("The checker stopped waiting for your program, which was still busy. Its threads:"),
    "exit": N_("Your program's threads:"),
    None: N_("Your program's threads:"),
}


Place = tuple[str, "str | None", "int | None", tuple[str, ...], "str | None"]
"""What threads have in common that are shown together: call, file, line, locks held, lock wanted."""
Groups = tuple[tuple[Place, int], ...]


class Evidence:
    """Writes the evidence of one lab's failed checks, everything indented by `indent` columns."""

    def __init__(self, pen: Pen, indent: int) -> None:
        self._pen = pen
        self._indent = indent
        self._shown: set[Groups] = set()

    def show(self, result: CheckResult) -> None:
        """One check's evidence, in the order in which one asks: why, what, where, what did it say."""
        if result.cause is not None:
            line = result.cause.line
            where = "" if line is None else " " + _("(line {line})").format(line=line)
            self._pen.paragraph(
                _(result.cause.text) + where, "", (_("Probably: "), "warn"), indent=self._indent
            )
        self._compared(result.expected, result.got)
        self._threads(result)
        if result.output is not None and not _told_already(result.output, result.got):
            self._output(result.output)

    def _compared(self, expected: Text | None, got: Text | None) -> None:
        labels = [_("expected"), _("came")]
        margin = max(columns(label) for label in labels) + 2
        mark = None if expected is None or got is None else first_difference(expected.text, got.text)
        for label, text, place in ((labels[0], expected, None), (labels[1], got, mark)):
            if text is not None:
                said = "" if expected is None or mark is None else _difference(expected.text, text.text, mark)
                self._text(label + " " * (margin - columns(label)), text, place, said)

    def _text(self, label: str, text: Text, mark: int | None, said: str) -> None:
        indent = " " * self._indent
        if not text.text:
            self._pen.row((indent + label, "dim"), (_("nothing"), "evidence"))
            return
        margin = columns(label)
        for row in rows(text.text, mark, self._pen.width - self._indent - margin, self._pen.encoding):
            self._pen.row((indent + label, "dim"), (row.text, "evidence"))
            label = " " * margin
            if row.caret is not None:
                before = row.caret > columns(said)
                caret = f"{said} ^" if before else f"^ {said}"
                blanks = row.caret - (columns(said) + 1 if before else 0)
                self._pen.row((indent + label + " " * blanks, ""), (caret, "bad"))

    def _threads(self, result: CheckResult) -> None:
        known = [thread for thread in result.threads if thread.line is not None] or result.threads
        if not known:
            ended = _("Your program had ended by then.")
            if result.ended_by == "exit" and ended.rstrip(".") not in (result.message or ""):
                self._pen.paragraph(ended, "", indent=self._indent)
            elif result.ended_by == "bound":
                text = _("The checker stopped waiting for your program, which was still busy.")
                self._pen.paragraph(text, "", indent=self._indent)
            return
        groups: dict[Place, list[ThreadState]] = {}
        for thread in known:
            place = (thread.call, thread.file, thread.line, tuple(thread.holds), thread.wants)
            groups.setdefault(place, []).append(thread)
        facts = tuple((place, len(alike)) for place, alike in groups.items())
        text = _(THEN[result.ended_by])
        if facts in self._shown:
            self._pen.paragraph(text + " " + _("as shown above."), "", indent=self._indent)
            return
        self._shown.add(facts)
        self._pen.paragraph(text, "", indent=self._indent)
        for alike in list(groups.values())[:MOST_THREADS]:
            self._alike(alike)
        if len(groups) > MOST_THREADS:
            more = sum(len(alike) for alike in list(groups.values())[MOST_THREADS:])
            text = ngettext("and {count} more thread", "and {count} more threads", more)
            self._pen.paragraph(text.format(count=more), "dim", indent=self._indent + 2)

    def _alike(self, alike: list[ThreadState]) -> None:
        one = alike[0]
        text = f"{_names(alike)} " + _(WAITS.get(one.call, N_("waits in {call}()"))).format(call=one.call)
        if one.line is not None:
            text += " " + _("at {file}, line {line}").format(file=one.file, line=one.line)
        if one.source:
            text += f": {one.source}"
        if one.holds:
            text += "; " + _("holds {locks}").format(locks=", ".join(one.holds))
        if one.wants:
            text += "; " + _("wants {lock}").format(lock=one.wants)
        self._pen.paragraph(text, "", ("- ", "dim"), indent=self._indent + 2)

    def _output(self, output: Text) -> None:
        lines = last_lines(output.text, self._pen.encoding)
        if not lines:
            return
        self._pen.paragraph(_("The last that it printed:"), "", indent=self._indent)
        margin = self._indent + 2
        for line in lines:
            for part in cut(line, self._pen.width - margin - 2, LONGEST_LINE):
                self._pen.row((" " * margin + "| ", "dim"), (part, "evidence"))


def _difference(expected: str, got: str, mark: int) -> str:
    if mark >= len(got):
        return _("the rest is missing")
    if got.startswith(expected):
        return _("from here on it is too much")
    return _("from here on it differs")


def _names(alike: list[ThreadState]) -> str:
    names = [thread.name for thread in alike]
    if len(names) == 1:
        return names[0]
    if len(names) == 2:
        return _("each of {one} and {other}").format(one=names[0], other=names[1])
    return _("each of {first} ... {last} ({count} threads)").format(
        first=names[0], last=names[-1], count=len(names)
    )


def _told_already(output: Text, got: Text | None) -> bool:
    """Whether what the program printed is what came, as where a row is about the screen."""
    return got is not None and bool(got.text.strip()) and output.text.strip() in got.text
