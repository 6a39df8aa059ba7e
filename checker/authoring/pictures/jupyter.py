"""A JupyterLab that is started in a folder, knows nothing of its reader's settings and asks nothing of the network."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from checker.setup.kernel import description
from checker.setup.place import ASKS_NOBODY, NO_NEWS
from checker.workplace import kit_root

SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # what is scrolled out of sight is there all the same
    "apputils-extension/notification": NO_NEWS,
}


@contextlib.contextmanager
def jupyterlab(kit: Path, place: Path) -> Iterator[str]:
    """Start one in the folder `kit`, as `start.py` sets it up, its settings and home below `place`; gives its address, with the
    token."""
    settings = place / "settings"
    for name, facts in SETTINGS.items():
        file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(facts), encoding="utf-8")
    kernel = place / "jupyter" / "kernels" / "python3" / "kernel.json"  # that is what the notebooks name
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps(description(sys.executable, {})), encoding="utf-8")
    home = place / "home"
    home.mkdir()
    environment = {
        **os.environ,
        "HOME": str(home),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTER_PATH": str(place / "jupyter"),
        "PYTHONPATH": str(kit_root()),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root", *ASKS_NOBODY]
    process = subprocess.Popen(
        command, cwd=kit, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8"
    )
    try:
        yield _address(process)
    finally:
        process.terminate()
        process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    """What the server prints once it listens; what it says afterwards is read, so that it never waits for us."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+/lab\?token=\w+", line)
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return found[0]
    raise RuntimeError("".join(said))
