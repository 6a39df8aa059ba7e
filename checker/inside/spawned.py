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
    from checker.inside import launcher

    launcher.like_site(kit, packages)
    if sys.platform == "win32":
        import msvcrt

        report, control = config["descriptors"][3:]
        config["descriptors"][3:] = [
            msvcrt.open_osfhandle(report, os.O_WRONLY | os.O_BINARY),
            msvcrt.open_osfhandle(control, os.O_RDONLY | os.O_BINARY),
        ]
    launcher.run(config)


main()
