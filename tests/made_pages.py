"""A grade with everything in it that a page has to show, made by hand, and pages read as their elements."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from made_results import a_check, a_failure, a_grade, a_lab

from checker.grading.model import Cause, LabResult, Text, ThreadState

HOSTILE = (
    "<script>window.hacked = 1; alert(1)</script><img src='http://127.0.0.1:9/x' onerror='window.hacked = 2'>"
    "</pre></svg></style><style>body { display: none }</style>\" onfocus=\"window.hacked = 3 &amp; {{ 7 * 7 }} "
    "\x1b[2J\x1b]0;title\x07\x00\x08\r \u202egnp.exe\u202c \u2066\u200b\ufeff שלום 你好 e" + "\u0301" * 40
)
"""What a program may print that wants to do more than be read."""

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "line", "rect", "circle", "polygon", "polyline", "use", "stop"}
WITHIN_A_LINE = {"a", "abbr", "b", "code", "em", "i", "mark", "strong", "tspan"}


@dataclass
class Element:
    """One element of a page: its name, its attributes and the text in it."""

    name: str
    attributes: dict[str, str]
    inside: tuple[str, ...] = ()
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All the text in it, each run of blanks as one."""
        return " ".join("".join(self.parts).split())

    def is_a(self, *classes: str) -> bool:
        """Whether it has all these classes."""
        return set(classes) <= set(self.attributes.get("class", "").split())


class Page(HTMLParser):
    """A page, read; `elements` in the order in which they begin."""

    def __init__(self, source: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source.decode("utf-8")
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(self.source)
        self.close()
        assert not self._open, f"never closed: {[one.name for one in self._open]}"

    def handle_starttag(self, tag, attrs):
        if tag not in WITHIN_A_LINE:
            self.handle_data(" ")
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(one.name for one in self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open and self._open[-1].name == tag, f"</{tag}> closes {self._open[-1:]}"
            self._open.pop()
            if tag not in WITHIN_A_LINE:
                self.handle_data(" ")

    def handle_data(self, data):
        for element in self._open:
            element.parts.append(data)

    def all(self, name: str = "", *classes: str) -> list[Element]:
        """The elements of this name and these classes."""
        return [one for one in self.elements if (not name or one.name == name) and one.is_a(*classes)]

    def one(self, name: str = "", *classes: str) -> Element:
        """The only element of this name and these classes."""
        (found,) = self.all(name, *classes)
        return found

    @property
    def text(self) -> str:
        """All that there is to read."""
        return self.one("body").text


def a_timeline(text: str = "Hi! bcdfghjk") -> list[dict]:
    """What happened before bob heard nothing."""
    said = {"data": text, "escaped": Text.of(text).escaped, "size": len(text)}
    return [
        {"t": 0.0, "who": "server", "kind": "started", "step": 1, "file": "server.py", "pid": 7, "port": 20_000},
        {"t": 0.01, "who": "server", "kind": "output", "step": 1, "stream": "stdout", **said},
        {"t": 0.02, "who": "server", "kind": "listening", "step": 1, "host": "127.0.0.1", "port": 20_000},
        {"t": 0.03, "who": "alice", "kind": "connected", "step": 2, "port": 40_001, "to": 20_000},
        {"t": 0.04, "who": "bob", "kind": "connected", "step": 3, "port": 40_002, "to": 20_000},
        {"t": 0.05, "who": "alice", "kind": "sent", "step": 4, **said},
        {"t": 0.06, "who": "alice", "kind": "received", "step": 4, **said},
        {"t": 0.07, "who": "checker", "kind": "rest", "step": 4},
        {"t": 0.08, "who": "bob", "kind": "missing", "step": 4, "said_by": "alice", **said},
        {"t": 0.09, "who": "checker", "kind": "verdict", "step": 4, "text": "bob received nothing."},
    ]


def a_whole_failure(**facts):
    """A failed check with everything that a page can show of one."""
    fields = {
        "message": "alice said something and bob received something else.",
        "expected": Text.of("Hi! bcdfghjk"),
        "got": Text.of("[alice] Hi! bcdxghjk\n"),
        "cause": Cause("sends_to_itself", "the loop leaves out the wrong `client`", 31, "server.py"),
        "threads": [
            ThreadState("MainThread", "accept4", "server.py", 69, "connection = listener.accept()"),
            ThreadState("Thread-1", "futex", "server.py", 50, "with send_lock:", ["clients_lock"], "send_lock"),
        ],
        "output": Text.of("".join(f"line {number}\n" for number in range(40))),
        "timeline": a_timeline(),
        "seconds": 0.25,
    }
    return a_failure(**{**fields, **facts})


def a_hostile_failure(**facts):
    """A failed check of a program that has put `HOSTILE` wherever a program can put something."""
    hostile = {
        "message": f"bob received {HOSTILE}",
        "expected": Text.of("Hi! bcdfghjk" + HOSTILE),
        "got": Text.of("Hi! bcdf" + HOSTILE + "M" * 2**20),
        "cause": Cause("x", HOSTILE, 1, HOSTILE),
        "threads": [ThreadState(HOSTILE, HOSTILE, HOSTILE, 7, HOSTILE + "S" * 2**20, [HOSTILE], HOSTILE)],
        "output": Text.of((HOSTILE + "O" * 2**16 + "\n") * 3),
        "note": HOSTILE,
        "timeline": a_timeline(HOSTILE),
    }
    return a_whole_failure(**{**hostile, **facts})


def half_right(**facts):
    """A grade in which everything occurs once: a lab passed, failed, missing, unreadable, hostile, and one with a mark."""
    failed = a_whole_failure(read="notebooks/03_broadcast.ipynb#one-list-many-threads")
    labs = [
        a_lab([a_check(id="same_bytes", seconds=0.1, ended_by="seen")], lab="lab1_echo", title="a first connection"),
        LabResult("lab2_duo", 3, [], [skipped("server.py")], missing="There is no folder labs/lab2_duo.", title="two people"),
        a_lab(
            [
                a_check(
                    id="carries_unicode", title="`Unicode` arrives.", ended_by="rest", evidence="inside", note="Seen once."
                ),
                failed,
                a_whole_failure(id="names_the_sender", title="It bears the port."),
                a_failure(
                    id="told_little",
                    title="Little is told of it.",
                    message=None,
                    hint=None,
                    read=None,
                    expected=Text.of("Hi! bcdfghjk"),
                    got=Text.of("Hi!"),
                ),
                skipped("reaches_every_other_client"),
            ],
            title="a room",
            notes=["server.py begins with a mark.", "server.py begins with a mark."],
        ),
        LabResult("lab4_client", 3, [], [skipped("client.py")], title="a client", missing=UNREADABLE),
        a_lab([a_hostile_failure()], lab="lab5_disconnect", title="when somebody leaves"),
        a_lab([a_check(id="chats", evidence="text")], lab="lab6_assignment", title="the whole of it", mark="pass"),
    ]
    return a_grade(*labs, **{"asked": "--submission labs", **facts})


UNREADABLE = """client.py, line 31: Python cannot read this.
    31 | while True
       |           ^
Correct it, save, and grade again."""


def skipped(because):
    """A check that was not tried."""
    return a_check(id="keeps_order", title="Fifty arrive in order.", outcome="skipped", points=0, skipped_because=because)
