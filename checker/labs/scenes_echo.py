"""Scenes of lab 1's server: an answer at all, and a long message that comes back whole."""

from __future__ import annotations

import time

from checker.grading.casting import Cast
from checker.grading.rubric import hints, points
from checker.stage.failure import Failed
from checker.stage.peers import Peer
from checker.stage.server import Server
from checker.texts import N_, _

LONG = 1 << 20
SHORTEST_LONG = 16 << 10
AT_ONCE = 0.02  # seconds; who answers within that is sent a long message of full length
PATIENCE = 5.0  # seconds that a long message may take a server that waits before each answer
PIECE = 997  # bytes that a server is sure to get from one recv() under the small print


def answered(server: Server, peer: Peer, why: str) -> None:
    """`peer` says something and gets an answer, whatever it is; raises `Failed` with `why` otherwise."""
    before = len(peer.heard)
    peer.says("Hi!")
    if server.stage.wait(lambda: len(peer.heard) > before) != "seen":
        not_answered(server, peer, why)


def comes_back(server: Server, peer: Peer, size: int) -> None:
    """Wait until `peer` has heard `size` bytes and what may come after them, or until no more can come."""
    server.stage.wait(lambda: len(peer.heard) >= size)
    server.stage.settle()


def not_answered(server: Server, peer: Peer, why: str) -> None:
    """Raise `Failed` with `why` and what became of the server or of `peer`'s connection."""
    server.stage.timeline.add(peer.name, "missing", peer.said[-1].data, said_by=peer.name)
    if server.program.status is not None:
        why += " " + server.program.explain_end()
    elif peer.name in server.in_accept_queue():
        why += " " + _("Nobody has accepted {name}: the connection still waits in the accept queue.").format(
            name=peer.name
        )
    elif peer.end is not None:
        why += " " + _("The server had ended {name}'s connection.").format(name=peer.name)
    raise Failed(why, expected=peer.said[-1].data, got=b"")


@points(2)
@hints(
    N_("send() and recv() both return something: how many bytes, and which. Does your program look at it?"),
    N_(
        "recv(1024) returns at most 1,024 bytes, so receive in a loop. send() may take only a part "
        "of what it is given; sendall() does not stop before all of it is taken."
    ),
    N_("connection.sendall(data)   # send(data) may stop half-way, and says so only in what it returns"),
)
def check_returns_every_byte_of_a_long_message(launch: Cast) -> None:
    """A long message (1 MiB) comes back whole, also where the kernel takes and gives it in small parts."""
    exact, size = _first_impression(launch)
    for small_print in (False, True):
        server = launch.server(small_print=small_print)
        (alice,) = server.join("alice")
        before = len(alice.heard)
        # Digits, so that a server that changes letters (another check's question) sends back every byte.
        message = b"".join(b"%08d" % number for number in range(size // 8))
        alice.sends(message)
        comes_back(server, alice, before + size)
        _whole(server, message, bytes(alice.heard[before:]), exact, small_print)
        server.program.stop()


def _first_impression(launch: Cast) -> tuple[bool, int]:
    """Whether the server returns a short message unchanged, and how long a one it returns in good time."""
    server = launch.server()
    (alice,) = server.join("alice")
    began = time.monotonic()
    answered(server, alice, _("alice said something and nothing came back."))
    took = time.monotonic() - began
    server.stage.settle()
    exact = alice.heard == alice.said[-1].data
    server.program.stop()
    # A server that waits 0.3 s before each answer is right: its long message is one that can be waited for.
    size = LONG if took <= AT_ONCE else min(LONG, max(SHORTEST_LONG, int(PATIENCE / took * PIECE)))
    return exact, size // 8 * 8


def _whole(server: Server, message: bytes, came: bytes, exact: bool, small_print: bool) -> None:
    """Raise `Failed` where `came` is not the message.

    A server that is not `exact` adds to every message, and may do so here: that is another check's question.
    """
    if came == message or (not exact and _runs_through(message, came)):
        return
    why = _("alice sent {sent:,} bytes in one go, and {came:,} came back.").format(
        sent=len(message), came=len(came)
    )
    if small_print:
        why += " " + _(
            "Here the kernel took and gave only a part of what send() and recv() asked for, as it "
            "may: send() returns how much it took."
        )
    if server.program.status is not None:
        why += " " + server.program.explain_end()
    first = next(
        (i for i, (sent, got) in enumerate(zip(message, came, strict=False)) if sent != got),
        min(len(message), len(came)),
    )
    why += " " + _("They differ from byte {first:,} on.").format(first=first)
    around = slice(max(0, first - 16), first + 48)
    raise Failed(why, expected=message[around], got=came[around])


def _runs_through(message: bytes, came: bytes) -> bool:
    """Whether every byte of `message` is in `came`, in order."""
    rest = iter(came)
    return all(byte in rest for byte in message)
