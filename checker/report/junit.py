"""A grade as JUnit XML: a suite for each lab, a case for each check, as Jenkins, GitLab and their like read it.

Nobody owns the format. What is written here is what https://github.com/testmoapp/junitxml describes and the Jenkins xUnit
plugin's junit-10.xsd allows as well, so properties stand in suites alone and times have three decimals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.grading.model import CheckResult, Grade, LabResult, Outcome
from checker.report import words
from checker.report.plain import bounded, clean, details, titles, verdict
from checker.texts import _

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_MESSAGE = 1_000
MOST_DETAILS = 20_000
"""Characters of a message, which is shown in one line, and of the text below it."""

COUNTED: dict[str, Outcome] = {"failures": "failed", "errors": "error", "skipped": "skipped"}


def to_bytes(grade: Grade) -> bytes:
    """The grade as an XML file, UTF-8."""
    from xml.etree import ElementTree

    checks = [check for lab in grade.labs for check in lab.checks]
    said = words.no_grade(grade)
    counts = _counts(checks)
    del counts["skipped"]  # which the schema allows in suites alone
    counts["tests"] += said is not None
    counts["errors"] += said is not None
    root = ElementTree.Element("testsuites", name="checker", time=_time(sum(lab.seconds for lab in grade.labs)))
    _set(root, counts)
    if said is not None:
        _not_a_grade(root, said)
    for lab in grade.labs:
        _suite(root, lab, grade)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _not_a_grade(root: Element, said: str) -> None:
    """A case of its own that is in error: no reader of the file may take the run for a success."""
    suite = _child(root, "testsuite", name="checker")
    _set(suite, {"tests": 1, "failures": 0, "errors": 1, "skipped": 0})
    case = _child(suite, "testcase", name="gives_a_grade", classname="checker", time=_time(0))
    _child(case, "error", message=said, type="checker")


def _suite(root: Element, lab: LabResult, grade: Grade) -> None:
    suite = _child(root, "testsuite", name=lab.lab, time=_time(lab.seconds))
    _set(suite, _counts(lab.checks))
    properties = _child(suite, "properties")
    for name, value in _properties(lab, grade).items():
        _child(properties, "property", name=name, value=value)
    known = titles(lab)
    for check in lab.checks:
        _case(suite, check, lab.lab, known)
    said = [bounded(one, MOST_DETAILS) for one in (lab.missing, *lab.notes) if one]
    if said:
        _child(suite, "system-out", "\n".join(said))


def _properties(lab: LabResult, grade: Grade) -> dict[str, str]:
    facts: dict[str, str | int | None] = {
        "title": lab.title,
        "submission": grade.submission,
        "checker": grade.checker,
        "python": grade.python,
        "platform": grade.platform,
        "rest": grade.rest,
        "seed": grade.seed,
        "complete": str(grade.complete).lower(),
        "max": lab.max,
    }
    if words.no_grade(grade) is None:
        facts |= {"points": lab.score, "mark": lab.mark}
        facts |= {f"points.{check.id}": f"{check.points}/{check.max}" for check in lab.checks}
    facts |= {f"file.{number}": file.path for number, file in enumerate(lab.files, 1)}
    return {name: clean(str(value)) for name, value in facts.items() if value is not None}


def _case(suite: Element, check: CheckResult, lab: str, known: dict[str, str]) -> None:
    case = _child(suite, "testcase", name=check.id, classname=lab, time=_time(check.seconds))
    message = verdict(check, known, MOST_MESSAGE)
    title = clean(check.title)
    if check.outcome == "failed":
        kind = "failed" if check.cause is None else check.cause.id
        _child(case, "failure", f"{title}\n{details(check, MOST_DETAILS)}", message=message, type=kind)
    elif check.outcome == "skipped":
        _child(case, "skipped", message=message)
    elif check.outcome == "error":
        whole = verdict(check, known, MOST_DETAILS)
        _child(case, "error", f"{title}\n{whole}", message=_("The checker itself failed."), type="checker")
    if check.note:
        _child(case, "system-out", bounded(check.note, MOST_DETAILS))


def _counts(checks: list[CheckResult]) -> dict[str, int]:
    outcomes = [check.outcome for check in checks]
    return {"tests": len(checks), **{name: outcomes.count(outcome) for name, outcome in COUNTED.items()}}


def _set(element: Element, counts: dict[str, int]) -> None:
    for name, count in counts.items():
        element.set(name, str(count))


def _child(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    from xml.etree.ElementTree import SubElement

    child = SubElement(parent, tag, attributes)
    child.text = text
    return child


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"
