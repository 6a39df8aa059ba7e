"""What every report says in the same words, however it shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checker.facts import EndedBy
from checker.grading.model import Cause, CheckResult, Grade, LabResult, Mark, Outcome, Text, ThreadState
from checker.texts import N_, _, ngettext

MARKS: dict[Outcome, str] = {"passed": "✓", "failed": "✗", "skipped": "–", "error": "!"}
OUTCOMES: dict[Outcome, str] = {
    "passed": N_("passed"),
    "failed": N_("failed"),
    "skipped": N_("not tried"),
    "error": N_("error"),
}

LAB_MARKS: dict[Mark, str] = {
    "none": N_("Mark: no pass yet."),
    "pass": N_("Mark: pass."),
    "full": N_("Mark: full."),
}

CHECKERS_FAULT = N_(
    "THE CHECKER ITSELF FAILED HERE. This is not your program's fault, and this run gives no grade. "
    "Please show your instructor all of this:"
)
NO_MESSAGE = N_("What should have come did not.")
STILL_BUSY = N_("The checker stopped waiting for your program, which was still busy.")

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
SENDING = ("sendto", "sendmsg")

THEN: dict[EndedBy | None, str] = {
    "rest": N_("By then your program had nothing left to do. Its threads:"),
    "seen": N_("Your program's threads at that moment:"),
    "bound": N_("The checker stopped waiting for your program, which was still busy. Its threads:"),
    "exit": N_("Your program's threads:"),
    None: N_("Your program's threads:"),
}

MOST_THREADS = 8
"""Places where threads are that are shown; of further ones the number."""

LIBRARY = {
    ("threading.py", "join"): N_("waits in join() for another thread to end"),
    ("threading.py", "wait"): N_("waits in wait() until another thread wakes it"),
    ("threading.py", "wait_for"): N_("waits in wait_for() until another thread wakes it"),
    ("queue.py", "get"): N_("waits in get() for something in a queue"),
    ("queue.py", "put"): N_("waits in put() for room in a queue"),
    ("queue.py", "join"): N_("waits in join() until a queue is worked off"),
    ("_base.py", "result"): N_("waits in result() for a task of a pool"),
    ("thread.py", "shutdown"): N_("waits for the threads of a pool to end"),
}
"""What the library's own calls wait for, by file and function."""
MOST_PEERS = 4
"""Names of peers that are told in one sentence."""

Place = tuple[str, "str | None", "int | None", tuple[str, ...]]
"""What threads have in common that are shown together: what they do, file, line, locks held."""


def lab_number(lab: str) -> str:
    """3 for lab3_broadcast, as a command takes it; else the name itself."""
    number = re.match(r"lab(\d+)(_|$)", lab)
    return number[1] if number else lab


def lab_heading(title: str, number: int | str) -> str:
    """"Lab 3: a room", also where the title says that by itself."""
    lab = _("Lab {number}").format(number=number)
    return title if re.match(rf"{re.escape(lab)}\b", title, re.IGNORECASE) else f"{lab}: {title}"


def command(name: str, lab: str, check: str = "", asked: str = "") -> str:
    """A command of the checker's, as it is typed. `asked` are the options that make it judge the same files."""
    words = ["python -m checker", name, lab_number(lab), check, asked]
    return " ".join(word for word in words if word)


def needs_a_missing_program(result: CheckResult) -> bool:
    """Whether a check was skipped because its program ("server.py", "client.py" or both) is not there."""
    words = (result.skipped_because or "").split()
    return bool(words) and all(word.endswith(".py") for word in words)


def not_tried(lab: LabResult) -> list[tuple[str, list[CheckResult]]]:
    """The checks that need a program which is not there: a sentence for each program, and its checks."""
    programs: dict[str, list[CheckResult]] = {}
    for check in lab.checks:
        if needs_a_missing_program(check):
            programs.setdefault(check.skipped_because or "", []).append(check)
    found = []
    for program, checks in programs.items():
        text = ngettext(
            "{count} check of {program} was not tried ({points} points).",
            "{count} checks of {program} were not tried ({points} points).",
            len(checks),
        )
        points = sum(check.max for check in checks)
        found.append((text.format(count=len(checks), program=program.replace(" ", ", "), points=points), checks))
    return found


def no_grade(grade: Grade) -> str | None:
    """Why the run is no grade; None where it is one."""
    errors = sum(check.outcome == "error" for lab in grade.labs for check in lab.checks)
    if errors:
        text = ngettext(
            "NO GRADE: the checker itself failed in {count} check. Not your program's fault.",
            "NO GRADE: the checker itself failed in {count} checks. Not your program's fault.",
            errors,
        )
        return text.format(count=errors)
    return None if grade.complete else _("NO GRADE: the run was not finished.")


