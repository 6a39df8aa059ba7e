"""Timelines that no check ever made, as a file may hold them: whatever they are, they are drawn."""

import random
import xml.etree.ElementTree as ET

import pytest
from made_results import a_failure
from made_timelines import Timeline

from checker.grading.model import ThreadState
from checker.report.diagram import model, svg, text
from checker.report.excerpt import columns

KINDS = (
    "started", "listening", "connected", "sent", "received", "half_closed", "closed", "reset", "saw_end", "saw_reset",
    "typed", "closed_input", "output", "signal", "exit", "rest", "missing", "note",
)  # fmt: skip
PEOPLE = ("server", "client", "alice", "bob", "carol", "room", "checker", *(f"guest{n}" for n in range(9)))
DATA = ("", "Hi! bvxchkrx", "\x1b[31m\x00", "世界" * 40, "\ud800", "exit", "Hi! bvxchkrx" * 3, "x" * 4096, "👋🏽" * 9)


def a_timeline(dice):
    timeline = Timeline()
    people = dice.sample(PEOPLE, dice.randint(1, 9))
    for _number in range(dice.randint(0, 80)):
        facts = {
            "port": dice.choice((1, 2)),
            "role": dice.choice(("server", "client")),
            "status": dice.choice((0, 1, -9, -250)),
            "signal": dice.choice(("SIGINT", "SIGKILL", "SIGNONE")),
            "said_by": dice.choice(people),
            "what": dice.choice(("", "end", "line", "output", "something")),
            **dice.choice(({}, {"left_out": 9}, {"text": "stops reading"})),
        }
        timeline.add(dice.choice(people), dice.choice(KINDS), dice.choice(DATA), **facts)
    return timeline


@pytest.mark.parametrize("seed", range(60))
def test_any_timeline_is_drawn(seed):
    dice = random.Random(seed)
    threads = [ThreadState("Thread-1", "recvfrom", "server.py", 3, peer=dice.choice((None, "alice")))]
    diagram = model.of(a_timeline(dice).result(threads=threads * dice.randint(0, 3)))
    if diagram is None:
        return
    assert len(diagram.lifelines) <= 7
    for encoding in ("utf-8", "ascii", "cp437"):
        for width in (30, 80):
            for line in text.draw(diagram, width, encoding):
                assert columns(line) <= width
                assert line.isprintable()
                line.encode(encoding)
    ET.fromstring(svg.draw(diagram, "any"))


def test_the_dice_do_make_diagrams():
    drawn = [model.of(a_timeline(random.Random(seed)).result()) is not None for seed in range(60)]
    assert sum(drawn) > 40


def test_nothing_is_drawn_of_nothing():
    assert model.of(a_failure()) is None
