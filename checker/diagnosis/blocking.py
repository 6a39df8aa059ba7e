"""Mistakes of waiting: a thread waits for one thing while something else wants it."""

from __future__ import annotations

from checker.diagnosis.findings import ACCEPTING, RECEIVING, SENDING, Findings, at, calls_library, own_frames
from checker.diagnosis.syntax import called, does_call
from checker.grading.model import Cause, Frame, ThreadState
from checker.texts import _, ngettext

MOST_ASKED = 3
"""Clients that speak in an experiment."""


def lock_held_while_sending(f: Findings) -> Cause | None:
    """A thread waits in send() for a peer that does not read, and holds a lock that others want.

    Rests on the calls of the threads and on their locks. Not taken for it: a send that waits alone (a slow reader keeps
    only his own speaker waiting), and a lock that nobody else wants at that moment.
    """
    for sender in f.threads:
        if sender.call not in SENDING or not sender.holds:
            continue
        wanting = [one for one in f.threads if one is not sender and one.wants in sender.holds]
        if wanting:
            text = ngettext(
                "{sender} waits in send() because {peer} does not read, and holds {lock} meanwhile; {count} other thread "
                "wants {lock} and waits with it. Copy the list while you hold {lock}, and send after you have released it.",
                "{sender} waits in send() because {peer} does not read, and holds {lock} meanwhile; {count} other threads "
                "want {lock} and wait with it. Copy the list while you hold {lock}, and send after you have released it.",
                len(wanting),
            )
            facts = {"sender": sender.name, "peer": sender.peer or _("somebody"), "lock": wanting[0].wants}
            return at("lock_held_while_sending", text.format(count=len(wanting), **facts), sender)
    return None


def called_instead_of_started(f: Findings) -> Cause | None:
    """run_instead_of_start, target_called: what a thread should do is done by the thread that was to start it.

    Rests on the stack: below the student's waiting function stands Thread.run(), called by the student and not by the
    interpreter, or the line that makes the thread and calls its target there and then. Not taken for it: a plain call of
    the function, which looks the same on the wire (one_client_at_a_time).
    """
    for thread in f.threads:
        frames = thread.frames
        for number, frame in enumerate(frames[:-1]):
            caller = frames[number + 1]
            if not frame.own and frame.function == "run" and frame.file == "threading.py" and caller.own:
                text = _(
                    "run() does the thread's work in the thread that calls it: that one is still busy with it, and no new "
                    "thread was started. Call start() in its place."
                )
                return Cause("run_instead_of_start", text, caller.line, caller.file)
            if frame.own and caller.own and (target := _target_called(f, caller)) is not None:
                text = _(
                    "target={target}(...) calls {target}() there and then, before there is a thread, and the thread that "
                    "was to go on is still in it. Give the function and its arguments apart: target={target}, args=(...)."
                )
                return Cause("target_called", text.format(target=target), caller.line, caller.file)
    return None


def _target_called(f: Findings, frame: Frame) -> str | None:
    """The name of what a line calls while it makes a thread of it."""
    for call in f.sources.calls_at(frame.file, frame.line):
        for keyword in call.keywords:
            if keyword.arg == "target" and keyword.value in f.sources.calls_at(frame.file, frame.line):
                return called(keyword.value)
    return None


def accept_waits(f: Findings) -> Cause | None:
    """join_in_the_accept_loop, one_client_at_a_time, name_read_in_accept_loop: newcomers lie in the accept queue, and the
    thread that should accept them waits for something else.

    Rests on the socket table (not accepted), on the stack of the thread whose own functions accept, and, for telling the
    last two apart, on an experiment: the client for whom it waits speaks. Does the queue move then, one message was read in
    the accept loop; does it not, the whole client is served there. Not taken for it: a server in which some thread does
    wait in accept(), and one that waits for a lock (see `deadlock`).
    """
    if not f.queued or not f.evidence.proved or any(thread.call in (*ACCEPTING, "running") for thread in f.threads):
        return None
    newcomer = next((one.who for one in f.queued if one.who is not None), None)
    thread = _acceptor(f)
    if newcomer is None or thread is None:
        return None
    if calls_library(thread, "threading.py", "join") and thread.call not in RECEIVING:
        text = _(
            "{newcomer} waits to be accepted, and the thread that accepts waits in join() until another thread has ended. "
            "Start the thread and go straight back to accept(): whoever joins a thread does nothing else."
        )
        return at("join_in_the_accept_loop", text.format(newcomer=newcomer), thread)
    if thread.call not in RECEIVING or thread.peer is None or f.evidence.probe is None:
        return None
    return _in_recv(f, thread, thread.peer, newcomer)


def _in_recv(f: Findings, thread: ThreadState, silent: str, newcomer: str) -> Cause | None:
    probe = f.evidence.probe
    if probe is None or silent == newcomer:
        return None
    facts = {"newcomer": newcomer, "silent": silent}
    before = probe.waiting()
    let_in = [player.name for player in reversed(f.scene.present) if player.name not in (silent, *before)]
    for who in (silent, *let_in[: MOST_ASKED - 1]):
        if not probe.speaks(who) and (player := f.scene.player(who)) is not None and player.program:
            probe.types(who)
        if probe.waiting() < before:
            facts["silent"] = who
            break
    if probe.waiting() < before:
        text = _(
            "{newcomer} waits to be accepted while your accept loop waits in recv() for the first words of {silent}; as soon "
            "as {silent} had spoken, the next one was let in. Read nothing in the accept loop: what a client says is "
            "received by the client's own thread."
        )
        return at("name_read_in_accept_loop", text.format(**facts), thread)
    text = _(
        "{newcomer} waits to be accepted while the thread that accepts waits in recv() for {silent}, and it stays with "
        "{silent} to the end. Start a thread for each client, and let the accept loop go straight back to accept()."
    )
    return at("one_client_at_a_time", text.format(**facts), thread)


