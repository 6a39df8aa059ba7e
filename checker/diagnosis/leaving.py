"""Mistakes of leaving: what a program does, or fails to do, when somebody has gone."""

from __future__ import annotations

from checker.diagnosis.findings import CONNECTED, RECEIVING, Findings, at, own_frames
from checker.diagnosis.scene import LEAVES, Player
from checker.diagnosis.syntax import RECEIVES
from checker.grading.model import Cause, Frame
from checker.texts import _

FLOOD = 200
"""Receives without a word from anybody (or hundreds of bytes on a screen), above which a program goes on and on."""


def end_of_stream_not_noticed(f: Findings) -> Cause | None:
    """end_of_stream_not_noticed, busy_loop: after somebody has left, a thread goes round without a pause.

    Rests on the processor time (spinning) or on the flood that the others receive, on who has left, and on the functions on
    the busy thread's stack: does one of them receive, it reads the end of the stream again and again (recv() returns b""
    there, at once, every time). Not taken for it: a busy thread that receives nothing; it is named as a busy loop, unless it
    is the main thread after Ctrl-C, which is on its way out. Without a stack, a connection that the other side has closed
    and the program has not decides.
    """
    if not f.runs or not _somebody_left(f) or not (f.evidence.spinning or _floods(f)):
        return None
    runs = [thread for thread in f.threads if thread.call == "running"]
    on_its_way_out = f.scene.interrupted is not None and all(thread.name == "MainThread" for thread in runs)
    # Of several that spin one runs, and the others are in no receive: they wait for the interpreter's lock.
    candidates = [one for one in f.threads if one.call not in RECEIVING and not one.wants] if on_its_way_out else runs
    frames = (frame for thread in candidates for frame in own_frames(thread))
    receiving = next((frame for frame in frames if _receives(f, frame)), None)
    busy = next(iter(runs), None)
    half_closed = any(one.accepted and one.state == "close_wait" and not one.unread for one in f.evidence.connections)
    if receiving is not None or (half_closed and (busy is None or not own_frames(busy))):
        text = _(
            'At the end of a stream recv() does not wait: it returns b"" at once, every time, and your program reads on. '
            'Leave the loop when recv() returns b"", and close the socket.'
        )
        line, file = (receiving.line, receiving.file) if receiving is not None else (None, None)
        return Cause("end_of_stream_not_noticed", text, line, file)
    if busy is None or not own_frames(busy) or not f.evidence.spinning:
        return None
    if busy.name == "MainThread" and f.scene.interrupted is not None:
        return None
    text = _(
        "Since somebody left, a thread goes round without a pause: when looked at it was at `{source}`. Find what it should "
        "wait for there: a wait that returns at once (an Event that stays set, a time-out of 0) is none."
    )
    return at("busy_loop", text.format(source=busy.source), busy)


def _receives(f: Findings, frame: Frame) -> bool:
    """Whether the function of a frame receives, or calls one of the student's that does."""
    return f.sources.leads_to(f.sources.function_at(frame.file, frame.line), RECEIVES)


def _somebody_left(f: Findings) -> bool:
    scene = f.scene
    gone = any(player.left is not None or player.ended is not None for player in scene.players)
    return gone or scene.interrupted is not None or scene.input_closed is not None


def _floods(f: Findings) -> bool:
    """Whether more and more comes, though nobody has said anything since somebody left."""
    left = max((player.left for player in f.scene.players if player.left is not None), default=None)
    if left is None:
        return False
    if f.is_server:
        said = [message.at for message in f.scene.said if message.at > left]
        until = said[0] if said else len(f.evidence.events)
        return any(sum(left < at_ < until for at_, _data in one.parts) > FLOOD for one in f.scene.present)
    return f.scene.me.received_since(left) > 100 * FLOOD


def socket_left_open(f: Findings) -> Cause | None:
    """Somebody has said that nothing more will come (FIN), the program has read it, and keeps its own end open.

    Rests on the socket table (the end of the stream was taken in, the program's end is open) and on the threads: nobody
    waits on this connection any more. Not taken for it: a thread that goes on reading (see `end_of_stream_not_noticed`).
    """
    missing = f.scene.missing
    if missing is None or missing.facts.get("what") != "end" or f.evidence.spinning or not f.is_server:
        return None
    if not f.evidence.proved:
        return None
    player = f.scene.player(missing.who)
    connection = f.connection(missing.who)
    if player is None or player.how != "half_closed" or connection is None or connection.state != "close_wait":
        return None
    if connection.unread or f.receives_from(player.name) or not f.threads:
        return None
    text = _(
        "Your program has read to the end of what {who} sent, and nothing waits for {who} any more, but the socket is still "
        "open. Call close() on it where the thread that served {who} comes to its end."
    )
    return Cause("socket_left_open", text.format(who=player.name))


