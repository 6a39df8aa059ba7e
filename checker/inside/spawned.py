"""`python -I -S .../checker/inside/spawned.py KIT CONFIG SITE...`: one program in an interpreter of its own.

For systems without a fork server. The three standard streams are the program's already; the report and the
control pipe are inherited, and `descriptors` in CONFIG (JSON, see `launcher`) names them: handles on Windows.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Be the student's program."""
    kit, text, *packages = sys.argv[1:]
    config = json.loads(text)
    sys.path[:] = [kit] + [entry for entry in sys.path if entry != os.path.dirname(os.path.abspath(__file__))]
    from checker.inside import launcher, process

    launcher.like_site(kit, packages)
    config["descriptors"][3:] = process.taken_over(config["descriptors"][3:])
    launcher.run(config)


main()
