"""What is made of a corpus that was played: marks, survivors, needless checks, what changed between runs."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from checker import cli
from checker.authoring import matrix_text
from checker.authoring.corpus import Case, Disagreement, Played
from checker.authoring.differing import MOST_KEPT, Differing
from checker.authoring.load import Measured
from checker.authoring.matrix import Matrix
from checker.authoring.playing import Playing
from checker.authoring.pool import How, Record
from checker.authoring.progress import Progress
from checker.report import saved
from checker.report.pen import Pen
from tests.conftest import ROOT
from tests.made_corpus import CHECKS, LAB, a_case, a_record
from tests.made_results import Terminal, words

ONE, OTHER, THIRD = CHECKS[:3]


def played(tmp_path: Path, *records: Record, repeat: int = 1, complete: bool = True) -> Playing:
    """What the command knows once these have come."""
    cases = list({record.job.name: record.job for record in records}.values())
    matrices = {LAB: Matrix.of(LAB, CHECKS, cases)}
    playing = Playing(ROOT, How(seed=10), repeat, 2, matrices, Differing(tmp_path / "kept"), complete)
    with Progress(Pen(io.StringIO()), "", len(records)) as progress:
        for record in records:
            playing.take(record, progress)
    playing.measured = Measured(12.0, 0.5)
    return playing


def shown(playing: Playing) -> str:
    file = io.StringIO()
    matrix_text.show(Pen(file), playing)
    return file.getvalue()


def marks(text: str, name: str) -> list[str]:
    """The marks in a program's line of the matrix."""
    line = next(line for line in text.splitlines() if line.endswith(f"  {name}"))
    return line.removesuffix(name).split()


# What is foretold, and what is met


@pytest.mark.parametrize(
    ("case", "outcomes", "causes", "disagreement"),
    [
        (a_case(loses=(ONE,)), {ONE: "failed"}, {}, Disagreement()),
        (a_case(loses=(ONE,)), {ONE: "failed", OTHER: "failed"}, {}, Disagreement(lost=(OTHER,))),
        (a_case(loses=(ONE,)), {OTHER: "error"}, {}, Disagreement(lost=(OTHER,), kept=(ONE,))),
        (a_case(loses=(ONE,)), {ONE: "skipped"}, {}, Disagreement(kept=(ONE,), skipped=(ONE,))),
        (a_case(loses=(ONE,)), {ONE: "failed"}, {ONE: "why"}, Disagreement(told=("why",))),
        (a_case(loses=(ONE,), causes=("why",)), {ONE: "failed"}, {ONE: "why"}, Disagreement()),
        (a_case(loses=(ONE,), causes=("why",)), {ONE: "failed"}, {}, Disagreement(not_told=("why",))),
    ],
)
def test_in_what_a_program_is_not_as_foretold(
    case: object, outcomes: dict[str, str], causes: dict[str, str], disagreement: Disagreement
) -> None:
    record = a_record(case, causes=causes, **outcomes)  # type: ignore[arg-type]
    assert Played(record.job, record.results).disagreement == disagreement
    assert bool(disagreement) == (disagreement != Disagreement())


def test_where_less_is_seen_fewer_causes_are_asked_for() -> None:
    case = a_case(loses=(ONE,), causes=("why",))
    without = a_record(case, **{ONE: "failed"}).results
    assert not Played(case, without, proved=False).disagreement
    another = a_record(case, causes={ONE: "because"}, **{ONE: "failed"}).results
    assert Played(case, another, proved=False).disagreement == Disagreement(told=("because",))


# The matrix


def test_marks(tmp_path: Path) -> None:
    text = shown(
        played(
            tmp_path,
            a_record(a_case("as_told", loses=(ONE,)), **{ONE: "failed"}),
            a_record(a_case("another", loses=(ONE,)), **{OTHER: "failed"}),
            a_record(a_case("skips", loses=(ONE,)), **{ONE: "failed", OTHER: "skipped"}),
            a_record(a_case("breaks", loses=(ONE,)), **{ONE: "failed", OTHER: "error"}),
            a_record(a_case("right", loses=())),
            a_record(a_case("right_and_loses", loses=()), **{ONE: "failed"}),
        )
    )
    rest = ["."] * (len(CHECKS) - 2)
    assert marks(text, "as_told") == ["x", ".", *rest]
    assert marks(text, "another") == ["o", "!", *rest]
    assert marks(text, "skips") == ["x", "~", *rest]
    assert marks(text, "breaks") == ["x", "E", *rest]
    assert marks(text, "right_and_loses") == ["!", ".", *rest]
    assert "  right\n" not in text
    assert f"  1  {ONE}\n" in text
    assert all(len(line) <= 80 for line in text.splitlines() if "--json" not in line)


