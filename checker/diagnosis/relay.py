"""Mistakes of passing on: to whom a message goes, and in whose name."""

from __future__ import annotations

import re

from checker.diagnosis.findings import Findings, at, placed
from checker.diagnosis.scene import Message, Player
from checker.facts import Text
from checker.grading.model import Cause
from checker.texts import _


def echo_to_everyone(f: Findings) -> Cause | None:
    """The speaker receives the message, too, as everybody else does.

    Rests on the bytes: the message came to the speaker and to all others, and that is what the verdict is about (nothing was
    to come). With students' clients, on whose screens an own line may be shown, it rests on how often: more often than while
    the server stood still. Not taken for it: a message that comes to the speaker alone.
    """
    expected = f.result.expected
    for message in f.scene.said:
        speaker, others = f.scene.speaker(message), f.scene.others(message)
        if speaker is None or not others or not all(other.has(message) for other in others):
            continue
        on_the_wire = not speaker.program and expected is not None and not expected.text and _came_back(f, message)
        if on_the_wire or (speaker.program and _shown_more_than_once(f, speaker, message)):
            text = _(
                "What {who} says goes to everybody in the list, and {who} is in it, too. In the loop, leave out the one socket "
                "that the message came from: `if other is not sender`."
            )
            return placed("echo_to_everyone", text.format(who=speaker.name), f.sources.sending_loop())
    return None


def _came_back(f: Findings, message: Message) -> bool:
    """Whether what came, and should not have come, is what the speaker received."""
    speaker, got = f.scene.speaker(message), f.result.got
    return speaker is not None and got is not None and speaker.has(message) and Text.of(speaker.heard()) == got


def _shown_more_than_once(f: Findings, speaker: Player, message: Message) -> bool:
    """Whether a line came on its own screen more often than another one while the server was stopped."""
    stopped = f.scene.stopped
    if stopped is None or message.at > stopped:
        return False
    later = next((one for one in speaker.said if one.at > stopped), None)
    if later is None:
        return False
    return speaker.heard(message.at).count(message.data) > speaker.heard(later.at).count(later.data)


def sent_back_only(f: Findings) -> Cause | None:
    """The speaker receives the message, and nobody else does.

    Rests on the bytes. Not taken for it: an echo server, where nobody else is there.
    """
    message = f.scene.last
    if f.scene.missing is None or message is None or not f.is_server:
        return None
    speaker, others = f.scene.speaker(message), f.scene.others(message)
    if speaker is None or speaker.program or not others or not speaker.has(message) or f.heard_by(message):
        return None
    text = _(
        "What {who} says comes back to {who} and reaches nobody else: it is sent to the socket that it was received from. Send "
        "it to the others' sockets."
    )
    return placed("sent_back_only", text.format(who=speaker.name), f.sources.only_call("send", "sendall"))


def wrong_port(f: Findings) -> Cause | None:
    """overwritten_by_each_accept, receivers_address: a message bears a port that is not the speaker's.

    Rests on the bytes around the message: everybody who has it sees the port of the one who joined last (a variable that each
    accept() overwrites), or everybody his own (the socket that is sent to was asked). Not taken for it: no port at all, and
    two people, among whom the last to join and the receiver are the same.
    """
    message = f.scene.last
    if not f.is_server or message is None or f.result.expected is None:
        return None
    joined = [player for player in f.scene.players if player.joined < message.at]
    speaker = f.scene.speaker(message)
    hearers = [player for player in f.scene.others(message) if player.has(message)]
    if speaker is None or len(joined) < 3 or not hearers or str(_port(f, speaker)) not in f.result.expected.text:
        return None
    last = joined[-1]
    seen = {player.name: _around(player, message) for player in hearers}
    if any(_bears(_port(f, speaker), text) for text in seen.values()):
        return None
    if last is not speaker and any(player is not last for player in hearers):
        if all(_bears(_port(f, last), text) for text in seen.values()):
            text = _(
                "What {who} says bears port {port}, which is that of {last}, who joined last: all clients share one variable, "
                "and each accept() overwrites it. Hand the address to the client's own thread as an argument."
            )
            facts = {"who": speaker.name, "port": _port(f, last), "last": last.name}
            return Cause("overwritten_by_each_accept", text.format(**facts))
        if all(_bears(_port(f, player), seen[player.name]) for player in hearers):
            text = _(
                "What {who} says bears the port of whoever reads it ({port} is that of {reader}): the address was asked of the "
                "socket that is sent to. Take the address that accept() gave for {who}."
            )
            facts = {"who": speaker.name, "port": _port(f, hearers[0]), "reader": hearers[0].name}
            return placed("receivers_address", text.format(**facts), f.sources.only_call("getpeername"))
    return None


def _port(f: Findings, player: Player) -> int:
    """The port that a server knows a peer or a client's program by."""
    if player.port:
        return player.port
    connection = f.connection(player.name)
    return connection.port if connection is not None else 0


