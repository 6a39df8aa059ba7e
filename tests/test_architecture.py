"""Who may know whom, read from the sources: the walls that the design rests on."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHECKER = ROOT / "checker"
LONGEST = 350  # lines; the aim is 300

RESULTS = "grading.model"
TOLD_WITH = ("grading.rubric", "grading.casting", RESULTS)  # how a lab is told, and nothing of how it is run
MAY_KNOW = {
    "inside": ("inside",),
    "stage": ("stage", "inside", "facts", "parsing", "paths", "system", "texts"),
    "labs": ("labs", "stage", "facts", "texts", *TOLD_WITH),
    "grading": ("grading", "diagnosis", "labs", "stage", "inside", "facts", "paths", "texts"),
    "diagnosis": ("diagnosis", RESULTS, "facts", "parsing", "texts"),
    "report": ("report", RESULTS, "facts", "paths", "system", "texts"),
    "handin": ("handin", "paths", "texts"),
    "setup": ("setup", "texts"),
    "standins": ("live",),
    "doctor": ("doctor", "edition", "grading.submission", "paths", "report", "setup", "stage", "texts", "workplace"),
    "facts": (),
    "parsing": (),
    "paths": (),
    "system": (),
    "texts": (),
}
"""A part of the checker and what it may import of it; parts that are not here tie the others together."""

FREE_TO_USE = {
    "stage": {"psutil"},
    "report": {"rich", "jinja2"},
    "authoring": {"tomli", "jinja2", "rich", "psutil", "playwright"},
    "demo": {"rich"},
    "demo_views": {"rich"},
    "mutating": {"rich"},
    "watching": {"watchfiles"},
    "notebook": {"IPython", "psutil"},
    "setup": {"jupyter_server", "jupyterlab", "psutil"},  # by what runs in the environment alone
    "doctor": {"psutil"},
}
"""What a part may import that Python does not bring along."""


@dataclass(frozen=True)
class Import:
    """`module` in full; `at_load` where importing the one imports the other."""

    module: str
    at_load: bool


def _modules() -> dict[str, Path]:
    found = {}
    for path in sorted(CHECKER.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()


def _part(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _imports(path: Path) -> Iterator[Import]:
    yield from _of(ast.parse(path.read_text(encoding="utf-8")).body, at_load=True)


def _of(nodes: list[ast.stmt], at_load: bool) -> Iterator[Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (Import(name.name, at_load) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide who is meant"
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield Import(inner if inner in MODULES else str(node.module), at_load)
        else:
            later = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or _only_for_types(node)
            inner_nodes = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]
            handlers = [one for handler in getattr(node, "handlers", []) for one in handler.body]
            yield from _of(inner_nodes + handlers, at_load and not later)


def _only_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _is_in(module: str, allowed: str) -> bool:
    return module == f"checker.{allowed}" or module.startswith(f"checker.{allowed}.")


@pytest.mark.parametrize("module", MODULES)
def test_knows_only_whom_it_may(module: str) -> None:
    allowed = MAY_KNOW.get(_part(module))
    if allowed is None:
        return
    known = {one.module for one in _imports(MODULES[module]) if one.module.startswith("checker.")}
    assert not {one for one in known if not any(_is_in(one, part) for part in allowed)}


@pytest.mark.parametrize("module", MODULES)
def test_takes_little_from_outside(module: str) -> None:
    imported = {one.module.partition(".")[0] for one in _imports(MODULES[module])}
    outside = imported - sys.stdlib_module_names - {"checker"}
    assert outside <= FREE_TO_USE.get(_part(module), set()) | {"tomllib"}


def test_the_table_names_what_there_is() -> None:
    parts = {_part(module) for module in MODULES}
    assert {"inside", "stage", "labs", "grading", "report"} <= parts
    assert set(TOLD_WITH) <= {module.removeprefix("checker.") for module in MODULES}


def test_no_circles() -> None:
    """No module needs itself to be imported; the package of a module comes before it, and imports nothing."""
    needs = {
        module: {one.module for one in _imports(path) if one.at_load and one.module in MODULES} - {module}
        for module, path in MODULES.items()
    }
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module not in done:
            for other in sorted(needs[module]):
                visit(other, (*way, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


def test_no_drawers_for_the_rest() -> None:
    names = {path.stem for folder in ("checker", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")}
    drawers = {"util", "utils", "helper", "helpers", "misc", "common"}
    assert not {name for name in names if set(name.split("_")) & drawers}


@pytest.mark.parametrize("module", MODULES)
def test_is_short_enough_to_be_read(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST
