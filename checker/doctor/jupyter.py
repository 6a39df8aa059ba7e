"""JupyterLab: is it there, which kernel would a notebook get, and is an extension in the way?

Asked in a process of its own, with the surroundings that `start.py` gives it: a JupyterLab that is broken breaks nothing here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checker.doctor.finding import Finding
from checker.doctor.python import START
from checker.setup.place import KERNEL, Place
from checker.texts import N_, _

QUESTION = f"""
import json, logging
logging.disable(logging.CRITICAL)
import jupyterlab
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.paths import jupyter_path
from jupyterlab_server.config import get_federated_extensions, get_page_config
spec = KernelSpecManager().get_kernel_spec({KERNEL!r})
folders = jupyter_path("labextensions")
found = get_federated_extensions(folders)
disabled = set(get_page_config(folders).get("disabledExtensions", ()))
print(json.dumps({{
    "version": jupyterlab.__version__,
    "kernel": {{"argv": spec.argv, "name": spec.display_name, "folder": spec.resource_dir}},
    "extensions": {{name: str(facts["ext_path"]) for name, facts in found.items() if name not in disabled}},
}}))
"""

SAVES = N_(
    "It saves by itself, a second after every change, and the Save button is off: what the notebooks say about saving does "
    "not hold."
)
PAIRS = N_(
    "It can open a program as a notebook, and then saves it with lines of its own at the top; notebooks that are "
    "paired get a second file that changes with them."
)
FORMATS = N_("It may change a program when it is saved: the lines are not where the checker's answer says they are.")
VIM = N_("Keys are commands until you press i: what you type does not appear, or does something else.")

IN_THE_WAY = {
    "@jupyter/collaboration-extension": SAVES,
    "@jupyter/docprovider-extension": SAVES,
    "@jupyter-ai-contrib/server-documents": SAVES,
    "jupyterlab-jupytext": PAIRS,
    "jupyterlab_code_formatter": FORMATS,
    "@axlair/jupyterlab_vim": VIM,
}
"""Extensions by their names in JupyterLab, and what each does to somebody who follows the notebooks."""


def look(place: Place) -> Iterator[Finding]:
    """Whether it is there, the kernel, the extensions."""
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", QUESTION],
        env=_surroundings(place),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    try:
        said = json.loads(run.stdout)
    except ValueError:
        last = (run.stderr.strip().splitlines() or ["?"])[-1]
        yield Finding(
            "bad",
            _("JupyterLab does not run on this Python: {error}").format(error=last),
            _("The notebooks cannot be opened with it. (The checker does not need it.)"),
            _("{start}  makes an environment that has it.").format(start=START),
        )
        return
    fact = f"JupyterLab {said['version']}"
    yield Finding("good", fact, _("{start}  opens it at the first notebook.").format(start=START))
    yield _kernel(said["kernel"])
    yield from _extensions(said["extensions"])


def _surroundings(place: Place) -> dict[str, str]:
    """Those of `start.py` where this is its environment; else what the reader's own JupyterLab would get."""
    return place.surroundings() if place.is_ours() else dict(os.environ)


def _kernel(kernel: dict[str, Any]) -> Finding:
    program = Path(kernel["argv"][0])
    # A kernel that only says "python" gets the Python that JupyterLab itself runs on.
    named = program.name.removesuffix(".exe") if program.name == kernel["argv"][0] else ""
    here = named in ("python", "python3") or _same_environment(program)
    fact = _('Notebooks run on the kernel "{name}".').format(name=kernel["name"])
    if here:
        return Finding("good", fact, _("It is this Python: what is installed here, notebooks find."))
    return Finding(
        "bad",
        _("{fact} Its Python is another one, {program}.").format(fact=fact, program=program),
        _("`import checker` fails in a notebook, or finds another copy of the kit ({folder}).").format(
            folder=kernel["folder"]
        ),
        _("{start}  opens JupyterLab with the right one.").format(start=START),
    )


def _same_environment(program: Path) -> bool:
    """By the folders: the Python of every environment is a link to one and the same."""
    return program.parent.resolve() == Path(sys.executable).parent.resolve()


def _extensions(found: dict[str, str]) -> Iterator[Finding]:
    known = sorted(name for name in found if name in IN_THE_WAY)
    for name in known:
        yield Finding(
            "note",
            _("JupyterLab has the extension {name}, in {folder}.").format(name=name, folder=found[name]),
            _(IN_THE_WAY[name]),
            _("While you work with the kit:  {command}").format(
                command=f"{sys.executable} -m jupyter labextension disable {name}"
            ),
        )
    if not known:
        fact = _("None of its extensions is known to be in the way.")
        yield Finding(
            "good",
            fact,
            _("Looked for: what saves, formats or pairs files by itself, and keys that mean something else."),
        )
