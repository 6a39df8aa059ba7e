"""For notebooks: `%load_ext checker.notebook` gives the magics; `run`, a server to play with, is imported.

    %check 3                                    grade a lab here, as `python -m checker grade 3` does
    %check 3 reaches_every_other_client         one check alone
    %hint 3 reaches_every_other_client          the next of its three hints

    room = run(start_server)                    or a file's path, or finished("server")
    alice, bob = room.join("alice", "bob")
    alice.says("Hi!")
    room.show()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.notebook.live import nothing_is_left, run
from checker.stage.finished import finished

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["finished", "load_ipython_extension", "nothing_is_left", "run", "unload_ipython_extension"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by `%load_ext`. A second call changes nothing."""
    from checker.notebook.magics import check, hint

    for magic in (check, hint):
        shell.register_magic_function(magic, "line", magic.__name__)  # type: ignore[arg-type]
    shell.push({"run": run, "finished": finished, "nothing_is_left": nothing_is_left})  # type: ignore[no-untyped-call]


def unload_ipython_extension(_shell: InteractiveShell) -> None:
    """End everything that was started."""
    from checker.notebook.live import studio

    studio.close()
