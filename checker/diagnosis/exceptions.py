"""Mistakes that end in a traceback: which exception, in which line, after what had happened.

All of them rest on a traceback that ended a thread or the program, in the student's own words on the screen. One that was
caught and only printed is none of them.
"""

from __future__ import annotations

import os
import re

from checker.diagnosis.clients import Screen
from checker.diagnosis.findings import Findings, placed
from checker.diagnosis.traces import ABORTED, ADDRESS_IN_USE, Raised, tracebacks
from checker.grading.model import Cause
from checker.texts import _

_DECODE = re.compile(r"can't decode bytes? (?:0x(?P<byte>[0-9a-f]{2}) )?in position (?P<place>\d+)(?P<more>-\d+)?: (?P<why>.+)")
_CUT = ("unexpected end of data", "invalid start byte", "invalid continuation byte")


def input_in_a_daemon_thread(f: Findings) -> Cause | None:
    """The interpreter aborts at its end because a daemon thread still reads the keyboard.

    Rests on its last words ("Fatal Python error: _enter_buffered_busy").
    """
    if ABORTED not in f.evidence.printed:
        return None
    text = _(
        "The main thread came to its end while a daemon thread still waited in input(), and Python aborts then. Let the main "
        "thread ask for input, and a daemon thread receive."
    )
    place = f.sources.only_call("input")
    return placed("input_in_a_daemon_thread", text, place)


def decoding_failed(f: Findings) -> Cause | None:
    """letter_cut_in_half, bytes_that_are_not_text: a UnicodeDecodeError.

    Rests on the traceback and on what was sent: was all of it UTF-8, the bytes of one letter came in two pieces; was
    something no text at all, that is what could not be decoded. Not taken for the former: another codec than UTF-8.
    """
    raised = next((one for one in f.uncaught if one.name == "UnicodeDecodeError"), None)
    found = _DECODE.search(raised.text) if raised is not None else None
    if raised is None or found is None:
        return None
    garbage = [message.who for message in f.scene.said if not _is_text(message.data, message.size)]
    byte = f"0x{found['byte']}" if found["byte"] else _("the end of what came")
    if garbage:
        text = _(
            "{who} sent bytes that are no text ({byte} among them), decode() raised UnicodeDecodeError, and nothing caught it. "
            'Decode with errors="replace", or pass the bytes on as they came.'
        )
        return _raised_in("bytes_that_are_not_text", text.format(who=garbage[-1], byte=byte), raised)
    if "'utf-8' codec" not in raised.text or not found["why"].startswith(_CUT):
        return None
    text = _(
        "A letter was cut in half: some of its bytes came with one recv() ({byte}), the others with the next. Keep what is "
        "left of a letter for the next time (codecs.getincrementaldecoder), or decode nothing on the way."
    )
    return _raised_in("letter_cut_in_half", text.format(byte=byte), raised)


def _is_text(data: bytes, size: int) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(data) < size and error.start > len(data) - 4  # only the part that is shown ends in a letter
    return True


def sending_failed(f: Findings) -> Cause | None:
    """dead_socket_in_list, send_error_ends_the_broadcast, send_error_not_caught: a send to somebody who is gone.

    Rests on the first traceback, whose innermost own line sends, and on who had left before: had somebody left before the
    speaker spoke, the dead socket was still sent to; had nobody, somebody vanished in the middle of it. Not taken for it: an
    answer to a client that is alone and has just broken off (reset_not_caught).
    """
    raised = f.first_end
    if raised is None or not raised.broken or not raised.in_send:
        return None
    if not f.is_server:
        text = _(
            "The server had left, and sending what was typed then raised {error}, which nothing catches. Catch OSError around "
            "what you send, say that the server has left, and leave the loop."
        )
        return _raised_in("send_error_not_caught", text.format(error=raised.name), raised)
    spoke = _spoke_last(f, raised)
    if spoke is None or (raised.closed_here and not spoke[1]):
        return None
    speaker, gone = spoke
    if gone:
        text = _(
            "{gone} had left, and when {speaker} spoke, your program still sent to that dead socket: {error}, and {ended}. "
            "Take whoever leaves off the list at once, and catch OSError around each send."
        )
        facts = {"gone": gone[-1], "speaker": speaker, "error": raised.name, "ended": _ended(f, raised)}
        return _raised_in("dead_socket_in_list", text.format(**facts), raised)
    text = _(
        "While what {speaker} said went out, one of the receivers vanished: that one send raised {error}, and everybody after "
        "it got nothing. Put try and except OSError around each send, inside of the loop."
    )
    return _raised_in("send_error_ends_the_broadcast", text.format(speaker=speaker, error=raised.name), raised)


def _spoke_last(f: Findings, raised: Raised) -> tuple[str, list[str]] | None:
    """Who spoke last before a send failed, and who had left by then; None where that one was alone and has left since: it is
    then the answer to that one that failed."""
    until = f.when(raised)
    spoken = [message for message in f.scene.said if message.at < until]
    if not spoken:
        return None
    message = spoken[-1]
    speaker = f.scene.speaker(message)
    gone = [player.name for player in f.scene.leavers if (player.left or 0) < message.at]
    there = [player for player in f.scene.players if player.joined < message.at and player.name not in gone]
    if speaker is not None and speaker.left is not None and speaker.left < until and there == [speaker]:
        return None
    return message.who, gone


