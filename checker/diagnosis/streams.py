"""Mistakes with the stream of bytes: how much one recv() gives, and how much one send() takes."""

from __future__ import annotations

from checker.diagnosis.findings import Findings, at, placed
from checker.diagnosis.scene import Message, Player
from checker.grading.model import Cause
from checker.texts import _

PART = 24
"""Bytes by which a place in a long message is found again: it is made of numbers of eight digits, each different."""
LONGEST = 1100
"""Bytes that one recv() or send() moves at most under the kernel's small print."""
LONG = 2000
"""Bytes from which on a message is long."""


def long_message(f: Findings) -> Cause | None:
    """send_for_sendall, sends_again_what_was_taken, one_recv_for_one_message: a long message did not come back whole.

    Rests on the bytes: where the first difference is, the stream goes on further down in the message (what lies between was
    never sent: send() had taken only a part), or further up (it was sent again); or what came is only the beginning of the
    message, and nothing more was read. Not taken for it: a short message, and bytes that occur nowhere in what was sent.
    """
    alice = f.scene.players[-1] if f.scene.players else None
    message = alice.said[-1] if alice is not None and alice.said else None
    if not f.is_server or alice is None or message is None or message.size < LONG or f.scene.others(message):
        return None
    came = alice.heard(message.at)
    size = min(len(came), len(message.data))
    first = next((number for number in range(size) if came[number] != message.data[number]), size)
    if first < size:
        return _jumped(f, message, came, first)
    if size and alice.received_since(message.at) < message.size:
        return _only_the_beginning(f, alice, alice.received_since(message.at), message.size)
    return None


def _jumped(f: Findings, message: Message, came: bytes, first: int) -> Cause | None:
    goes_on = message.data.find(came[first : first + PART])
    if len(came) < first + PART or goes_on < 0 or not 0 < abs(goes_on - first) <= 2 * LONGEST:
        return None
    if goes_on > first:
        place = f.sources.unread_results("send")
        text = _(
            "Bytes {first:,} to {last:,} were never sent: send() may take only a part of what it is given, and returns how "
            "much it took. Use sendall(), which goes on until all is taken."
        )
        text = text.format(first=first, last=goes_on - 1)
        return placed("send_for_sendall", text, place[0] if len(place) == 1 else None)
    text = _(
        "After byte {last:,} what had been sent came once more, from byte {again:,} on: send() had taken a part, and the whole "
        "was sent again. Send only the rest, data[sent:], or use sendall(), which does that."
    )
    text = text.format(last=first - 1, again=goes_on)
    return placed("sends_again_what_was_taken", text, f.sources.only_call("send"))


def _only_the_beginning(f: Findings, alice: Player, came: int, size: int) -> Cause | None:
    connection = f.connection(alice.name)
    if not f.runs or (alice.ended is None and (connection is None or not connection.unread)):
        return None
    text = _(
        "Only the first {came:,} of {size:,} bytes came back, as many as one recv() had given, and then nothing more was read. "
        'TCP hands a long message over in pieces: receive in a loop until recv() returns b"".'
    )
    waiting = next(iter(f.receives_from(alice.name)), None)
    text, place = text.format(came=came, size=size), f.sources.only_call("recv")
    return at("one_recv_for_one_message", text, waiting) if waiting else placed("one_recv_for_one_message", text, place)


def closes_without_a_goodbye(f: Findings) -> Cause | None:
    """It closes a connection in the middle of the conversation: nobody had left.

    Rests on the end that came to a peer who was there, had spoken and been answered, while the program lives on. Not taken
    for it: hanging up because somebody else has left, an exception, and a client that is turned away at once.
    """
    if not f.is_server or not f.runs or f.uncaught or f.scene.interrupted is not None:
        return None
    place = f.sources.only_call("recv")
    if f.scene.players and f.scene.players[0].sent_away and not f.scene.players[0].program:
        text = _(
            "{who} had said nothing yet and not left, and your program closed the connection. It has to stay open until recv() "
            'returns b"": neither a silence nor the end of a `with` block that started a thread is a goodbye.'
        )
        return placed("closes_without_a_goodbye", text.format(who=f.scene.players[0].name), place)
    for player in f.scene.players:
        gone = any((one.left or 0) < (player.ended or 0) for one in f.scene.leavers)
        if player.program or player.ended is None or player.left is not None or gone or not player.said:
            continue
        if not player.parts or player.said[0].at > player.ended:
            continue
        text = _(
            "{who} had spoken, been answered and not left, and your program closed the connection. A conversation is over when "
            'recv() returns b"" and at no other moment: not after an answer, not after a silence.'
        )
        return placed("closes_without_a_goodbye", text.format(who=player.name), place)
    return None
