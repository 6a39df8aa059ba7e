"""Mutants of the solutions: what each operator makes, what they are called, and that what is told of them fits."""

from __future__ import annotations

import ast
import functools
import json
import os
import signal
import textwrap
from pathlib import Path

import pytest

from checker.authoring.mutation import Mutant, mutants, of_source
from checker.authoring.mutation_explained import Explanation, explained, explanations, stale
from checker.authoring.mutation_source import Source
from checker.authoring.pool import Record
from checker.grading.rubric import names
from checker.mutating import Findings
from tests.bad_input.command import Place
from tests.conftest import ROOT
from tests.made_results import a_check

EXPLAINED = ROOT / "tests" / "mutants"

OPERATORS = {
    "delete-statement": (
        "s.close()\nx = 1\nx = 2\ny = 3\nprint(x, y)\n",
        ["pass\nx = 1", "pass\nx = 2", "x = 1\npass", "y = 3\npass"],
    ),
    "swap-statements": (
        "def f():\n    s.bind(a)\n    s.listen()\n    t = s\n    t.x()\n",
        ["    s.listen()\n    s.bind(a)", "    t = s\n    s.listen()"],
    ),
    "unwrap-with": ("with lock, open(a) as b:\n    b.x()  # c\n", ["b = open(a)\nif True:\n    b.x()  # c"]),
    "own-lock": ("with the_lock:\n    x()\n", ["with threading.Lock():\n    x()"]),
    "shrink-with": (
        "with lock:\n    a()\n    for b in c:\n        b()\n",
        ["a()\nwith lock:\n    for b in c:\n        b()", "with lock:\n    a()\nfor b in c:\n    b()"],
    ),
    "shrink-try": ("try:\n    a()\n    b()\nexcept E:\n    c()\n", ["a()\ntry:\n    b()\nexcept E:\n    c()"]),
    "unwrap-try": (
        "try:\n    a()\nexcept E:\n    b()\nelse:\n    c()\nfinally:  # d\n    d()\n",
        ["if True:\n    a()\nif True:\n    c()\nif True:\n    d()"],
    ),
    "delete-handler": (
        "try:\n    a()\nexcept E:\n    b()\nexcept F:\n    c()\n",
        ["try:\n    a()\nexcept F:\n    c()", "try:\n    a()\nexcept E:\n    b()"],
    ),
    "delete-finally": ("try:\n    a()\nexcept E:\n    b()\nfinally:\n    c()\n", ["try:\n    a()\nexcept E:\n    b()"]),
    "else-for-finally": (
        "try:\n    a()\nexcept E:\n    b()\nfinally:\n    c()\n",
        ["try:\n    a()\nexcept E:\n    b()\nelse:\n    c()"],
    ),
    "other-way-out": (
        "def f(a):\n    while a:\n        if a:\n            break\n    return a\n",
        ["            continue", "            return\n", "    return None"],
    ),
    "only-once": ("while a:\n    b()\n    # c\n", ["while a:\n    b()\n    break"]),
    "not-all": ("for a in b:\n    a()\n", ["for a in list(b)[1:]:", "for a in list(b)[:-1]:"]),
    "other-condition": ("if not a:\n    b()\n", ["if a:", "if True:", "if False:"]),
    "one-branch": ("a = b if c else d\n", ["a = b\n", "a = d\n"]),
    "boundary": ("a = b < c\n", ["a = b <= c"]),
    "other-operation": (
        "a += b - c\nd = e and f\n",
        ["a = b - c", "a += b\n", "a += c\n", "a += c - b", "d = (e or f)"],
    ),
    "other-constant": (
        'n = 4096\nz = 0\ne = b""\nt = "utf-8"\nprint("ready")\nl.listen()\n',
        ["n = 1\n", "z = 1", "e = b'X'", "t = 'ascii'", "t = 'latin-1'", "l.listen(0)"],
    ),
    "shortened-text": (
        'a = f"[{b}] "\nt = {"x": "of {n} men"}\n',
        ["a = f'{b}] '", "a = f'[] '", "a = f'[{b}'", '"of  men"'],
    ),
    "other-name": ("s.sendall(m)\nt.start()\n", ["s.send(m)", "t.run()"]),
    "written-out": ("s.bind((host, port))\n", ['(("localhost", port))', '(("", port))', "((host, 12345))"]),
    "fewer-arguments": ("T(target=f, daemon=True)\nj(1, timeout=2)\n", ["T(target=f)", "j(1)"]),
    "fewer-calls": ("a = b.strip().lower()\n", ["a = b.strip()\n", "a = b.lower()\n"]),
    "called-at-once": ("Thread(target=f, args=(a, b), daemon=True)\n", ["target=f(a, b),"]),
    "another-daemon": ("Thread(target=f)\n", ["Thread(target=f, daemon=True)"]),
    "swapped-arguments": ("f(a, b)\nexcuse = (a, b.c)\n", ["f(b, a)"]),
    "fewer-exceptions": (
        "try:\n    a()\nexcept OSError:\n    b()\ntry:\n    a()\nexcept (E, F):\n    b()\n",
        ["except ConnectionResetError:", "except BrokenPipeError:", "except (F,):", "except (E,):"],
    ),
}
"""For each operator a program and what must be in its mutants, one for each."""


