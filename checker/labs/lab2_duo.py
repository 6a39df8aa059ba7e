"""Lab 2, two people, both at once: each direction of a two-person chat has a thread of its own."""

from __future__ import annotations

from checker.grading.casting import Cast
from checker.grading.rubric import hints, points
from checker.labs.scenes_room import UNICODE
from checker.stage.failure import Failed
from checker.stage.peers import Peer, Said
from checker.stage.server import Server
from checker.texts import N_, _

TITLE = N_("two people at once")
PROGRAMS = ("server",)
READ = "notebooks/02_duo.ipynb"
IN_A_ROW = 3


def arrives(server: Server, said: Said, other: Peer) -> bool:
    """Wait until `other` has heard `said`, or never will; whether it has."""
    return server.stage.wait(lambda: bool(other.has_heard(said))) == "seen"


def both_say(server: Server, first: Peer, second: Peer, text: str = "Hi!") -> list[tuple[Said, Peer]]:
    """One speaks, then the other; returns what was said and who should have heard it.

    Asked only when both have spoken, so that a server that reads in turn has had its turn of each.
    """
    said = []
    for speaker, other in ((first, second), (second, first)):
        message = speaker.says(text)
        arrives(server, message, other)
        said.append((message, other))
    return said


def they_chat(server: Server, first: Peer, second: Peer) -> list[bool]:
    """Both speak; whether each was heard by the other. Raises `Failed` where neither was.

    The weakest proof that the server relays at all: whether both ways is one check's question alone.
    """
    said = both_say(server, first, second)
    heard = [bool(other.has_heard(message)) for message, other in said]
    if not any(heard):
        message, other = said[0]
        other.missed(message, len(other.heard))
    return heard


@points(2)
@hints(
    N_("What alice says: to whose socket does your program send it? And what bob says?"),
    N_(
        "Two clients, two directions: what is received from the first goes to the second, and the "
        "other way round."
    ),
    N_(
        "message = first.recv(1024)\n"
        "second.sendall(message)\n"
        "...\n"
        "message = second.recv(1024)\n"
        "first.sendall(message)"
    ),
)
def check_relays_in_both_directions(server: Server) -> None:
    """What each of the two says reaches the other."""
    alice, bob = server.join("alice", "bob")
    said = both_say(server, alice, bob)
    for message, other in said:
        if not other.has_heard(message):
            other.missed(message)
    server.settle()
    for (message, _other), speaker in zip(said, (alice, bob), strict=True):
        speaker.hears_nothing_of(message, _("{who} got back what {who} had said.").format(who=speaker.name))


@points(3)
@hints(
    N_("alice has spoken, bob has not. Where does your program wait now, and who can wake it up?"),
    N_(
        "One thread cannot wait for two people. Give each direction a thread that does nothing but "
        "receive from one and send to the other."
    ),
    N_(
        "threading.Thread(target=relay, args=(first, second)).start()\n"
        "threading.Thread(target=relay, args=(second, first)).start()"
    ),
)
def check_does_not_take_turns(launch: Cast) -> None:
    """Three messages in a row from one side arrive before the other has spoken, and the reverse."""
    for who in (0, 1):
        server = launch.server()
        pair = server.join("alice", "bob")
        speaker, other = pair[who], pair[1 - who]
        for number in range(1, IN_A_ROW + 1):
            said = speaker.says("Hi!")
            if not arrives(server, said, other):
                _why_not_heard(server, said, speaker, other, number)
        server.program.stop()


def _why_not_heard(server: Server, said: Said, speaker: Peer, other: Peer, number: int) -> None:
    """Raise `Failed`, with what becomes of the message when the other has spoken."""
    server.stage.timeline.add(other.name, "missing", said.data, said_by=said.who)
    got = bytes(other.heard)
    why = _(
        "{who} spoke three times in a row. {other}, who had said nothing yet, did not receive "
        "message {number}."
    ).format(who=speaker.name, other=other.name, number=number)
    if server.program.status is not None:
        why += " " + server.program.explain_end()
    elif other.end is None:
        other.says("Are you there?")
        server.stage.settle()
        if other.has_heard(said):
            why += " " + _("It came only when {other} had spoken: the server reads in turn.").format(
                other=other.name
            )
    raise Failed(why, expected=said.data, got=got)


@points(1)
@hints(
    N_("How many bytes are in «Привет»? How many letters?"),
    N_("Pass the bytes on as they came, or decode and encode with UTF-8 and nothing else."),
    N_("message = source.recv(1024)   # bytes\ntarget.sendall(message)       # the same bytes"),
)
def check_carries_unicode(server: Server) -> None:
    """A message in any alphabet arrives unchanged."""
    alice, bob = server.join("alice", "bob")
    heard = they_chat(server, alice, bob)
    before = {peer: len(peer.heard) for peer in (alice, bob)}
    for (message, other), open_to in zip(both_say(server, alice, bob, UNICODE), heard, strict=True):
        if open_to and not other.has_heard(message):
            other.missed(message, before[other])


@points(2)
@hints(
    N_("alice has left. How does bob find out that nobody listens to him any more?"),
    N_(
        'recv() returns b"" when alice has left, and raises an OSError when her connection broke off. '
        "Then end bob's connection too: shutdown() also wakes the thread that waits in recv() on it."
    ),
    N_('if message == b"":\n    target.shutdown(socket.SHUT_RDWR)\n    break'),
)
def check_hangs_up_on_the_other_when_one_leaves(launch: Cast) -> None:
    """When one leaves, the other sees the end of the stream."""
    left = _("{leaver} left, and {other}'s connection is still open: {other} is never told.")
    broke_off = _(
        "{leaver}'s connection broke off (RST), and {other}'s is still open: {other} is never told."
    )
    for leave, why in ((Peer.leaves, left), (Peer.resets, broke_off)):
        for who in (0, 1):
            server = launch.server()
            pair = server.join("alice", "bob")
            they_chat(server, *pair)
            leaver, other = pair[who], pair[1 - who]
            if leaver is pair[1]:
                # The second one's turn, so that a server that reads in turn is not charged for it here as well.
                arrives(server, pair[0].says("Goodbye!"), pair[1])
            leave(leaver)
            other.sees_end(why.format(leaver=leaver.name, other=other.name))
            server.program.stop()


@points(2)
@hints(
    N_("Both have left. Which line of your program runs next, and does it lead back to accept()?"),
    N_(
        "The whole of it belongs in a loop: accept two, let them chat until one leaves, close both, "
        "and again."
    ),
    N_(
        "while True:\n"
        "    first, address = listener.accept()\n"
        "    second, address = listener.accept()\n"
        "    chat(first, second)"
    ),
)
def check_serves_the_next_pair(server: Server) -> None:
    """When the two have left, two others can chat."""
    alice, bob = server.join("alice", "bob")
    they_chat(server, alice, bob)
    # Both leave, so that a server that does not hang up on the other is not charged for it here as well.
    for peer in (alice, bob):
        peer.leaves()
        server.stage.settle()
    if server.program.status is not None:
        raise Failed(_("The server ended when the first two had left.") + " " + server.program.explain_end())
    carol, dave = server.join("carol", "dave")
    waiting = server.in_accept_queue()
    if waiting:
        raise Failed(
            _(
                "alice and bob have left. Nobody has accepted {names}: the connection still waits in "
                "the accept queue."
            ).format(names=", ".join(waiting))
        )
    they_chat(server, carol, dave)
