# -*- coding: utf-8 -*-
"""Sets the chat lab kit up and opens it.

    Windows:        py start.py
    macOS, Linux:   python3 start.py

This file is written so that even Python 2.7 can read it: an old Python then says what is missing, and not `SyntaxError`.
Everything else is in checker/setup/.
"""

from __future__ import print_function

import os
import subprocess
import sys

OLDEST = (3, 10)
KIT = os.path.dirname(os.path.abspath(__file__))
OURS = os.path.join(KIT, ".venv", "chat-lab-kit.json")  # written by checker.setup: the environment is one of ours
PYTHON = os.path.join(KIT, ".venv", *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def main():
    """Returns the exit status: 0 done, 1 something stands in the way, 2 asked wrongly, 130 interrupted."""
    if sys.version_info[:2] < OLDEST:
        if os.path.exists(OURS) and os.path.abspath(sys.prefix) != os.path.join(KIT, ".venv"):
            return subprocess.call([PYTHON, os.path.abspath(__file__)] + sys.argv[1:])
        return stop(too_old())
    if not os.path.isfile(os.path.join(KIT, "checker", "setup", "command.py")):
        return stop(alone())
    shadowing = [name for name in sorted(os.listdir(KIT)) if hides_a_library(name)]
    if shadowing:
        return stop(hiding(shadowing[0]))
    sys.path.insert(0, KIT)
    from checker.setup.command import main as set_up

    return set_up(sys.argv[1:])


def stop(*lines):
    """Say what is wrong and what to do."""
    print("\n".join(lines), file=sys.stderr)
    return 1


def too_old():
    """An older Python than the kit's: say how to come by one, or by the one that is there already."""
    lines = ["This is Python %d.%d, and the chat lab kit needs 3.10 or newer." % sys.version_info[:2]]
    found = newer()
    if found:
        lines.append("You have a newer one: type   %s start.py" % found)
    elif os.name == "nt":
        lines.append("Type   py -0   to see which you have; with 3.12 among them, type   py -3.12 start.py")
        lines.append("If there is none: get it from https://www.python.org/downloads/ and then type   py start.py")
    elif os.environ.get("CONDA_PREFIX"):
        lines.append("Type   conda create -y -n chat python=3.12")
        lines.append("then   conda activate chat   and then   python start.py")
    elif sys.platform == "darwin":
        lines.append("Get it from https://www.python.org/downloads/ and then, in a new terminal, type   python3 start.py")
    else:
        lines.append("Install a newer one beside it (sudo apt install python3.12 python3.12-venv, or what your system")
        lines.append("has), and then type   python3.12 start.py")
    return "\n".join(lines)


def newer():
    """The name of a Python on the path that is new enough and runs, or None."""
    for minor in (13, 12, 11, 10):
        name = "python3.%d" % minor
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and os.access(path, os.X_OK) and runs(path):
                return name
    return None


def runs(path):
    """Whether it is more than a stand-in that says what one could install."""
    with open(os.devnull, "w") as nowhere:
        try:
            return subprocess.call([path, "-c", ""], stdout=nowhere, stderr=nowhere) == 0
        except OSError:
            return False


def alone():
    """Nothing of the kit is here but this file, as when it is opened inside an archive."""
    return (
        "start.py is alone here: the rest of the chat lab kit is not beside it (%s).\n"
        "Unpack the whole archive first (Windows: right-click on it, Extract All), then run the start.py of that folder."
    ) % KIT


def hides_a_library(name):
    """Whether a file of this name in the kit's folder would be loaded in place of one of Python's own."""
    stem, kind = os.path.splitext(name)
    return kind == ".py" and stem in sys.stdlib_module_names


def hiding(name):
    """A file of the kit's folder gets between Python and its library."""
    return (
        "%s bears the name of a part of Python, and would be loaded in its place.\n"
        "Rename it, or move it into a folder of labs, and start again."
    ) % os.path.join(KIT, name)


if __name__ == "__main__":
    status = main()
    by_hand = sys.stdin is not None and sys.stdin.isatty() and "--check" not in sys.argv
    if status == 1 and os.name == "nt" and by_hand:
        print("Press Enter to close.")  # started by a double click, the window would be gone before it is read
        sys.stdin.readline()
    sys.exit(status)
