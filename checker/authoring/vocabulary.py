"""The words that a scene is told in, as a table: taken from the code, so that the table cannot be wrong.

`python -m checker.authoring.vocabulary` prints it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from checker.grading.casting import Cast
from checker.stage.chat import Chat, Person
from checker.stage.client import Client
from checker.stage.peers import Peer
from checker.stage.program import Program
from checker.stage.room import Room
from checker.stage.server import Server
from checker.stage.stage import Stage

WORDS: tuple[tuple[type, str, str], ...] = (
    (Server, "server", "join connect others peers everyone_hears in_accept_queue settle still_runs start"),
    (
        Peer,
        "alice",
        "says sends sends_in_pieces hears hears_once hears_nothing_of hears_line has_heard missed half_closes leaves resets "
        "sees_end stops_reading reads_again reads_slowly",
    ),
    (Client, "client", "types sends sent hears shows settle still_runs ends no_traceback waits_for_input"),
    (Room, "room", "welcomes ends"),
    (Program, "server.program", "printed shows signal interrupt closes_input halts goes_on pause stop die explain_end"),
    (Stage, "server.stage", "wait settle token port"),
    (Cast, "launch", "server client room"),
    (Chat, "chat", "join others everybody_sees settle"),
    (Person, "anna", "types shows leaves is_killed"),
)
"""A class, what one of its kind is called in a scene, and what a scene may ask of it."""

FACTS = {
    "alice.heard": "Every byte that came, in order.",
    "alice.end": 'How the stream ended: `"fin"`, `"reset"`, or `None` while it is open.',
    "alice.address": "Her end of the connection, host and port: what the server knows her by.",
    "alice.name": "Her name, for a sentence.",
    "client.end": "The room's end of its connection: somebody like alice, with all of her words.",
    "server.address": "Where it listens, host and port.",
    "server.told": "Where it was told to listen.",
    "server.program.status": "`None` while it runs, then its exit status, a signal's number negative.",
    "room.address": "Where it listens, host and port.",
}
"""What a scene may look at, and what it is."""


def table() -> str:
    """One row a word: how it is called, and the first sentence of what the code says of it."""
    rows = ["| word | what it does |", "| --- | --- |"]
    rows += (f"| `{call}` | {meaning} |" for call, meaning in _entries())
    return "\n".join(rows)


def _entries() -> Iterator[tuple[str, str]]:
    """Each word with its meaning, in order."""
    for kind, called, names in WORDS:
        for name in names.split():
            word = inspect.getattr_static(kind, name)
            yield f"{called}.{name}{_parameters(word)}", _first_sentence(inspect.getdoc(word) or "")
        yield from ((fact, meaning) for fact, meaning in FACTS.items() if fact.rpartition(".")[0] == called)


def _parameters(word: object) -> str:
    """What stands in its brackets; "" where it is no function."""
    if not inspect.isfunction(word):
        return ""
    _self, *parameters = inspect.signature(word).parameters.values()
    return str(inspect.Signature([one.replace(annotation=inspect.Parameter.empty) for one in parameters]))


def _first_sentence(text: str) -> str:
    """A docstring's beginning, up to its first full stop with a blank behind it."""
    sentence, stop, _rest = " ".join(text.split()).partition(". ")
    return (sentence + stop).strip()


if __name__ == "__main__":
    print(table())
