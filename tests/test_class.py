"""A class graded with one command: whatever is in it, nobody is stopped by another, and an interrupted run goes on."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checker.classroom.crew import Crew, Job
from checker.report import saved
from tests.bad_input.command import BOUND, Place, Run
from tests.conftest import ROOT
from tests.made_class import SPINS, build, packed
from tests.made_handins import tree, zipped

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: who is left is asked of Linux")

LONG_BOUND = 6 * BOUND
DUO = (ROOT / "solutions" / "lab2_duo" / "server.py").read_bytes()
EVERY_KIND = (
    ("packed", "claims", "changed", "corpus 1", "corpus 4", "twin", "empty", "outside", "link", "link in a zip", "bomb")
    + ("another bomb", "spins", "floods", "kills", "broken", "formula", "another archive")
)


def rows_of(data: bytes) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))}


def rows(place: Place, name: str = "marks.csv") -> dict[str, dict[str, str]]:
    return rows_of((place.folder / name).read_bytes())


def small_class(place: Place, count: int) -> None:
    """Hand-ins of lab 2 that differ in a comment."""
    place.put({f"class/student {number}/labs/lab2_duo/server.py": DUO + b"# %d\n" % number for number in range(count)})


def kept(place: Place, results: str = "marks-results") -> set[str]:
    return {path.name for path in (place.folder / results / "kept").iterdir()}


def progress(run: Run) -> list[str]:
    return [line for line in run.out.splitlines() if line.partition("/")[0].isdigit()]


def test_everybody_gets_what_is_theirs_whatever_the_others_are(place: Place) -> None:
    build(place.folder / "class", *EVERY_KIND)
    run = place.run("grade", "3", "--submission", "class", "--csv", "marks.csv", "--bound", "5", bound=LONG_BOUND)
    found = rows(place)
    assert run.status == 1 and run.err == ""
    assert len(found) == len(EVERY_KIND)
    assert {name: (row["status"], row["total"]) for name, row in found.items()} == {
        "Clara Packed": ("graded", "20"),
        "Dima Claims": ("graded", "17"),
        "Elena Changed": ("graded", "17"),
        "Fedor Lab": ("graded", "18"),
        "Ira Twins": ("graded", "17"),
        "Jan Twins": ("graded", "17"),
        "Mila Empty": ("not graded", ""),
        "Nina Outside": ("not graded", ""),
        "Oleg Link": ("graded", "0"),
        "Petr Link": ("graded", "1"),
        "Quinn Bomb": ("not graded", ""),
        "Rita Bomb": ("not graded", ""),
        "Sasha Spins": ("graded", "1"),
        "Tim Floods": ("graded", "0"),
        "Uma Kills": ("graded", "0"),
        "Vera Broken": ("graded", "0"),
        "'=HYPERLINK('http-x','y');'=1+1": ("graded", "1"),
        "Zoya Rar": ("not graded", ""),
    }
    names = [name.lstrip("'").casefold() for name in found]
    assert names == sorted(names)
    assert found["Fedor Lab"]["id"] == "102" and found["Sasha Spins"]["id"] == "104"
    assert found["Dima Claims"]["lost"] == "lab3_broadcast: guards_the_client_list_with_a_lock"
    told = {name: row["notes"] for name, row in found.items()}
    assert "its manifest says 20 points" in told["Dima Claims"] and "manifest" not in told["Clara Packed"]
    assert "changed since it was packed: lab3_broadcast/server.py" in told["Elena Changed"]
    assert [found[name]["packed"] for name in ("Clara Packed", "Elena Changed", "Ira Twins")] == ["agrees", "differs", ""]
    assert told["Jan Twins"] == "the same files as Dima Claims, Ira Twins, byte for byte"
    assert "left out: labs/lab3_broadcast/server.py (a link" in told["Oleg Link"]
    assert "line 1: Python cannot read this" in told["Vera Broken"]
    for name in found:
        assert name.removeprefix("'").partition(";")[0] in run.out
    everything = {path.name for path in place.folder.parent.rglob("*")}
    assert not {"escaped.py", "passwd"} & everything
    assert {path.name for path in place.folder.iterdir()} == {"class", "marks.csv", "marks-results"}


def test_each_result_can_be_read_and_replayed(place: Place) -> None:
    place.put({"Clara.zip": packed(tree()), "Анна.zip": zipped({**tree(), "labs/lab3_broadcast/server.py": b"print(1)\n"})})
    run = place.run("grade", "3", "--submission", "Clara.zip", "Анна.zip", "--results", "of the class", bound=LONG_BOUND)
    assert run.status == 1
    files = {path.name: path for path in (place.folder / "of the class").iterdir()}
    (right,) = [path for name, path in files.items() if name.startswith("Clara-") and name.endswith(".json")]
    (wrong,) = [path for name, path in files.items() if name.startswith("Анна-") and name.endswith(".json")]
    grade = saved.load(right)
    assert (grade.complete, grade.score, grade.submission) == (True, 20, "Clara.zip")
    assert [file.path for file in grade.labs[0].files] == ["labs/lab3_broadcast/server.py"]
    page = wrong.with_suffix(".html").read_text(encoding="utf-8")
    assert "labs/lab3_broadcast/server.py" in page and "chat-lab-class" not in page and "Clara" not in page
    check = grade.labs[0].checks[0].id
    assert place.run("replay", "3", check, "--json", str(right.relative_to(place.folder)), "--at-once").status == 0


def test_all_points_of_all_is_status_0_and_standard_output_can_have_the_csv(place: Place) -> None:
    small_class(place, 2)
    run = place.run("grade", "2", "--submission", "class", "--csv", "-", bound=LONG_BOUND)
    assert run.status == 0
    assert {name: row["total"] for name, row in rows_of(run.out.encode()).items()} == {"student 0": "10", "student 1": "10"}
    assert "2 of 2 graded" in run.err


# Interrupted


def interrupted(place: Place, after: int, signum: int, *options: str) -> subprocess.Popen[str]:
    """A run over the class that is sent a signal once it has said that so many have ended."""
    process = place.start("grade", "2", "--submission", "class", "--csv", "marks.csv", *options)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(f"{after}/"):
            process.send_signal(signum)
            break
    return process


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_goes_on_where_it_was(place: Place, signum: int) -> None:
    small_class(place, 6)
    run = place.ended(interrupted(place, 2, signum, "--jobs", "1"), bound=LONG_BOUND)
    assert run.status == 130 and "Interrupted" in run.err
    place.nothing_is_left()
    before = kept(place)
    assert f"{len(before)} of 6 have been graded, and are kept in marks-results" in " ".join(run.out.split())
    assert 2 <= len(before) < 6
    statuses = [row["status"] for row in rows(place).values()]
    assert statuses.count("graded") == len(before) and statuses.count("not yet") == 6 - len(before)
    stamps = {name: (place.folder / "marks-results" / "kept" / name).stat().st_mtime_ns for name in before}
    run = place.run("grade", "2", "--submission", "class", "--csv", "marks.csv", bound=LONG_BOUND)
    assert run.status == 0
    assert f"{len(before)} of 6 were graded before" in run.out and len(progress(run)) == 6 - len(before)
    assert {name: (place.folder / "marks-results" / "kept" / name).stat().st_mtime_ns for name in before} == stamps
    assert {row["total"] for row in rows(place).values()} == {"10"} and len(kept(place)) == 6


def test_after_a_power_cut_nothing_is_left_and_the_next_run_goes_on(place: Place) -> None:
    small_class(place, 4)
    process = interrupted(place, 1, signal.SIGKILL)
    assert place.ended(process).status == -signal.SIGKILL
    place.wait_until_nobody_is_left()
    place.nothing_is_left()
    before = kept(place)
    assert before
    for half in ("half", "-half"):  # what was being written is no result
        (place.folder / "marks-results" / "kept" / f"{half}.json").write_text('{"outcome": {"standing": "gra')
    run = place.run("grade", "2", "--submission", "class", "--csv", "marks.csv", bound=LONG_BOUND)
    assert run.status == 0 and len(progress(run)) == 4 - len(before)


def test_what_has_changed_is_graded_again_and_nothing_else(place: Place) -> None:
    small_class(place, 2)

    def again(*options: str, lab: str = "2") -> int:
        run = place.run("grade", lab, "--submission", "class", "--csv", "marks.csv", *options, bound=LONG_BOUND)
        assert run.status in (0, 1), run.err
        return len(progress(run))

    assert again() == 2
    assert again() == 0
    place.put({"class/student 1/labs/lab2_duo/server.py": b"print(1)\n"})
    assert again() == 1
    assert [row["total"] for row in rows(place).values()] == ["10", "0"]
    assert again("--afresh") == 2
    assert again("--seed", "7") == 2
    assert again("--seed", "7") == 0
    for page in (place.folder / "marks-results").glob("student 0-*.html"):
        page.unlink()
    assert again() == 1
    assert len(list((place.folder / "marks-results").glob("*.html"))) == 2


# Time, and our own faults


def test_who_takes_too_long_holds_nobody_up(place: Place) -> None:
    spinning = SPINS.encode()
    place.put({"class/spins/labs/lab3_broadcast/server.py": spinning, "class/sleeps/labs/lab3_broadcast/server.py": b""})
    run = place.run("grade", "3", "--submission", "class", "--csv", "marks.csv", "--limit", "0.05", bound=LONG_BOUND)
    assert run.status == 1
    found = rows(place)
    assert (found["spins"]["status"], found["spins"]["total"]) == ("out of time", "")
    assert "not ended after 0.05 minutes, 0 of 1 labs were played: --limit MINUTES" in found["spins"]["notes"]
    run = place.run("grade", "3", "--submission", "class", "--csv", "marks.csv", "--limit", "0.05", bound=LONG_BOUND)
    assert progress(run) == []


def about(folder: Path) -> dict[str, Any]:
    settings = {"seed": 1, "bound": 30.0, "jobs": 2, "limit": 600.0}
    return {"submission": "x", "labs": ["lab2_duo"], "to": str(folder / "x"), **settings}


def with_lab2(source: bytes, folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "lab2_duo").mkdir()
    (folder / "lab2_duo").chmod(0o755)
    (folder / "lab2_duo" / "server.py").write_bytes(source)


def test_a_worker_that_dies_or_fails_costs_one_result(open_folder: Path) -> None:
    crew = Crew(1, 600.0)
    tries: list[int] = []

    def deadly(folder: Path) -> None:
        with_lab2(DUO, folder)
        (worker,) = crew._workers
        tries.append(worker._process.pid)
        os.kill(worker._process.pid, signal.SIGKILL)

    jobs = [
        Job(0, deadly, about(open_folder)),
        Job(1, lambda folder: with_lab2(DUO, folder), about(open_folder / "no such folder")),
        Job(2, lambda folder: (folder / "x" / "y").mkdir(), about(open_folder)),
        Job(3, lambda folder: with_lab2(DUO, folder), about(open_folder)),
    ]
    answers = {answer.job.number: answer for answer in crew.play(jobs)}
    assert answers[0].said is None and "status -9" in answers[0].last_words
    assert len(set(tries)) == 2
    failed, unwritten, graded = (answers[number].said for number in (1, 2, 3))
    assert failed is not None and "FileNotFoundError" in failed["error"]
    assert unwritten is not None and "No such file" in unwritten["error"]
    assert graded is not None and graded["outcome"]["labs"] == {"lab2_duo": [10, 10]}


# The command


def test_one_zip_is_graded_as_a_folder_is(place: Place) -> None:
    place.put({"Иван.zip": packed(tree("labs")), "out.zip": zipped({"../x.py": b""})})
    run = place.grade("2", "--submission", "Иван.zip")
    assert run.status == 1 and run.result is not None
    assert run.result["submission"] == "Иван.zip"
    assert run.result["labs"][0]["files"][0]["path"] == "Иван.zip/lab2_duo/server.py"
    assert "--submission 'Иван.zip'" in run.out and not (place.folder / ".checker").exists()
    run = place.run("grade", "2", "--submission", "out.zip")
    assert (run.status, run.err) == (2, "checker: out.zip: a path in it leads out of it: '../x.py'\n")


def test_labs_may_be_named_before_and_after(place: Place) -> None:
    small_class(place, 2)
    one = "class/student 0"
    for arguments in (("2", "--submission", one), ("--submission", one, "2"), ("--submission", one, "lab2_duo", "--seed", "1")):
        run = place.grade(*arguments)
        assert run.status == 0 and run.result is not None and run.result["max"] == 10, run.err
    run = place.run("grade", "--submission", one, "class/student 1", "2", bound=LONG_BOUND)
    assert run.status == 0 and "2 of 2 graded" in run.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--submission", "class", "nobody"), "there is no nobody"),
        (("--submission", "class", "--html", "x.html"), "say --results DIR"),
        (("--submission", "class", "--check", "x"), "and no --check"),
        (("--submission", "class", "--limit", "0"), "a number of minutes greater than 0"),
        (("--submission", "class", "--csv", "no/such/folder.csv"), "could not be written"),
        (("--submission", "none", "--csv", "x.csv", "--results", "class/student 0/labs/lab2_duo/server.py"), "not be written"),
        (("--submission", "class", "--server", "x.py"), "not both"),
        (("--submission", "class", "none", "1000"), "there is no lab 1000"),
        (("3", "--csv", "marks.csv"), "are for a class: say --submission A B C"),
    ],
)
def test_a_class_that_is_asked_for_wrongly_is_told_so_in_one_line(
    place: Place, arguments: tuple[str, ...], said: str
) -> None:
    small_class(place, 2)
    (place.folder / "none").mkdir()
    run = place.run("grade", *arguments)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("checker: ") and run.err.count("\n") == 1
    assert said in run.err


def test_what_is_kept_is_json_that_says_what_it_is(place: Place) -> None:
    small_class(place, 1)
    assert place.run("grade", "2", "--submission", "class/student 0", "--csv", "marks.csv", bound=LONG_BOUND).status == 0
    (name,) = kept(place)
    found = json.loads((place.folder / "marks-results" / "kept" / name).read_bytes())
    assert found["outcome"]["labs"] == {"lab2_duo": [10, 10]} and found["limit"] == 600
