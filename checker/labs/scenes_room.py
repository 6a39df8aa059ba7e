"""Scenes of a room that several labs play: who speaks, who hears."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from checker.grading.casting import Cast
from checker.grading.rubric import hints, points
from checker.stage.failure import Failed
from checker.stage.peers import Peer, Said
from checker.stage.server import Server
from checker.texts import N_, _

THREE = ("alice", "bob", "carol")  # the first, a middle one and the last to join
UNICODE = "Привет, 世界 👋"


def take_turns(server: Server) -> Iterator[Peer]:
    """Three who join and speak, each once the server is done with the one before: what it does with those who speak at
    once is asked elsewhere."""
    for turn, speaker in enumerate(server.join(*THREE)):
        if turn:
            server.settle()
        yield speaker


def somebody_hears(server: Server, speaker: Peer, said: Said) -> list[Peer]:
    """Wait until every other one has heard `said`, or nobody will any more; who has. Raises `Failed` where nobody did.

    The weakest proof that the server relays at all: what a row is about is asked of those who heard.
    """
    others = server.others(speaker)
    server.stage.wait(lambda: all(other.has_heard(said) for other in others))
    heard = [other for other in others if other.has_heard(said)]
    if not heard:
        others[0].missed(said)
    return heard


@points(3)
@hints(
    N_("After recv() returns, who else is waiting to hear it?"),
    N_("Go through the whole list of clients and send to each of them, except the one the message came from."),
    N_(
        "with clients_lock:\n"
        "    for other in clients:\n"
        "        if other is not connection:\n"
        "            other.sendall(message)"
    ),
)
def check_reaches_every_other_client(server: Server) -> None:
    """A message reaches every other client, once."""
    said = {}
    for speaker in take_turns(server):
        said[speaker] = speaker.says("Hi!")
        for other in server.others(speaker):
            other.hears(said[speaker])
    server.settle()
    for speaker, message in said.items():
        for other in server.others(speaker):
            other.hears_once(message)


@points(1)
@hints(
    N_("Three people talk at once: how does a reader know who said what?"),
    N_("accept() gives you the address of this one client. Hand it to the thread that serves the client."),
    N_('prefix = f"[{address}] ".encode()\n...\nother.sendall(prefix + message)'),
)
def check_names_the_sender(server: Server) -> None:
    """What others receive bears the sender's port."""
    for speaker in take_turns(server):
        before = {other: len(other.heard) for other in server.others(speaker)}
        said = speaker.says("Hi!")
        heard = somebody_hears(server, speaker, said)

        def around(other: Peer, before: dict[Peer, int] = before, said: Said = said) -> bytes:
            return bytes(other.heard[before[other] :]).replace(said.data, b"\0")

        # The port may come behind the text: whoever has the text has the rest once everything is at rest.
        port = speaker.address[1]
        server.stage.wait(lambda heard=heard, port=port, around=around: all(_bears(port, around(one)) for one in heard))  # type: ignore[misc]
        for other in heard:
            if not _bears(port, around(other)):
                raise _unnamed(server, speaker, other, bytes(other.heard[before[other] :]))


def _bears(port: int, text: bytes) -> bool:
    return re.search(rb"(?<!\d)%d(?!\d)" % port, text) is not None


def _unnamed(server: Server, speaker: Peer, other: Peer, received: bytes) -> Failed:
    port, said = speaker.address[1], speaker.said[-1]
    around = received.replace(said.data, b"\0")
    wrong = next((peer.name for peer in server.peers if _bears(peer.address[1], around)), None)
    message = _("{who} spoke from port {port}, and what {name} received does not say so.")
    if wrong is not None:
        message += " " + _("It bears the port of {wrong}.").format(wrong=wrong)
    return Failed(
        message.format(who=speaker.name, port=port, name=other.name),
        expected=f"[('{speaker.address[0]}', {port})] ".encode() + said.data,
        got=received,
    )


@points(2)
@hints(
    N_("Does the one who speaks want to read it again?"),
    N_("While you go through the clients, compare each socket with the one that you received from."),
    N_("if other is not connection:\n    other.sendall(message)"),
)
def check_does_not_echo_to_the_sender(server: Server) -> None:
    """Who says something does not get it back."""
    said = {}
    for speaker in take_turns(server):
        said[speaker] = speaker.says("Hi!")
        somebody_hears(server, speaker, said[speaker])
    server.settle()
    for speaker, message in said.items():
        speaker.hears_nothing_of(message, _("{who} got back what {who} had said.").format(who=speaker.name))


@points(1)
@hints(
    N_("How many bytes are in «Привет»? How many letters?"),
    N_("Pass the bytes on as they came. Half a letter cannot be decoded, and recv() may well return one."),
    N_("message = connection.recv(4096)\n...\nother.sendall(prefix + message)   # no decode(): bytes as they came"),
)
def check_carries_unicode(server: Server) -> None:
    """A message in any alphabet arrives unchanged."""
    for speaker in take_turns(server):
        somebody_hears(server, speaker, speaker.says(UNICODE))


@points(2)
@hints(
    N_("Twenty people press Enter in the same moment. What do your threads do to each other?"),
    N_("Send the prefix and the text in one sendall(), and let nobody change the list meanwhile."),
    N_(
        "with clients_lock:\n"
        "    for other in clients:\n"
        "        if other is not connection:\n"
        "            other.sendall(prefix + data)"
    ),
)
def check_lets_everyone_talk_at_once(launch: Cast) -> None:
    """Twenty people talk at once, nothing is lost and nothing is mixed up."""
    # As POSIX allows: any thread may be stopped anywhere.
    _all_at_once(launch.server(switch_interval=1e-6), people=20, turns=20)
    # And while a send has not begun yet, everybody else has got as far as they can.
    _all_at_once(launch.server(schedule={"kind": "reorder"}), people=5, turns=4)


def _all_at_once(server: Server, people: int, turns: int) -> None:
    crowd = server.join(*(f"guest{number}" for number in range(1, people + 1)))
    tokens = {speaker: [f"<{speaker.stage.token()}>".encode() for _i in range(turns)] for speaker in crowd}
    for turn in range(turns):
        for speaker in crowd:
            speaker.sends(tokens[speaker][turn], marked=turn == 0)
    _all_is_passed_on(server, crowd)
    whole = {other: Counter(_TOKEN.findall(other.heard)) for other in crowd}
    for speaker in crowd:
        for other in server.others(speaker):
            for token in tokens[speaker]:
                _exactly_once(token, whole[other][token], speaker, other)
    server.program.stop()


def _all_is_passed_on(server: Server, crowd: list[Peer]) -> None:
    """Wait until the server is at rest. One that takes its time over each of so many sends is right, too: where it is not at
    rest in the end, it is waited for as long as more of what was said arrives."""
    arrived = -1
    while True:
        server.settle()
        before, arrived = arrived, sum(len(set(_TOKEN.findall(other.heard))) for other in crowd)
        if server.stage.ended_by != "bound" or arrived == before:
            return


_TOKEN = re.compile(rb"<[a-z]+>")


def _exactly_once(token: bytes, times: int, speaker: Peer, other: Peer) -> None:
    if times != 1:
        if not times:
            other.stage.timeline.add(other.name, "missing", token, said_by=speaker.name)
        raise Failed(
            _("Of what {who} said while everyone talked, {name} received this {times} times instead of once.").format(
                who=speaker.name, name=other.name, times=times
            ),
            expected=token,
            got=bytes(other.heard),
        )
