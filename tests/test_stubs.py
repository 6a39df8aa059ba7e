"""The stubs in labs/ are cut from the solutions, and cutting never costs anybody's work."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from checker.authoring.stubs import BadMarkers, NotAStub, cut, is_untouched, write_stubs

ROOT = Path(__file__).resolve().parents[1]
SOLUTIONS = ROOT / "solutions"
LABS = ROOT / "labs"
STUBS = sorted(path.relative_to(LABS) for path in LABS.glob("lab*/*.py"))
PROGRAMS = [path for path in STUBS if path.name in ("server.py", "client.py")]
COURSE = {"lab1_echo", "lab2_duo", "lab3_broadcast", "lab4_client", "lab5_disconnect", "lab6_assignment"}
"""The labs of the chat. A lab that is added may be about anything."""

SOLUTION = '''\
def double(number):
    """Return twice the number."""
    # TODO 1 of 2: Multiply.
    # By two.
    # Unlocks: doubles.
    # a remark on the code would stand after its first line
    result = 2 * number
    # this one, say
    return result
    # end TODO


def halve(number):
    # TODO 2 of 2: Divide.
    # Unlocks: halves.
    return number / 2
    # until then: print("not yet")
    # until then: return number
    # end TODO
'''

STUB = '''\
def double(number):
    """Return twice the number."""
    # TODO 1 of 2: Multiply.
    # By two.
    # Unlocks: doubles.
    # a remark on the code would stand after its first line
    print("TODO 1 is not written yet")
    return


def halve(number):
    # TODO 2 of 2: Divide.
    # Unlocks: halves.
    # Until it is written:
    print("not yet")
    return number
'''


def body(stub: str) -> str:
    """The stub without its seal."""
    return re.sub(r"\n# Seal of an untouched stub: [0-9a-f]{16}\n\Z", "", stub)


def solution_tree(folder: Path, source: str = SOLUTION) -> Path:
    """A tree like solutions/ with one lab of one program."""
    program = folder / "solutions" / "lab1_echo" / "server.py"
    program.parent.mkdir(parents=True)
    program.write_text(source, encoding="utf-8", newline="\n")
    return folder / "solutions"


def test_the_instructions_stay_and_the_code_goes() -> None:
    assert body(cut(SOLUTION)) == STUB


def test_a_module_without_parts_to_write_comes_back_whole() -> None:
    assert body(cut('GREETING = "Привет"\n')) == 'GREETING = "Привет"\n'


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# TODO 1 of 1: Do it.\npass\n", "line 1: the TODO has no end"),
        ("# TODO 1 of 1: Do it.\npass\n# TODO 2 of 2: More.\n# end TODO\n", "line 3: a TODO inside"),
        ("pass\n# end TODO\n", "line 2: a mark without a TODO"),
        ("pass\n# until then: pass\n", "line 2: a mark without a TODO"),
        ("# TODO 2 of 1: Do it.\npass\n# end TODO\n", "1 parts to write are numbered [2] of [1]"),
        ("# TODO 1 of 3: Do it.\npass\n# end TODO\n", "1 parts to write are numbered [1] of [3]"),
    ],
)
def test_marks_that_do_not_fit_are_named(source: str, said: str) -> None:
    with pytest.raises(BadMarkers, match=re.escape(said)):
        cut(source)


def test_the_seal_tells_a_touched_stub_from_an_untouched_one() -> None:
    stub = cut(SOLUTION)
    assert is_untouched(stub)
    assert not is_untouched(stub.replace("return\n", "return 2 * number\n", 1))
    assert not is_untouched(body(stub))
    assert not is_untouched(stub + "print('mine')\n")
    assert not is_untouched("")


def test_untouched_stubs_follow_a_changed_solution(tmp_path: Path) -> None:
    solutions = solution_tree(tmp_path)
    (written,) = write_stubs(solutions, tmp_path / "labs")
    (solutions / "lab1_echo" / "server.py").write_text(SOLUTION.replace("twice", "double"), encoding="utf-8")
    assert write_stubs(solutions, tmp_path / "labs") == [written]
    assert "double the number" in written.read_text(encoding="utf-8")


def test_line_ends_of_windows_are_no_touch(tmp_path: Path) -> None:
    solutions = solution_tree(tmp_path)
    (written,) = write_stubs(solutions, tmp_path / "labs")
    written.write_bytes(written.read_bytes().replace(b"\n", b"\r\n"))
    assert write_stubs(solutions, tmp_path / "labs") == [written]


@pytest.mark.parametrize("mine", [b"print('mine')\n", b"", b"\xff\xfe\x00", b"edited"])
def test_work_is_never_written_over_unasked(tmp_path: Path, mine: bytes) -> None:
    solutions = solution_tree(tmp_path)
    second = solutions / "lab2_duo" / "server.py"
    second.parent.mkdir()
    second.write_text(SOLUTION, encoding="utf-8")
    first, touched = write_stubs(solutions, tmp_path / "labs")
    touched.write_bytes(touched.read_bytes() + b"# mine\n" if mine == b"edited" else mine)
    kept = touched.read_bytes()
    first.unlink()
    with pytest.raises(NotAStub, match=r"lab2_duo.server\.py") as refused:
        write_stubs(solutions, tmp_path / "labs")
    assert refused.value.path == touched
    assert touched.read_bytes() == kept
    assert not first.exists(), "either all are written or none"
    write_stubs(solutions, tmp_path / "labs", force=True)
    assert is_untouched(touched.read_text(encoding="utf-8"))


def test_the_file_with_wrong_marks_is_named(tmp_path: Path) -> None:
    solutions = solution_tree(tmp_path, "# end TODO\n")
    with pytest.raises(BadMarkers, match=r"lab1_echo.server\.py: line 1"):
        write_stubs(solutions, tmp_path / "labs")


def test_the_committed_stubs_are_those_of_the_solutions(tmp_path: Path) -> None:
    fresh = write_stubs(SOLUTIONS, tmp_path)
    assert [path.relative_to(tmp_path) for path in fresh] == STUBS
    for path in fresh:
        committed = LABS / path.relative_to(tmp_path)
        assert committed.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), committed


@pytest.mark.parametrize("stub", STUBS, ids=str)
def test_a_stub_compiles_and_keeps_the_names_of_its_solution(stub: Path) -> None:
    def names(folder: Path) -> list[str]:
        tree = ast.parse((folder / stub).read_text(encoding="utf-8"))
        return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]

    assert names(LABS) == names(SOLUTIONS)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_every_part_to_write_says_what_it_earns(program: Path) -> None:
    stub = (LABS / program).read_text(encoding="utf-8")
    parts = re.split(r"# TODO \d+ of \d+: ", stub)[1:]
    assert parts
    for part in parts:
        assert "# Unlocks: " in part
    assert "end TODO" not in stub and "until then:" not in stub
    assert "What the checks rely on: " in (ast.get_docstring(ast.parse(stub)) or "")


@pytest.mark.parametrize("program", [path for path in PROGRAMS if path.parts[0] in COURSE], ids=str)
def test_every_program_of_the_course_says_what_is_neither_said_nor_waited_for(program: Path) -> None:
    docstring = (ast.get_docstring(ast.parse((LABS / program).read_text(encoding="utf-8"))) or "").replace("\n", " ")
    assert "ask for no name" in docstring or "no greeting" in docstring
    assert "Do not wait for a newline" in docstring


@pytest.mark.parametrize(
    "program", [path for path in PROGRAMS if "lab5" not in path.parts[0]], ids=str
)  # lab 5's stub is a room that runs: there is nothing that ends it by itself
def test_a_stub_runs_says_what_is_missing_and_ends(program: Path) -> None:
    ran = subprocess.run(
        [sys.executable, program.name, "127.0.0.1", "0"],
        cwd=LABS / program.parent, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert re.search(r"TODO \d is not written yet", ran.stdout)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_both_languages_of_the_assignment_have_the_same_lines() -> None:
    texts: dict[str, dict[str, str]] = {}
    exec((SOLUTIONS / "lab6_assignment" / "texts.py").read_text(encoding="utf-8"), texts)
    russian, english = texts["RUSSIAN"], texts["ENGLISH"]
    assert russian.keys() == english.keys()
    for name, line in russian.items():
        assert set(re.findall(r"\{\w+\}", line)) == set(re.findall(r"\{\w+\}", english[name])), name
