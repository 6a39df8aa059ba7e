"""Lab 3, a room: a list of clients, a lock, a thread for each client."""

from __future__ import annotations

from checker.grading.rubric import hints, points
from checker.stage.server import Server
from checker.texts import N_

PROGRAMS = ("server",)
READ = "notebooks/03_broadcast.ipynb"


@points(3)
@hints(
    N_("After recv() returns, who else is waiting to hear it?"),
    N_("Go through the whole list of clients and send to each of them but the one it came from."),
    N_("for other in list(clients):\n    if other is not client_socket:\n        other.sendall(...)"),
)
def check_reaches_every_other_client(server: Server) -> None:
    """A message reaches every other client, once."""
    alice, bob, carol = server.join("alice", "bob", "carol")
    said = []
    for speaker in (alice, bob, carol):  # first, middle and last to have joined
        said.append(speaker.says("Hi!"))
        for other in server.others(speaker):
            other.hears(said[-1])
    server.settle()
    for message, speaker in zip(said, (alice, bob, carol), strict=True):
        for other in server.others(speaker):
            other.hears_once(message)
