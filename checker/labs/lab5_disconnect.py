"""Lab 5, when somebody leaves: a goodbye, a reset, Ctrl-C, and nothing left behind."""

from __future__ import annotations

from checker.grading.casting import Cast
from checker.grading.rubric import hints, points
from checker.labs import scenes_leave
from checker.labs.scenes_leave import noticed, noticed_leaving
from checker.stage.failure import Failed
from checker.stage.peers import Peer, Said
from checker.stage.server import Server
from checker.texts import N_, _

TITLE = N_("when somebody leaves")
PROGRAMS = ("server",)
READ = "notebooks/05_disconnect.ipynb"
GROUPS = 25  # of four visitors each
GO = b"go "  # to the schedule "epipe"
NO_TEXT = b"\xff\xfe\x80 \xc3\x28 \xed\xa0\x80"


@points(1)
@hints(
    N_("When a client has left, does your accept() loop still go round?"),
    N_(
        "What goes wrong with one client belongs in that client's thread. Nothing of it may end the "
        "accept() loop or the program."
    ),
    N_(
        "while True:\n"
        "    connection, address = listener.accept()\n"
        "    with clients_lock:\n"
        "        clients.append(connection)"
    ),
)
def check_welcomes_newcomers_after_a_leave(server: Server) -> None:
    """Somebody who comes when another has left hears and is heard."""
    alice, bob = server.join("alice", "bob")
    server.everyone_hears(bob)
    bob.leaves()
    noticed(server)
    _welcomes(server, alice, "carol")
    for last in server.peers:
        last.leaves()
        noticed(server)
    (dave,) = server.connect("dave")
    noticed(server)
    _welcomes(server, dave, "erin")


def _welcomes(server: Server, resident: Peer, name: str) -> None:
    (newcomer,) = server.connect(name)
    noticed(server)
    if name in server.in_accept_queue():
        raise Failed(
            _(
                "{name} came when others had left and was not let in: the connection waits to be accepted."
            ).format(name=name)
        )
    for speaker, hearer in ((newcomer, resident), (resident, newcomer)):
        hearer.hears(speaker.says("Hi!"))


@points(3)
@hints(
    N_(
        "A send fails in the middle of the loop over the clients. Who comes after that one, and does "
        "he get the message?"
    ),
    N_(
        "Catch the error of each send by itself. Nobody may be taken off the list while a loop goes "
        "through it, by this thread or by another one: the next in the list would be skipped."
    ),
    N_(
        "with clients_lock:\n"
        "    for client in clients:\n"
        "        try:\n"
        "            client.sendall(message)\n"
        "        except OSError:\n"
        "            pass   # its own thread takes it off the list"
    ),
)
def check_survives_a_reset_in_the_middle_of_a_broadcast(launch: Cast) -> None:
    """Several receivers vanish while a message goes out, and every other one gets it."""
    # Whether a send meets a connection that has just broken is up to the kernel's timing. Here it does: the
    # launcher has the sends to those who vanish fail as they do after a RST.
    for held in (False, True):
        server = launch.server(schedule={"kind": "epipe", "held": held})
        alice, *others = server.join("alice", "bob", "carol", "dave", "erin", "frank", "grace")
        server.everyone_hears(alice)
        vanishing = others[::2]
        server.program.control(b"".join(b"%d " % peer.address[1] for peer in vanishing))
        said = alice.says("Hi!")
        noticed(server)
        for peer in vanishing:
            peer.resets()
        noticed(server)
        if held:
            # Only now does the first of the sends fail: by now the server has had its time to forget who vanished.
            server.program.control(GO)
        remaining = server.others(alice)
        server.stage.wait(lambda said=said, remaining=remaining: all(other.has_heard(said) for other in remaining))  # type: ignore[misc]
        for speaker in (alice, remaining[-1]):
            _gets_it_once(remaining, said, vanishing)
            server.everyone_hears(speaker)
        server.program.stop()


def _gets_it_once(remaining: list[Peer], said: Said, vanished: list[Peer]) -> None:
    for other in remaining:
        times = other.has_heard(said)
        if times != 1:
            if not times:
                other.stage.timeline.add(other.name, "missing", said.data, said_by=said.who)
            raise Failed(
                _(
                    "While alice's message went out, the connections of {vanished} broke off. "
                    "{name} was still there and received it {times} times instead of once."
                ).format(vanished=", ".join(peer.name for peer in vanished), name=other.name, times=times),
                expected=said.data,
                got=bytes(other.heard),
            )


@points(2)
@hints(
    N_(
        "Who of a hundred visitors could end a thread of your server by an exception, and what does "
        "he leave behind?"
    ),
    N_(
        "A reset, bytes that are not text, nothing at all: whatever a client does, its thread ends "
        "in the same orderly way."
    ),
    N_(
        "try:\n"
        "    ...          # receive and broadcast\n"
        "except OSError:\n"
        "    pass\n"
        "finally:\n"
        "    ...          # off the list, close"
    ),
)
def check_survives_coming_and_going(server: Server) -> None:
    """A hundred short visits, some of them rude, while two people chat."""
    residents = server.join("alice", "bob")
    waits = True
    for group in range(GROUPS):
        waits = _four_visit(server, residents, group, waits)
        speaker, hearer = residents if group % 2 else residents[::-1]
        hearer.hears(speaker.says("Hi!"))


def _four_visit(server: Server, residents: list[Peer], group: int, waits: bool) -> bool:
    """Four come and go, one after the other: what meets what in the server's threads is not left to luck. Returns
    whether the server's threads wait afterwards; where they did not before, nobody waits for that again."""
    pause = noticed if waits else Server.still_runs
    sockets = server.program.observer.descriptors()
    visitors = server.connect(*(f"visitor{4 * group + number}" for number in range(1, 5)))
    pause(server)
    silent, polite, garbled, broken = visitors
    said = polite.says("Hi!")
    for resident in residents:
        resident.hears(said)
    pause(server)
    broken.resets()
    pause(server)
    garbled.sends(NO_TEXT)
    pause(server)
    for visitor in (silent, polite, garbled):
        visitor.leaves()
    return waits and noticed_leaving(server, visitors, sockets)


CHECKS = (
    scenes_leave.check_survives_a_goodbye,
    scenes_leave.check_survives_a_reset,
    check_welcomes_newcomers_after_a_leave,
    scenes_leave.check_rests_after_a_goodbye,
    check_survives_a_reset_in_the_middle_of_a_broadcast,
    scenes_leave.check_answers_a_half_close,
    scenes_leave.check_forgets_who_left,
    check_survives_coming_and_going,
    scenes_leave.check_stops_on_ctrl_c,
)
