"""Mistakes of ending: a program that stays when it is told to go, and one that goes when it should stay."""

from __future__ import annotations

from checker.diagnosis.findings import RECEIVING, Findings, at, calls_library, own_frames, placed
from checker.diagnosis.scene import Player
from checker.diagnosis.syntax import ENDS
from checker.grading.model import Cause, ThreadState
from checker.texts import _


def closed_while_another_waits(f: Findings) -> Cause | None:
    """A thread waits in recv() on a socket that another thread has closed.

    Rests on the thread's call and its descriptor, which is not open any more.
    """
    waiting = next((one for one in f.threads if one.closed and one.call in RECEIVING), None)
    if waiting is None:
        return None
    text = _(
        "close() was called on a socket on which another thread waits in recv(): on Linux that neither wakes this thread up "
        "nor tells the other side. Call shutdown(socket.SHUT_RDWR) first: it does both."
    )
    return at("closed_while_another_waits", text, waiting)


def thread_keeps_it_alive(f: Findings) -> Cause | None:
    """It was told to end (exit, the end of input, Ctrl-C), and its main thread waits for the end of another thread.

    Rests on the main thread's stack (nothing of the student's is on it any more, or join() was called) and on the thread
    that still waits. Not taken for it: a main thread that is still at work, be it a long pause.
    """
    told = f.scene.me.left is not None or f.scene.interrupted is not None or f.scene.input_closed is not None
    if not told or not f.runs or not f.evidence.proved or f.evidence.spinning or len(f.threads) < 2 or not f.threads[0].frames:
        return None
    main = f.threads[0]
    joins = calls_library(main, "threading.py", "join")
    other = _kept_by(f)
    if (own_frames(main) and not joins) or main.call in (*RECEIVING, "running") or other is None:
        return None
    if joins:
        text = _("The main thread waits in join() for a thread that has not come to its end ({thread}).")
    else:
        text = _("The main thread has come to its end, and Python waits for a thread that is no daemon ({thread}).")
    if other.call in RECEIVING:
        text += " " + _(
            "That one waits in recv(): wake it up with shutdown(socket.SHUT_RDWR) on its socket, or start it with daemon=True "
            "and do not join it."
        )
    else:
        text += " " + _("Have that thread end, too, or start it with daemon=True and do not join it.")
    return at("thread_keeps_it_alive", text.format(thread=other.name), other)


def _kept_by(f: Findings) -> ThreadState | None:
    others = [one for one in f.threads[1:] if one.call != "running"]
    receiving = [one for one in others if one.call in RECEIVING]
    return next(iter(receiving or others), None)


def ends_with_a_leave(f: Findings) -> Cause | None:
    """accepts_only_once, ends_itself: the server's program ends when somebody leaves, and no exception ended it.

    Rests on the exit right after a leave and on its own process's word: did its function return, there is no loop around
    accept(); did it not, something in it ended the program. Not taken for it: a program that was ended by a signal.
    """
    if not f.is_server or f.runs or f.uncaught or (f.evidence.status or 0) < 0:
        return None
    exits = [at_ for at_, event in enumerate(f.evidence.events) if event.kind == "exit" and event.who == f.judged.name]
    gone = [player for player in f.scene.leavers if exits and (player.left or 0) < exits[-1]]
    if not exits or not gone or _spoken_since(f, gone[-1], exits[-1]):
        return None
    who = gone[-1].name
    if any(one["event"] == "returned" for one in f.evidence.hearsay):
        text = _(
            "start_server() came to its end when {who} had left: nothing leads back to accept(). Put accept() and what "
            "follows it into a `while True:` loop."
        )
        place = f.sources.only_call("accept")
        return placed("accepts_only_once", text.format(who=who), place)
    place = f.sources.only_call(*ENDS)
    text = _(
        "When {who} had left, the program ended itself, with exit status {status} and without a traceback: something in it "
        "calls exit() or the like. What happens to one client may end that client's thread, and nothing else."
    )
    text = text.format(who=who, status=f.evidence.status)
    return placed("ends_itself", text, place)


def _spoken_since(f: Findings, leaver: Player, until: int) -> bool:
    """Whether somebody said something in between and was heard."""
    between = [one for one in f.scene.said if (leaver.left or 0) < one.at < until and one.who != leaver.name]
    return any(player.has(message) for message in between for player in f.scene.players)