def test_the_legend_tells_the_marks_that_there_are(tmp_path: Path) -> None:
    text = words(shown(played(tmp_path, a_record(a_case(loses=(ONE,)), **{ONE: "failed"}))))
    assert "x lost; . kept" in text
    assert "not lost, and should be" not in text


def test_survivors_and_needless_checks_are_named(tmp_path: Path) -> None:
    playing = played(
        tmp_path,
        a_record(a_case("survives", loses=(THIRD,))),
        a_record(a_case("loses_two", loses=(ONE, OTHER)), **{ONE: "failed", OTHER: "failed"}),
        a_record(a_case("loses_one", loses=(OTHER,)), **{OTHER: "failed"}),
        a_record(a_case("right_and_loses", loses=()), **{CHECKS[3]: "failed"}),
    )
    matrix = playing.matrices[LAB]
    assert matrix.survivors == ["survives"]
    assert matrix.right_that_lose == ["right_and_loses"]
    assert matrix.unneeded == CHECKS[2:]
    assert matrix.never_alone == [ONE]
    text = words(shown(playing))
    assert f"Wrong programs that lost nothing: {LAB}/survives" in text
    assert f"Right programs that lost a point: {LAB}/right_and_loses" in text
    assert f"could not fail: {LAB}/{THIRD}" in text
    assert f"loses alone (good to know, nothing to mend): {LAB}/{ONE}" in text
    assert f"{CHECKS[3]} ended so in run 0." in text
    assert playing.status == 1


def test_of_a_part_nobody_says_what_is_not_needed(tmp_path: Path) -> None:
    text = words(shown(played(tmp_path, a_record(a_case(loses=(ONE,)), **{ONE: "failed"}), complete=False)))
    assert "could not fail" not in text
    assert "Broken off: 1 of 1 programs" in text


def test_of_what_was_broken_off_the_rounds_count_that_were_played_whole(tmp_path: Path) -> None:
    first, second = a_case("first", loses=(ONE,)), a_case("second", loses=(ONE,))
    records = [a_record(case, run, **{ONE: "failed"}) for case, run in ((first, 0), (second, 0), (first, 1))]
    text = shown(played(tmp_path, *records, repeat=4, complete=False))
    assert "Rounds that were played whole, 1 of 4: 0 verdicts changed." in text and "Played" not in text


@pytest.mark.parametrize(
    ("case", "outcomes", "causes", "check"),
    [
        (a_case(loses=(OTHER,)), {OTHER: "failed"}, {OTHER: "because"}, OTHER),
        (a_case(loses=(OTHER,), causes=("because",)), {OTHER: "failed"}, {}, OTHER),
        (a_case(loses=(OTHER,)), {}, {}, OTHER),
        (a_case(loses=(OTHER,)), {OTHER: "failed", THIRD: "failed"}, {OTHER: "because"}, THIRD),
        (replace(a_case(loses=(OTHER,)), skips=frozenset({THIRD})), {OTHER: "failed"}, {}, THIRD),
    ],
)
def test_the_check_to_look_at_is_one_that_differs(
    case: Case, outcomes: dict[str, str], causes: dict[str, str], check: str, tmp_path: Path
) -> None:
    text = shown(played(tmp_path, a_record(case, causes=causes, **outcomes)))
    assert f"replay 2 {check} --json" in text


def test_status(tmp_path: Path) -> None:
    good = a_record(a_case(loses=(ONE,)), **{ONE: "failed"})
    assert played(tmp_path, good).status == 0
    assert played(tmp_path, a_record(a_case(loses=(ONE,)), **{ONE: "error"})).status == 3
    idle = played(tmp_path, good)
    idle.measured = Measured(12.0, 0.5, [0.3, 0.4])
    assert idle.status == 3


# What changes between runs


def test_a_verdict_that_changes_is_counted_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = a_case("wavers", loses=(ONE,))
    steady = a_case("steady", loses=(OTHER,))
    records = [a_record(case, run, **{ONE: "passed" if run == 1 else "failed"}) for run in range(4)]
    playing = played(tmp_path, *records, *(a_record(steady, run, **{OTHER: "failed"}) for run in range(4)), repeat=4)

    (changed,) = playing.differing.changed
    assert (changed.program, changed.check) == (f"{LAB}/wavers", ONE)
    assert [(verdict.outcome, runs) for verdict, runs in changed.runs.items()] == [("failed", [0, 2, 3]), ("passed", [1])]
    assert playing.status == 1
    text = shown(playing)
    assert marks(text, "wavers")[0] == "*"
    assert "1 verdict changed between runs:" in text
    assert "3 times failed" in text and "1 time passed" in text

    kept = playing.differing.kept
    assert set(kept) == {f"{LAB}/wavers"} and set(kept[f"{LAB}/wavers"]) == {0, 1}
    path = kept[f"{LAB}/wavers"][0]
    grade = saved.load(path)
    assert (grade.seed, grade.labs[0].checks[0].timeline) == (10, records[0].results[0].timeline)
    assert Path(grade.labs[0].files[0].path).read_text() == (ROOT / f"solutions/{LAB}/server.py").read_text()
    assert cli.main(["replay", "2", ONE, "--json", str(path)]) == 1
    assert f"{ONE} ended so in run 0." in words(capsys.readouterr().out)