def other_not_told(f: Findings) -> Cause | None:
    """Of two, one left; nothing ends the connection of the other.

    Rests on the threads: the one that read from the leaver is gone, the one that waits for the other was not woken up. Not
    taken for it: a leave that nobody has read (see `nobody_reads`), and a socket that was closed, but not shut down.
    """
    missing = f.scene.missing
    if missing is None or missing.facts.get("what") != "end" or not f.is_server or not f.scene.leavers:
        return None
    other, gone = f.scene.player(missing.who), f.scene.leavers[-1]
    if other is None or not other.there or gone.how not in LEAVES or len(f.scene.players) != 2:
        return None
    waiting = f.receives_from(other.name)
    unread = [one for one in f.evidence.connections if one.who is None and one.unread]
    if not waiting or unread:
        return None
    text = _(
        "{gone} left, and the thread that read from {gone} is over. Nothing ends the connection of {other}, for whom another "
        "thread waits: call shutdown(socket.SHUT_RDWR) on both sockets when one direction is over."
    )
    return at("other_not_told", text.format(gone=gone.name, other=other.name), waiting[0])


def wrong_one_removed(f: Findings) -> Cause | None:
    """Since somebody left, another one who is still there hears nobody.

    Rests on who heard what before and after the leave, and on an experiment: everybody else is heard by everybody else, and
    the deaf one is heard, too. Not taken for it: a thread that has ended, and a place that was never sent to.
    """
    deaf, probe = _deaf(f), f.evidence.probe
    leavers = f.scene.leavers
    if deaf is None or probe is None or not leavers or deaf.joined > (leavers[-1].left or 0):
        return None
    before = [one for one in f.scene.said if deaf.joined < one.at < (leavers[0].left or 0) and one.who != deaf.name]
    others = [player.name for player in f.scene.present if player is not deaf]
    if not before or not all(deaf.has(message) for message in before) or len(others) < 2:
        return None
    if probe.speaks(others[0]) != set(others[1:]) or probe.speaks(deaf.name) != set(others):
        return None
    text = _(
        "Since {gone} left, {deaf} hears nobody, though {deaf} is still connected and is heard: your program took {deaf} off "
        "its list, and not {gone}. Remove the very socket whose recv() has come to its end."
    )
    return Cause("wrong_one_removed", text.format(gone=leavers[-1].name, deaf=deaf.name))


def newcomers_not_on_the_list(f: Findings) -> Cause | None:
    """Whoever joins after a leave is heard, and hears nobody.

    Rests on an experiment: one more joins, and neither of the newcomers hears those who were there before, who do hear them.
    Not taken for it: a place in the list that is always left out (the last one, say): with one more it is another's.
    """
    deaf, probe = _deaf(f), f.evidence.probe
    if deaf is None or probe is None or not f.scene.leavers or deaf.joined < (f.scene.leavers[0].left or 0):
        return None
    residents = [one.name for one in f.scene.present if one.joined < (f.scene.leavers[0].left or 0)]
    if not residents or not probe.speaks(deaf.name) >= set(residents):
        return None
    newcomer = probe.joins()
    if not newcomer or probe.speaks(residents[0]) & {deaf.name, newcomer}:
        return None
    if not probe.speaks(newcomer) >= set(residents):
        return None
    text = _(
        "Whoever joins after {gone} has left is heard and hears nobody: newcomers go into another list than the one that is "
        "sent to. Change the list in place (clients.remove(...)) and do not put a new one in its stead."
    )
    return Cause("newcomers_not_on_the_list", text.format(gone=f.scene.leavers[0].name))


def _deaf(f: Findings) -> Player | None:
    """Who misses what somebody else said, and is connected all the same."""
    missing = f.scene.missing
    if missing is None or not missing.facts.get("said_by") or not f.is_server or not f.runs or f.uncaught:
        return None
    player = f.scene.player(missing.who)
    connection = f.connection(missing.who)
    connected = connection is not None and connection.accepted and connection.state in CONNECTED
    return player if player is not None and player.there and connected else None


def turned_away(f: Findings) -> Cause | None:
    """Somebody was accepted and the connection closed at once, before a word was said.

    Rests on the end that came in the very step of joining, while the program lives on. Not taken for it: a thread that an
    exception ended, and a program that does so to the first who comes (see `streams.closes_without_a_goodbye`).
    """
    if not f.is_server or not f.runs or f.uncaught:
        return None
    for player in f.scene.players[1:] if f.scene.players and not f.scene.players[0].sent_away else []:
        if not player.sent_away or f.evidence.events[player.ended or 0].step != player.step:
            continue
        there = [one for one in f.scene.players if one.joined < player.joined]
        text = _(
            "{who} was accepted as number {number}, and the connection was closed at once, before {who} had said anything. "
            "Look for what your program counts there, or which seats it takes for taken."
        )
        return Cause("turned_away", text.format(who=player.name, number=len(there) + 1))
    return None