def _acceptor(f: Findings) -> ThreadState | None:
    """The thread that should accept: the one with a function on its stack that calls accept(), else the only one."""
    for thread in f.threads:
        for frame in own_frames(thread):
            function = f.sources.function_at(frame.file, frame.line)
            if function is not None and does_call(function, {"accept"}):
                return thread
    return f.threads[0] if len(f.threads) == 1 else None


def turns_taken(f: Findings) -> Cause | None:
    """What one said came to the other only when the other had spoken, too.

    Rests on the order of events: the message that was missing arrived after the other's own. Not taken for it: a message
    that never comes.
    """
    scene, missing = f.scene, f.scene.missing
    if missing is None or not missing.data:
        return None
    other, speaker = scene.player(missing.who), scene.player(missing.facts.get("said_by"))
    if other is None or speaker is None or other is speaker:
        return None
    spoke = [message for message in other.said if message.at > scene.missing_at]
    if not spoke or missing.data not in other.heard(spoke[0].at):
        return None
    waits = next((thread for thread in f.threads if thread.call in RECEIVING), None)
    text = _(
        "What {speaker} said came to {other} only when {other} had spoken, too: one thread receives from both of them in "
        "turn. Give each direction a thread of its own, which does nothing but receive from one and send to the other."
    ).format(speaker=speaker.name, other=other.name)
    return at("turns_taken", text, waits) if waits is not None else Cause("turns_taken", text)


def waits_for_a_newline(f: Findings) -> Cause | None:
    """It reads lines, and nobody in Part I ends a message with one.

    Rests on the threads and the socket table (everything that the peer sent was taken in, and a thread waits for more of it)
    and on an experiment: the same again is passed on once a line end comes, and not before. Not taken for it: a program that
    passes nothing on, that took the first message for something else, or of which an end was expected and no message.
    """
    probe, message, missing = f.evidence.probe, f.scene.last, f.scene.missing
    if probe is None or message is None or not f.evidence.proved or (missing is not None and not missing.data):
        return None
    for thread in f.threads:
        connection = f.connection(thread.peer) if thread.peer is not None else None
        if thread.call not in RECEIVING or thread.peer != message.who or connection is None or connection.unread:
            continue
        if not probe.speaks(message.who) and probe.speaks(message.who, "\n"):
            text = _(
                "Your program has taken in all that {who} sent, and waits for the end of the line before it does anything with "
                "it: nobody sends a newline here. Read with recv(), which returns what there is."
            )
            who = message.who if f.is_server else _("the server")
            return at("waits_for_a_newline", text.format(who=who), thread)
    return None


def nobody_reads(f: Findings) -> Cause | None:
    """What somebody said lies unread in an accepted connection, and no thread waits for it.

    Rests on the socket table and on the threads' calls. Not taken for it: a connection that nobody has accepted, a thread
    that an exception ended (see `exceptions`), and a program that is busy.
    """
    busy = f.scene.stopped is not None or any(thread.call in ("running", *SENDING) for thread in f.threads)
    if not f.is_server or not f.runs or busy or not f.threads or not f.evidence.proved or f.evidence.spinning:
        return None
    speaker = _unheard(f)
    if speaker is None or f.receives_from(speaker):
        return None
    left = (one for one in f.evidence.connections if one.who is None and one.state == "close_wait")
    connection = f.connection(speaker) or next(left, None)
    count = 0 if connection is None else connection.unread - (connection.state == "close_wait")
    if connection is None or not connection.accepted or count <= 0:
        return None
    elsewhere = _waits_elsewhere(f)
    text = ngettext(
        "{speaker} was accepted, and nobody reads what {speaker} says: {count} byte of it lies unread, and no thread waits in "
        "recv() on this connection.",
        "{speaker} was accepted, and nobody reads what {speaker} says: {count} bytes of it lie unread, and no thread waits in "
        "recv() on this connection.",
        count,
    ).format(speaker=speaker, count=count)
    if elsewhere is not None:
        more = _("{thread} waits for something else ({source}): find out for what, and who should give it.")
        text += " " + more.format(thread=elsewhere.name, source=elsewhere.source)
        return at("nobody_reads", text, elsewhere)
    text += " " + _("For each client something has to receive, in a loop, as long as the client is there.")
    return Cause("nobody_reads", text)


def _unheard(f: Findings) -> str | None:
    """Who spoke and was not heard, or left and nobody noticed."""
    missing = f.scene.missing
    if missing is not None and missing.facts.get("said_by"):
        return str(missing.facts["said_by"])
    if missing is not None and missing.facts.get("what") == "end" and f.scene.leavers:
        return f.scene.leavers[-1].name
    message = f.scene.last
    return message.who if message is not None and f.missed_by(message) else None


def _waits_elsewhere(f: Findings) -> ThreadState | None:
    """A thread beside the main one that waits for neither a socket nor another thread, where all such stand on one line."""
    found = [
        thread
        for thread in f.threads[1:]
        if thread.call == "futex" and thread.source and not calls_library(thread, "threading.py", "join")
    ]
    return found[-1] if len({(thread.file, thread.line) for thread in found}) == 1 else None
