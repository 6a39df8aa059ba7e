"""JUnit XML: a real reader finds the grade in it, and it keeps to what all readers allow."""

from __future__ import annotations

import io

import junitparser
import pytest
from hostile_grades import a_hostile_grade, a_run_without_grade
from made_results import a_check, a_grade, a_lab

from checker.grading.model import Grade
from checker.report import junit


@pytest.fixture
def grade() -> Grade:
    return a_hostile_grade()


@pytest.fixture
def no_grade() -> Grade:
    return a_run_without_grade()


COUNT = '<xs:attribute name="{}" type="xs:nonNegativeInteger" use="required"/>'
SCHEMA = f"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="seconds">
    <xs:restriction base="xs:string"><xs:pattern value="[0-9]+\\.[0-9]{{3}}"/></xs:restriction>
  </xs:simpleType>
  <xs:complexType name="result" mixed="true">
    <xs:attribute name="message" use="required"/>
    <xs:attribute name="type"/>
  </xs:complexType>
  <xs:element name="testsuites">
    <xs:complexType>
      <xs:sequence><xs:element ref="testsuite" minOccurs="1" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="name"/>
      <xs:attribute name="time" type="seconds"/>
      {"".join(map(COUNT.format, ("tests", "failures", "errors")))}
    </xs:complexType>
  </xs:element>
  <xs:element name="testsuite">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="properties" minOccurs="0">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="property" maxOccurs="unbounded">
                <xs:complexType>
                  <xs:attribute name="name" use="required"/>
                  <xs:attribute name="value" use="required"/>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded">
          <xs:complexType>
            <xs:sequence>
              <xs:choice minOccurs="0">
                <xs:element name="failure" type="result"/>
                <xs:element name="error" type="result"/>
                <xs:element name="skipped" type="result"/>
              </xs:choice>
              <xs:element name="system-out" type="xs:string" minOccurs="0"/>
            </xs:sequence>
            <xs:attribute name="name" use="required"/>
            <xs:attribute name="classname" use="required"/>
            <xs:attribute name="time" type="seconds" use="required"/>
          </xs:complexType>
        </xs:element>
        <xs:element name="system-out" type="xs:string" minOccurs="0"/>
      </xs:sequence>
      <xs:attribute name="name" use="required"/>
      <xs:attribute name="time" type="seconds"/>
      {"".join(map(COUNT.format, ("tests", "failures", "errors", "skipped")))}
    </xs:complexType>
  </xs:element>
</xs:schema>
"""
"""What the readers of such files have in common, as far as it is written here: what they all allow, and no more."""


def read(grade: Grade) -> junitparser.JUnitXml:
    import xmlschema  # takes its time, and every worker reads this file

    data = junit.to_bytes(grade)
    xmlschema.XMLSchema(SCHEMA).validate(io.BytesIO(data))
    return junitparser.JUnitXml.fromstring(data)


def properties(suite: junitparser.TestSuite) -> dict[str, str]:
    return {one.name: one.value for one in suite.properties()}


def test_junit_is_a_suite_a_lab_and_a_case_a_check(grade: Grade) -> None:
    xml = read(grade)
    third, sixth = list(xml)
    assert [suite.name for suite in xml] == ["lab3_broadcast", "lab6_assignment"]
    assert (xml.tests, xml.failures, xml.errors) == (5, 1, 0)
    assert (third.tests, third.failures, third.errors, third.skipped) == (4, 1, 0, 2)
    assert third.time == pytest.approx(0.414) and sixth.time == 1
    passed, failed, *_skipped = list(third)
    assert (passed.classname, passed.name, passed.time) == ("lab3_broadcast", "reaches_every_other_client", 0.03)
    assert passed.is_passed and failed.is_failure


def test_junit_failures_carry_their_evidence(grade: Grade) -> None:
    (failure,) = list(list(read(grade))[0])[1].result
    assert isinstance(failure, junitparser.Failure)
    assert failure.type == "sends_to_itself"
    assert "\\x1b[31mred" in failure.message
    for part in (
        "A message reaches every other client, once.\n",
        "Probably: the loop leaves out the wrong client (server.py, line 31)",
        "\nexpected  Hi!\n",
        "\ncame      ",
        " at server.py, line 21: ",
        "\nThe last that it printed:\n",
        "\nHint: After recv() returns",
        "\nRead: notebooks/03_broadcast.ipynb",
    ):
        assert part in failure.text, failure.text


def test_junit_skipped_cases_say_why(grade: Grade) -> None:
    reasons = [case.result[0].message for case in list(list(read(grade))[0])[2:]]
    assert reasons == [
        'not tried, as it builds on "A message reaches every other client, once."',
        "not tried, as this is missing: server.py, client.py",
    ]


def test_junit_properties_tell_the_run(grade: Grade) -> None:
    third, sixth = map(properties, read(grade))
    assert third.items() >= {
        "seed": "1234", "points": "3", "max": "12", "checker": "0.1.0", "complete": "true", "title": "a room",
        "points.reaches_every_other_client": "3/3", "points.names_the_sender": "0/3",
    }.items()  # fmt: skip
    assert (sixth["mark"], sixth["points"]) == ("pass", "8")
    assert "mark" not in third


def test_junit_of_no_grade_is_in_error_and_has_no_points(no_grade: Grade) -> None:
    xml = read(no_grade)
    (case,) = list(xml)[0]
    assert case.is_error and case.result[0].message.startswith("NO GRADE: the checker itself failed in 1 check.")
    assert xml.errors == sum(suite.errors for suite in xml) == 2
    assert xml.tests == sum(suite.tests for suite in xml)
    (broken,) = list(xml)[1]
    assert "Traceback" in broken.result[0].text
    for suite in list(xml)[1:]:
        assert properties(suite)["complete"] == "false"
        assert not {name for name in properties(suite) if name.startswith(("points", "mark"))}


def test_junit_of_an_unfinished_run_is_in_error_though_every_check_passed() -> None:
    xml = read(a_grade(a_lab([a_check()]), complete=False))
    assert xml.errors == 1
    assert list(list(xml)[0])[0].result[0].message == "NO GRADE: the run was not finished."