def test_a_cause_that_changes_is_a_change(tmp_path: Path) -> None:
    case = a_case(loses=(ONE,), causes=("why", "because"))
    records = [a_record(case, run, causes={ONE: cause}, **{ONE: "failed"}) for run, cause in enumerate(["why", "because"])]
    (changed,) = played(tmp_path, *records, repeat=2).differing.changed
    assert [(verdict.cause, runs) for verdict, runs in changed.runs.items()] == [("why", [0]), ("because", [1])]


def test_what_is_always_the_same_and_as_it_should_be_is_not_kept(tmp_path: Path) -> None:
    case = a_case(loses=(ONE,))
    playing = played(tmp_path, *(a_record(case, run, **{ONE: "failed"}) for run in range(3)), repeat=3)
    assert (playing.differing.changed, playing.differing.kept) == ([], {})
    assert not (tmp_path / "kept").exists()
    assert playing.status == 0


def test_what_is_never_as_it_should_be_is_kept_a_few_times(tmp_path: Path) -> None:
    case = a_case(loses=(ONE,))
    runs = MOST_KEPT + 5
    playing = played(tmp_path, *(a_record(case, run, **{OTHER: "failed"}) for run in range(runs)), repeat=runs)
    assert playing.differing.changed == []
    assert sorted(playing.differing.kept[f"{LAB}/wrong"]) == list(range(MOST_KEPT))


def test_where_nothing_can_be_kept_all_the_same_is_counted(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("in the way")
    case = a_case(loses=(ONE,))
    playing = played(tmp_path, a_record(case, 0, **{ONE: "failed"}), a_record(case, 1), repeat=2)
    assert (len(playing.differing.changed), playing.differing.kept[f"{LAB}/wrong"]) == (1, {})
    assert "Grades could not be kept:" in shown(playing)


def test_json(tmp_path: Path) -> None:
    case = a_case("wavers", loses=(ONE,))
    found = played(tmp_path, a_record(case, 0, **{ONE: "failed"}), a_record(case, 1), repeat=2).as_json()
    (lab,) = found["labs"]
    (program,) = lab["programs"]
    assert (found["version"], found["seed"], found["repeat"], found["complete"]) == (1, 10, 2, True)
    assert (found["right"], found["wrong"], found["disagree"]) == (0, 1, [f"{LAB}/wavers"])
    assert (lab["lab"], lab["checks"], lab["survivors"]) == (LAB, CHECKS, ["wavers"])
    assert [run["seed"] for run in program["runs"]] == [10, 11]
    assert program["runs"][0]["verdicts"][ONE] == {"outcome": "failed", "cause": None}
    assert (program["runs"][0]["disagreement"], program["runs"][1]["disagreement"]["kept"]) == (None, (ONE,))
    assert found["changed"][0]["verdicts"] == [
        {"outcome": "failed", "cause": None, "runs": [0]},
        {"outcome": "passed", "cause": None, "runs": [1]},
    ]
    assert set(found["kept"][f"{LAB}/wavers"]) == {"0", "1"}


# How far it is


def test_away_from_a_terminal_progress_is_a_few_lines() -> None:
    file = io.StringIO()
    with Progress(Pen(file), "Playing", 200, now=lambda: 7.0) as progress:
        for number in range(200):
            progress.step(f"{number} so far")
    lines = file.getvalue().splitlines()
    assert (lines[0], len(lines), lines[-1]) == ("Playing", 11, "  200 of 200, 0 s, 199 so far")


def test_on_a_terminal_progress_is_a_bar_that_goes_and_lines_that_stay() -> None:
    file = Terminal()
    with Progress(Pen(file), "Playing", 2) as progress:
        progress.say("disagrees: \x1b[31m[bold]one[/bold]", "bad")
        progress.step("1 disagrees")
    assert "disagrees: \\x1b[31m[bold]one[/bold]" in file.getvalue()
    assert "1/2" in file.getvalue()
