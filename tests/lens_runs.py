"""Runs a program under the lens in an interpreter of its own and gives the lens's report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

KIT = Path(__file__).resolve().parent.parent

DRIVER = """
import importlib.util, json, os, sys, types
sys.path.insert(0, {kit!r})
from checker.inside.lens import Lens
sys.path.remove({kit!r})
folder, file = sys.argv[1:3]
sys.path.insert(0, folder)
lens = Lens(folder)
lens.install()
module = types.ModuleType("program")
module.__file__ = file
sys.modules["program"] = module
with open(file, encoding="utf-8") as source:
    code = lens.compile(source.read(), file)
exec(code, module.__dict__)
answer = os.fdopen(os.dup(int(sys.argv[3])), "w", encoding="utf-8")
json.dump(lens.report(), answer)
answer.close()
"""


def run(source: str, **modules: str) -> tuple[dict[str, Any], str]:
    """Run `source` as program.py beside `modules`; (the report at its end, what it printed)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"program": source, **modules}.items():
            Path(folder, name + ".py").write_text(text, encoding="utf-8")
        reading, writing = os.pipe()
        with os.fdopen(reading, encoding="utf-8") as answer:
            driver = DRIVER.format(kit=str(KIT))
            arguments = [sys.executable, "-c", driver, folder, str(Path(folder, "program.py")), str(writing)]
            ended = subprocess.run(
                arguments, pass_fds=[writing], capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
            )
            os.close(writing)
            told = answer.read()
        assert ended.returncode == 0, ended.stderr
        return json.loads(told), ended.stdout
