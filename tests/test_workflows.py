"""The GitHub workflows: what GitHub takes, and what they do when their lines are run."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPT = re.compile(r"^( +)run: \|\n((?:\1  .*\n)+)", re.MULTILINE)


def test_github_takes_them() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    run = subprocess.run([*command, *WORKFLOWS], stdout=subprocess.PIPE, encoding="utf-8")
    assert WORKFLOWS and run.returncode == 0, run.stdout


def test_the_kit_is_tested_on_what_it_is_for() -> None:
    text = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert "os: [ubuntu-latest, macos-latest, windows-latest]" in text
    assert 'python: ["3.10", "3.11", "3.12", "3.13"]' in text
    assert "CHAT_LAB" not in text, "each system is to be met as it is"


@pytest.mark.needs("linux")  # as the workflow's own machine
@pytest.mark.parametrize("broken", [False, True])
def test_a_class_gets_its_points_and_no_grade_is_no_pass(open_folder: Path, broken: bool) -> None:
    """Of a submission with one lab in it, all the others missing; of one that cannot be read."""
    if not broken:
        shutil.copytree(ROOT / "solutions" / "lab2_duo", open_folder / "labs" / "lab2_duo")
    ((_indent, script),) = SCRIPT.findall((ROOT / ".github" / "workflows" / "grade.yml").read_text(encoding="utf-8"))
    output = open_folder / "output"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "GITHUB_OUTPUT": str(output)}
    bash = ["bash", "-e", "-o", "pipefail", "-c", textwrap.dedent(script)]
    run = subprocess.run(bash, cwd=open_folder, env=environment, stdout=subprocess.DEVNULL)
    if broken:
        assert run.returncode != 0 and not output.exists()
        return
    assert run.returncode == 0
    name, _equals, results = output.read_text(encoding="ascii").strip().partition("=")
    result = json.loads(base64.b64decode(results))
    assert (name, result["max_score"], sum(test["score"] for test in result["tests"])) == ("results", 95, 10)
    assert (open_folder / "grade.html").is_file()