@functools.cache
def of_lab(lab: str) -> list[Mutant]:
    return list(mutants(ROOT, lab))


def made(text: str) -> list[Mutant]:
    return list(of_source("lab3_broadcast", "server.py", text))


def operator_of(mutant: Mutant) -> str:
    return mutant.name.split(":")[2]


@pytest.mark.parametrize("operator", OPERATORS)
def test_operator(operator: str) -> None:
    text, expected = OPERATORS[operator]
    sources = [one.source for one in made(text) if operator_of(one) == operator]
    left = list(sources)
    for part in expected:
        found = next((source for source in left if part in source), None)
        assert found is not None, (part, sources)
        left.remove(found)
    assert left == []


def test_every_operator_has_an_example_and_makes_something_of_the_solutions() -> None:
    operators = {operator_of(one) for lab in names() for one in of_lab(lab)}
    assert operators <= set(OPERATORS)
    assert set(OPERATORS) - operators == set()


def test_what_cannot_be_compiled_or_reads_the_same_is_no_mutant() -> None:
    assert made("while True:\n    if a:\n        break\nelse:\n    b()\n")
    for one in made("def f():\n    while a:\n        continue\n"):
        compile(one.source, "mutant", "exec")
    sources = [ast.dump(ast.parse(one.source)) for lab in names() for one in of_lab(lab)]
    solutions = {ast.dump(ast.parse(path.read_text(encoding="utf-8"))) for path in (ROOT / "solutions").rglob("*.py")}
    assert not solutions.intersection(sources)


def test_names_are_each_their_own() -> None:
    ids = [one.id for lab in names() for one in of_lab(lab)]
    assert len(ids) == len(set(ids))


def test_a_name_outlives_what_is_changed_elsewhere() -> None:
    text = "def f(s):\n    s.close()\n"
    more = 'import x\n\n\ndef e(s):\n    s.close()\n\n\ndef f(s):\n    # "é"\n    x()\n    s.close()  # at last\n'
    name = "server.py:f:delete-statement:s.close()"
    assert name in {one.name for one in made(text)}
    (moved,) = [one for one in made(more) if one.name == name]
    assert moved.line == 11
    assert "    pass  # at last" in moved.source


def test_two_of_the_same_name_are_numbered() -> None:
    found = [one.name for one in made("def f(s):\n    s.close()\n    x()\n    s.close()\n") if "delete" in one.name]
    assert [name.rpartition("delete-statement:")[2] for name in found] == ["s.close()", "x()", "s.close() #2"]


def test_places_are_counted_in_characters() -> None:
    source = Source('s = "Привет"; t.close()\n')
    (call,) = [node for node in source.nodes() if isinstance(node, ast.Call)]
    assert source.of(call) == "t.close()"


def test_a_mutant_changes_one_file_and_leaves_the_others(tmp_path: Path) -> None:
    mutant = next(one for one in of_lab("lab6_assignment") if one.file == "texts.py")
    built = mutant.build(ROOT, tmp_path)
    assert built == {"server": tmp_path / "server.py", "client": tmp_path / "client.py"}
    differ = {
        path.name
        for path in (ROOT / "solutions" / "lab6_assignment").glob("*.py")
        if path.read_bytes() != (tmp_path / path.name).read_bytes()
    }
    assert differ == {"texts.py"}
    assert mutant.diff(ROOT).startswith("--- lab6_assignment/texts.py\n+++ lab6_assignment/texts.py\n@@ ")