def socket_already_closed(f: Findings) -> Cause | None:
    """A socket is used that the program itself has closed before.

    Rests on the first traceback (EBADF). Not taken for it: sending to somebody who had left (dead_socket_in_list).
    """
    raised = f.first_end
    if raised is None or not raised.closed_here or raised.own is None:
        return None
    text = _(
        "`{source}` uses a socket that your program has closed before ({title}), and nothing catches that. Close a socket only "
        "where the last one who uses it is done: the end of a `with` block closes it, too."
    )
    facts = {"source": raised.own.source, "title": raised.title}
    return _raised_in("socket_already_closed", text.format(**facts), raised)


def reset_not_caught(f: Findings) -> Cause | None:
    """A connection broke off (RST), and nothing catches what recv(), or an answer, raises then.

    Rests on the first traceback. Not taken for it: sending to others than the one who broke off (see `sending_failed`).
    """
    raised = f.first_end
    if raised is None or not raised.broken or raised.closed_here:
        return None
    text = _(
        "The connection of {who} broke off (RST), and {error} was raised where nothing catches it: {ended}. For your program "
        "that is an end like any other: catch OSError there and treat it like an empty recv()."
    )
    resets = [event.who for event in f.evidence.events[f.scene.began : f.when(raised)] if event.kind == "reset"]
    who = resets[-1] if resets and resets[-1] != "room" else _("somebody") if f.is_server else _("the server")
    facts = {"who": who, "error": raised.name, "ended": _ended(f, raised)}
    return _raised_in("reset_not_caught", text.format(**facts), raised)


NOT_CAUGHT = ("EOFError", "KeyboardInterrupt", "ConnectionRefusedError")


def not_caught(f: Findings) -> Cause | None:
    """eof_error_not_caught, keyboard_interrupt_not_caught, connection_refused_not_caught: known ends that are no mistakes.

    Rests on the last traceback.
    """
    raised = f.uncaught[-1] if f.uncaught else None
    if raised is None or raised.name not in NOT_CAUGHT:
        return None
    if raised.name == "EOFError":
        text = _(
            "At the end of its input (Ctrl-D) input() raises EOFError, and nothing catches it. Take it for a goodbye: catch it "
            "around the loop, close the connection and end."
        )
        return _raised_in("eof_error_not_caught", text, raised)
    if raised.name == "KeyboardInterrupt":
        text = _(
            "Ctrl-C raises KeyboardInterrupt in the main thread, and nothing catches it. Catch it around the loop, close what "
            "is open and end."
        )
        return _raised_in("keyboard_interrupt_not_caught", text, raised)
    text = _(
        "Nobody listened there: connect() raised ConnectionRefusedError, and nothing catches it. Catch OSError around "
        "connect(), say in a line what happened, and return."
    )
    return _raised_in("connection_refused_not_caught", text, raised)


def uncaught_exception(f: Findings) -> Cause | None:
    """Any other exception that ended a thread or the program.

    Rests on the first traceback. Not taken for it: a port that somebody else has.
    """
    raised = f.first_end
    if raised is None or raised.own is None or raised.number in ADDRESS_IN_USE:
        return None
    text = _("{title} ({source}): {ended}. Read the traceback from below: the last line says what, the line above it where.")
    facts = {"title": raised.title, "source": raised.own.source, "ended": _ended(f, raised)}
    return _raised_in("uncaught_exception", text.format(**facts), raised)


def clients_exception(f: Findings) -> Cause | None:
    """uncaught_exception in a client, among the programs of lab 6.

    Rests on the traceback of the client on whose screen something is missing, or who was typed into last: it ended a thread of
    it, or the client itself. Not taken for it: a client that lost its server, or that was ended by us.
    """
    screen = Screen(f)
    if not f.is_server or not f.runs or screen.actor is None or screen.actor.role != "client":
        return None
    printed = screen.actor.printed.decode("utf-8", "replace")
    for raised in tracebacks(printed, screen.actor.folder):
        ended = raised.thread is not None or (screen.actor.status or 0) > 0
        if ended and raised.own is not None and not raised.broken:
            text = _(
                "In {who}'s client: {title} ({source}): {ended}. Read the traceback from below: the last line says what, the "
                "line above it where."
            )
            facts = {"who": screen.actor.name, "title": raised.title, "source": raised.own.source}
            return _raised_in("uncaught_exception", text.format(ended=_ended(f, raised), **facts), raised)
    return None


def _ended(f: Findings, raised: Raised) -> str:
    if raised.thread is None:
        return _("it ended your program")
    return _("it ended {name}").format(name=raised.thread)


def _raised_in(id_: str, text: str, raised: Raised) -> Cause:
    own = raised.own
    return Cause(id_, text, own.line if own else None, os.path.basename(own.file) if own else None)
