"""`python -m checker`: see `checker.cli`."""

import gc
import os
import sys

if sys.version_info < (3, 10):
    sys.exit("This is Python %d.%d, and the kit needs 3.10 or newer: see start.py." % sys.version_info[:2])

# `python -m` puts the current folder first on the path, and that may be a submission's: nothing of it is ever imported
# here. The kit itself is found through its installation, or from its own root.
_root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:] = [_root, *(entry for entry in sys.path[1:] if os.path.abspath(entry or ".") != _root)]

gc.set_threshold(50_000)  # what imports make is no garbage

from checker.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