def _around(player: Player, message: Message) -> bytes:
    return player.heard(message.at).replace(message.data, b"\0")


def _bears(port: int, text: bytes) -> bool:
    return bool(port) and re.search(rb"(?<!\d)%d(?!\d)" % port, text) is not None


def one_place_left_out(f: Findings) -> Cause | None:
    """The first, or the last, to have joined hears nobody, and everybody else is heard by everybody else.

    Rests on who heard what, and on an experiment: two others speak, and still only that one hears nothing; it is heard
    itself. Not taken for it: somebody who could hear before (see `leaving`), and a speaker left out of the own message.
    """
    probe, present = f.evidence.probe, f.scene.present
    if not f.is_server or probe is None or len(present) < 3 or f.scene.leavers or f.uncaught:
        return None
    deaf = [player for player in present if _hears_nobody(f, player)]
    if len(deaf) != 1 or deaf[0] not in (present[0], present[-1]):
        return None
    return _left_out(f, deaf[0], [player.name for player in present], first=deaf[0] is present[0])


def _hears_nobody(f: Findings, player: Player) -> bool:
    """Whether others spoke while it was there, and nothing of it came."""
    others = [one for one in f.scene.said if one.who != player.name and one.at > player.joined]
    return bool(others) and not any(player.has(one) for one in others)


def _left_out(f: Findings, deaf: Player, names: list[str], *, first: bool) -> Cause | None:
    probe = f.evidence.probe
    others = [name for name in names if name != deaf.name]
    if probe is None or any(probe.speaks(name) != set(others) - {name} for name in others[:2]):
        return None
    if probe.speaks(deaf.name) != set(others):
        return None
    if first:
        text = _(
            "{who}, the first to join, hears nobody, and everybody else hears everybody: the loop leaves out the first place "
            "of the list. Go through the whole list, and leave out the sender: `if other is not sender`."
        )
    else:
        text = _(
            "{who}, the last to join, hears nobody, and everybody else hears everybody: the loop leaves out the last place "
            "of the list. Go through the whole list, and leave out the sender: `if other is not sender`."
        )
    return placed("one_place_left_out", text.format(who=deaf.name), f.sources.sending_loop())


def taken_for_a_name(f: Findings) -> Cause | None:
    """asks_for_a_name: the first thing that a client sends is taken in and passed on to nobody; the second one is passed on.

    Rests on the socket table (nothing of it lies unread) and on an experiment: who spoke in vain speaks again and is heard,
    and so is another one only the second time. Not taken for it: a program that relays nothing at all.
    """
    message, probe = _vanished_message(f), f.evidence.probe
    if message is None or probe is None or not f.scene.others(message):
        return None
    spoken = [player for player in f.scene.present if player.said]
    if any(len(player.said) > 1 for player in spoken):
        return None
    if message not in [player.said[0] for player in spoken] or any(f.heard_by(player.said[0]) for player in spoken):
        return None
    if not probe.speaks(message.who):
        return None
    fresh = [player.name for player in f.scene.present if not player.said]
    if fresh and (probe.speaks(fresh[0]) or not probe.speaks(fresh[0])):
        return None
    text = _(
        "The first thing that {who} sent was taken in and passed on to nobody, the second one was passed on: your program "
        "takes the first for a name. Ask for none: what a client sends first is already a message."
    )
    return Cause("asks_for_a_name", text.format(who=message.who))


def read_and_not_sent(f: Findings) -> Cause | None:
    """What somebody says is taken in and goes to nobody; the thread waits for more.

    Rests on the socket table (nothing of it lies unread), on the thread that waits in recv() for the same client again, and
    on an experiment: neither that one nor another is heard when they speak once more. Not taken for it: a thread that waits
    for a lock or for a line end, or that an exception ended.
    """
    message, probe = _vanished_message(f), f.evidence.probe
    if message is None or probe is None or f.uncaught or f.scene.leavers:
        return None
    waiting = f.receives_from(message.who)
    others = [player.name for player in f.scene.others(message)][:1]
    if not waiting or any(probe.speaks(name) for name in (message.who, *others)):
        return None
    text = _(
        "Your program has taken in all that {who} said, waits in recv() for more, and has sent it to nobody. Look at what "
        "happens between recv() and sendall(): for whom is it sent, and is that line ever reached?"
    )
    return at("read_and_not_sent", text.format(who=message.who), waiting[0])


def _vanished_message(f: Findings) -> Message | None:
    """A message that is missing, since which nothing came to anybody, and of which nothing lies unread."""
    message = f.scene.last
    if f.scene.missing is None or message is None or not f.is_server or not f.runs or not f.evidence.proved:
        return None
    speaker = f.scene.speaker(message)
    connection = f.connection(message.who)
    if speaker is None or not speaker.there or connection is None or connection.unread or not connection.accepted:
        return None
    came = any(player.received_since(message.at) for player in (*f.scene.others(message), speaker))
    return None if came else message
