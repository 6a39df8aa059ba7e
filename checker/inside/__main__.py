"""`python -I -S .../checker/inside SITE... `: the warm interpreter that programs are forked from.

Started by path, so that nothing of the checker's own package is loaded besides this folder. The channel to the checker
is standard input (a unix socket); the arguments are where the kit lies, "namespaces" or "plain", and the folders of
installed packages, which a submission may import but whose `.pth` files are not run.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Serve, or be the student's program."""
    kit, containment, *packages = sys.argv[1:]
    sys.path[:] = [kit] + [entry for entry in sys.path if entry != os.path.dirname(os.path.abspath(__file__))]
    import queue  # noqa: F401  warm for the programs
    import random  # noqa: F401
    import socket
    import threading  # noqa: F401

    from checker.inside import launcher, warm

    launcher.like_site(kit, packages)
    channel = socket.socket(fileno=os.dup(0))
    config = warm.fork_server(channel, containment == "namespaces")
    if config is not None:
        channel.close()
        launcher.run(config)


main()