def cause(found: Cause) -> str:
    """A likely cause, and where it is in the student's file."""
    if found.line is None:
        return _(found.text)
    if found.file is None:
        return _(found.text) + " " + _("(line {line})").format(line=found.line)
    return _(found.text) + " " + _("({file}, line {line})").format(file=found.file, line=found.line)


def difference(expected: str, got: str, mark: int) -> str:
    """What is wrong with `got` from `mark` on, the place that `excerpt.first_difference` found."""
    if mark >= len(got):
        return _("the rest is missing")
    if got.startswith(expected):
        return _("from here on it is too much")
    return _("from here on it differs")


def told_already(output: Text, got: Text | None) -> bool:
    """Whether what the program printed is what came, as where a row is about the screen."""
    return got is not None and bool(got.text.strip()) and output.text.strip() in got.text


def no_threads(result: CheckResult) -> str | None:
    """What is said in place of the threads where none is known; None where the message says it, or nothing is to say."""
    ended = _("Your program had ended by then.")
    if result.ended_by == "exit" and ended.rstrip(".") not in (result.message or ""):
        return ended
    return _(STILL_BUSY) if result.ended_by == "bound" else None


def alike(threads: list[ThreadState]) -> dict[Place, list[ThreadState]]:
    """The threads by where they are; those of which no line is known only where that is so of all."""
    groups: dict[Place, list[ThreadState]] = {}
    for thread in [one for one in threads if one.line is not None or _is_over(one)] or threads:
        place = (_does(thread), thread.file, thread.line, tuple(thread.holds))
        groups.setdefault(place, []).append(thread)
    return groups


def _is_over(thread: ThreadState) -> bool:
    """Whether it is a main thread that has nothing left to do, and waits for the others before the program ends."""
    return bool(thread.frames) and thread.line is None and thread.frames[-1].function == "_shutdown"


def names(group: list[ThreadState]) -> str:
    """Who they are that are at one place."""
    said = [thread.name for thread in group]
    if len(said) == 1:
        return said[0]
    if len(set(said)) == 1:
        return _("each of {count} threads named {name}").format(count=len(said), name=said[0])
    if len(said) == 2:
        return _("each of {one} and {other}").format(one=said[0], other=said[1])
    return _("each of {first} ... {last} ({count} threads)").format(first=said[0], last=said[-1], count=len(said))


def waits(*alike: ThreadState) -> str:
    """What the threads of one place do: "waits in recv() for alice at server.py, line 50"."""
    thread = alike[0]
    text = _does(thread)
    who = peers(alike)
    if who and not thread.closed:
        what = _("{waits} for {peers} to read") if thread.call in SENDING else _("{waits} for {peers}")
        text = what.format(waits=text, peers=", ".join(who))
    elif who:
        text = _("{waits} (the connection with {peers})").format(waits=text, peers=", ".join(who))
    if thread.line is not None:
        text += " " + _("at {file}, line {line}").format(file=thread.file, line=thread.line)
    return text


def _does(thread: ThreadState) -> str:
    if thread.wants is not None:
        return _("waits for the lock {lock}").format(lock=thread.wants)
    if _is_over(thread):
        return _("has come to its end and waits for the other threads")
    text = _(WAITS.get(thread.call, N_("waits in {call}()"))).format(call=thread.call)
    if thread.call in ("futex", ""):
        called: list[tuple[str, str]] = []
        for frame in thread.frames:
            if frame.own:
                text = next((_(LIBRARY[one]) for one in reversed(called) if one in LIBRARY), text)
                break
            called.append((frame.file, frame.function))
    return _("{waits} on a socket that was closed meanwhile").format(waits=text) if thread.closed else text


def peers(alike: Sequence[ThreadState]) -> tuple[str, ...]:
    """Whom the threads of one place wait for, each once; nobody where that is not known of all, or they are many."""
    names = [thread.peer for thread in alike if thread.peer is not None]
    found = tuple(dict.fromkeys(names))
    return found if len(names) == len(alike) and len(found) <= MOST_PEERS else ()


def locks(thread: ThreadState) -> list[str]:
    """Which locks a thread holds."""
    return [_("it holds {locks}").format(locks=", ".join(thread.holds))] if thread.holds else []


def listed(parts: Sequence[str]) -> str:
    """Several names or things in a sentence."""
    if len(parts) < 2:
        return "".join(parts)
    return _("{names} and {last}").format(names=", ".join(parts[:-1]), last=parts[-1])


def more_threads(count: int) -> str:
    """That there are more of them."""
    return ngettext("and {count} more thread", "and {count} more threads", count).format(count=count)
