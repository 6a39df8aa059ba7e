"""The screen: what a student reads of a lab, of several, of a whole grade."""

import io
import re
import subprocess
import sys

import pytest
from made_results import NOW, a_check, a_failure, a_grade, a_lab, shown, words

from checker.grading.model import GradedFile
from checker.report.screen import Screen

# The first line


def test_the_first_line_names_the_lab_the_file_and_when_it_was_saved():
    first = shown(a_check()).splitlines()[0]
    assert first.startswith("Lab 3: a room  labs/lab3_broadcast/server.py, saved 3 minutes ago")


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (0, "saved 0 seconds ago"),
        (-0.5, "saved 0 seconds ago"),
        (1, "saved 1 second ago"),
        (59, "saved 59 seconds ago"),
        (60, "saved 1 minute ago"),
        (2 * 3600, "saved 2 hours ago"),
        (3 * 24 * 3600, "saved on 2023-11-1"),
        (-3600, "saved on 2023-11-1"),
    ],
)
def test_when_a_file_was_saved_is_told_in_words(age, said):
    text = words(shown(a_check(), files=[GradedFile("server.py", "", NOW - age)]))
    assert said in text


def test_an_unchanged_file_is_called_so():
    assert "unchanged since the last grade" in words(shown(a_check(), unchanged=True))
    assert "unchanged" not in shown(a_check())


def test_a_title_that_names_its_lab_is_not_named_twice():
    file = io.StringIO()
    Screen(file, now=NOW).begin_lab("Lab 3, a room", 3, a_lab(), False)
    assert file.getvalue().startswith("Lab 3, a room  labs/")


def test_two_files_are_each_named():
    files = [GradedFile("labs/a/server.py", "", NOW), GradedFile("labs/a/client.py", "", NOW)]
    first, second = shown(a_check(), files=files).splitlines()[:2]
    assert "server.py" in first
    assert "client.py" in second


# Checks


def test_a_passed_check_is_one_line():
    assert " ✓   3/3  A message reaches every other client, once.\n" in shown(a_check())


def test_a_skipped_check_names_what_it_builds_on_by_its_title():
    text = shown(
        a_failure(),
        a_check(
            id="b", title="B.", outcome="skipped", points=0, skipped_because="reaches_every_other_client"
        ),
    )
    assert " –   0/3  B.\n" in text
    assert 'not tried, as it builds on "A message reaches every other client, once."' in words(text)


def test_what_a_skipped_check_builds_on_is_named_by_its_id_where_it_was_not_shown():
    text = shown(a_check(outcome="skipped", points=0, skipped_because="unseen"))
    assert 'it builds on "unseen"' in words(text)


def test_checks_without_their_program_are_one_line_and_the_reason_is_told_once():
    away = [
        a_check(id=f"c{n}", title=f"Title {n}.", outcome="skipped", points=0, skipped_because="client.py")
        for n in range(3)
    ]
    text = shown(a_check(), *away, missing="There is no client.py in labs/lab1_echo.")
    assert "Title" not in text
    assert "3 checks of client.py were not tried (9 points)." in words(text)
    assert text.count("There is no client.py in labs/lab1_echo.") == 1


def test_a_lab_that_cannot_be_graded_says_why_once_and_has_no_points():
    skipped = a_check(outcome="skipped", points=0, skipped_because="server.py")
    text = shown(skipped, files=[], missing="server.py: line 3 is no Python:\n    3 | def (:\n      |     ^")
    assert text.count("line 3 is no Python") == 1
    assert "\n      |     ^\n" in text
    assert "0 of 3 points." in text


def test_notes_are_told_once():
    assert (
        words(shown(a_check(), notes=["Your folder holds its own socket.py."])).count("its own socket.py")
        == 1
    )


def test_a_note_of_a_passed_check_is_told():
    assert "Note: send() may send less" in shown(a_check(note="send() may send less than it was given."))


def test_the_checkers_own_failure_is_loud_and_no_grade():
    broken = a_check(outcome="error", points=0, message="The checker itself failed:\nTraceback\n  File x")
    text = shown(broken)
    assert " !   0/3" in text
    assert "THE CHECKER ITSELF FAILED" in text
    assert "      File x" in text
    file = io.StringIO()
    Screen(file).end(a_grade(a_lab([broken]), complete=False))
    assert "NO GRADE: the checker itself failed in 1 check." in file.getvalue()


def test_an_interrupted_run_is_no_grade():
    file = io.StringIO()
    Screen(file).end(a_grade(a_lab([a_check()]), complete=False))
    assert "NO GRADE: the run was not finished." in file.getvalue()


# The end of a lab and of a grade


def test_a_lab_ends_with_its_points_and_where_to_begin():
    text = shown(a_check(), a_failure(id="b", title="B."))
    assert "3 of 6 points." in text
    assert text.rstrip().endswith("Begin with: B.")


def test_a_full_lab_is_called_so():
    assert "3 of 3 points: every one of them." in shown(a_check())


@pytest.mark.parametrize("mark", ["none", "pass", "full"])
def test_lab_6_has_a_mark(mark):
    assert re.search(rf"Mark: .*{mark.replace('none', 'no pass')}", shown(a_check(), mark=mark))


def test_several_labs_are_summed_and_the_run_can_be_repeated():
    file = io.StringIO()
    Screen(file).end(a_grade(a_lab([a_check()]), a_lab([a_failure()])))
    assert "Together: 3 of 6 points." in file.getvalue()
    assert "--seed 1234" in file.getvalue()


def test_the_overview_is_a_line_a_lab_as_they_come_and_what_is_next():
    file = io.StringIO()
    labs = [
        a_lab([a_check()], lab="lab1_echo"),
        a_lab([a_failure()]),
        a_lab([], lab="lab4_client", max=14, files=[], missing="No client.py."),
    ]
    lines_before = []

    def coming():
        for lab in labs:
            lines_before.append(len(file.getvalue().splitlines()))
            yield lab

    Screen(file).overview(coming())
    text = file.getvalue()
    assert lines_before == [0, 1, 2]
    assert re.search(r"✓ lab1_echo +3 of +3", text)
    assert re.search(r"✗ lab3_broadcast +0 of +3", text)
    assert re.search(r"– lab4_client +0 of 14\n +No client.py.", text)
    assert text.endswith("next: python -m checker grade 3\n")


def test_the_overview_of_finished_labs_says_so():
    file = io.StringIO()
    Screen(file).overview([a_lab([a_check()])])
    assert "Well done" in file.getvalue()


def test_a_pipe_needs_no_rich():
    code = (
        "import io, sys; from checker.report.screen import Screen; from checker.grading.model import *;"
        "s = Screen(io.StringIO()); l = LabResult('lab3_broadcast', 3);"
        "s.begin_lab('a', 3, l, False); s.check(CheckResult('a', 'A.', 'passed', 3, 3), l.lab); s.end_lab(l);"
        "print([name for name in sys.modules if name.startswith('rich')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