# What is told of those that live


@pytest.mark.parametrize("lab", names())
def test_nothing_is_told_of_mutants_that_are_not(lab: str) -> None:
    told = explanations(EXPLAINED, [lab])
    assert [one.pattern for one in stale(of_lab(lab), told)] == []


def test_each_is_explained_once() -> None:
    told = explanations(EXPLAINED, names())
    several = {}
    for lab in names():
        for mutant in of_lab(lab):
            reasons = [one.pattern for one in told if one.fits(mutant)]
            if len(reasons) > 1:
                several[mutant.id] = reasons
    assert several == {}


def test_a_star_stands_for_any_text_and_nothing_else_for_anything_but_itself(tmp_path: Path) -> None:
    (tmp_path / "lab3_broadcast.toml").write_text(
        textwrap.dedent(
            """\
            [[explained]]
            why = "They say so."
            mutants = ["server.py:f:*[1:]", "server.py:g:.*"]
            """
        )
    )
    told = explanations(tmp_path, ["lab2_duo", "lab3_broadcast"])
    some, other = (
        Mutant("lab3_broadcast", "server.py", name, 1, "") for name in ("server.py:f:b -> list(b)[1:]", "server.py:g:x")
    )
    assert explained(some, told) == "They say so."
    assert explained(other, told) is None
    assert stale([some, other], told) == [Explanation("lab3_broadcast", "server.py:g:.*", "They say so.")]


def found(*outcomes: str, pattern: str = "*") -> Findings:
    """A mutant of each outcome; `pattern` is explained."""
    some = [Mutant("lab3_broadcast", "server.py", f"m{number}", 1, "") for number in range(len(outcomes))]
    told = [Explanation("lab3_broadcast", pattern, "")]
    played = [Record(one, 0, [a_check(outcome=outcome)]) for one, outcome in zip(some, outcomes, strict=True)]
    return Findings(some, told, played)


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        (found("passed"), 0),
        (found("passed", "failed", pattern="m0"), 0),
        (found("passed", "failed"), 1),  # the second is said to live
        (found("passed", "passed", pattern="m0"), 1),
        (found("failed", pattern="m1"), 1),  # there is no m1
        (found("passed", "error"), 3),
    ],
)
def test_status(findings: Findings, status: int) -> None:
    assert findings.status == status


# The command


def test_the_command_names_them(place: Place) -> None:
    ran = place.run("author", "mutants", "3", "--list", "--like", "broadcast:own-lock")
    assert ran.out == "lab3_broadcast/server.py:broadcast:own-lock:clients_lock -> threading.Lock()  (line 38)\n"
    assert ran.status == 0


def test_the_command_plays_them(place: Place) -> None:
    """One that is killed, and one that lives and may."""
    chosen = ("author", "mutants", "3", "--like", "broadcast:o", "--at-once", "2", "--json", "result.json")
    ran = place.run(*chosen)
    place.wait_until_nobody_is_left()  # multiprocessing's own tracker ends when it notices
    known = json.loads((place.folder / "result.json").read_text(encoding="utf-8"))
    outcomes = {one["id"].partition("broadcast:")[2]: (one["outcome"], one["lost"]) for one in known["mutants"]}
    assert outcomes["own-lock:clients_lock -> threading.Lock()"] == ("killed", ["guards_the_client_list_with_a_lock"])
    assert outcomes["other-name:client.sendall(message) -> send"] == ("survived", [])
    assert ran.status == 0, ran.out
    assert "1 live, of which 0 unexplained" in ran.words
    assert "killed    lab3_broadcast/server.py:broadcast:own-lock" in ran.err


@pytest.mark.needs("posix")  # Ctrl-C for one program
def test_ctrl_c_ends_it_and_what_is_known_is_told(place: Place) -> None:
    process = place.start("author", "mutants", "3", "--at-once", "1")
    assert process.stderr is not None
    first = process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    ran = place.ended(process)
    place.wait_until_nobody_is_left()  # multiprocessing's own tracker ends when it notices
    assert first.startswith(("killed", "survived"))
    assert ran.status == 130
    assert "were not played." in ran.words


@pytest.mark.parametrize("wrong", [("--at-once", "0"), ("--bound", "-1"), ("1000",)])
def test_asked_wrongly(place: Place, wrong: tuple[str, ...]) -> None:
    ran = place.run("author", "mutants", *wrong)
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1
