"""The terminals of JupyterLab: in them, `python` is the environment's.

The variable PATH alone does not see to that. What conda, pyenv and others have written into the reader's own start-up file of
the shell puts another Python first again, so ours comes after that file.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from checker.setup.place import Place
from checker.setup.stamp import write


def shell_command(place: Place) -> list[str] | None:
    """The command of a terminal's shell; None for a shell that we do not know: it is started as ever."""
    if os.name == "nt":
        path = "'" + f"{place.scripts};".replace("'", "''") + "'"
        return ["powershell.exe", "-NoLogo", "-NoExit", "-Command", f"$env:Path = {path} + $env:Path"]
    shell = os.environ.get("SHELL", "")
    first = f'export PATH={shlex.quote(str(place.scripts))}:"$PATH"\n'
    files = place.terminals
    if Path(shell).name == "bash":
        write(files / "bashrc", _after("~/.bashrc", first))
        return [shell, "--rcfile", str(files / "bashrc")]
    if Path(shell).name == "zsh":
        write(files / ".zshenv", _after("~/.zshenv", ""))
        write(files / ".zshrc", _after("~/.zshrc", f"ZDOTDIR=~\n{first}"))
        return ["/usr/bin/env", f"ZDOTDIR={files}", shell]
    if Path(shell).name == "fish":
        return [shell, "--init-command", f"set -gx PATH {shlex.quote(str(place.scripts))} $PATH"]
    return None


def _after(file: str, then: str) -> str:
    """A start-up file: the reader's own, where there is one, and then ours."""
    return f"if [ -f {file} ]; then . {file}; fi\n{then}"
