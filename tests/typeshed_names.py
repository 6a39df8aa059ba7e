"""Which names each system's Python has, read from typeshed: the stubs that mypy brings along say it platform by platform."""

from __future__ import annotations

import ast
import functools
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

SYSTEMS = ("linux", "darwin", "win32")


@functools.cache
def _stubs() -> Path:
    found = importlib.util.find_spec("mypy")
    assert found is not None and found.origin is not None, "mypy is in requirements.txt"
    return Path(found.origin).parent / "typeshed" / "stdlib"


def modules() -> set[str]:
    """Every module of the standard library, packages without what is in them, that typeshed knows."""
    return {path.stem for path in _stubs().iterdir() if not path.stem.startswith("_")} & set(sys.stdlib_module_names)


@functools.cache
def _source(module: str) -> str:
    path = _stubs() / f"{module}.pyi"
    if not path.exists():
        path = _stubs() / module / "__init__.pyi"
    return path.read_text(encoding="utf-8")


@functools.cache
def _parsed(module: str) -> ast.Module:
    return ast.parse(_source(module))


@functools.cache
def names(module: str, system: str) -> frozenset[str]:
    """The public names of a module on a system, in this version of Python; none where there is no such module."""
    here = {"sys": SimpleNamespace(platform=system, version_info=sys.version_info)}
    return frozenset(name for name in _of(_parsed(module).body, here) if not name.startswith("_"))


def _of(nodes: Iterable[ast.stmt], here: dict[str, object]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.If):
            holds = eval(compile(ast.Expression(node.test), "typeshed", "eval"), here)
            found |= _of(node.body if holds else node.orelse, here)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.ImportFrom):
            found |= {name.asname for name in node.names if name.asname}  # `import x as x` hands it on
    return found


def lacks(module: str, system: str) -> set[str]:
    """What a module has on one of the three systems and not on this one."""
    everywhere = frozenset().union(*(names(module, one) for one in SYSTEMS))
    return set(everywhere - names(module, system))


def missing(system: str) -> set[str]:
    """Modules that another system has and this one does not."""
    differ = [one for one in modules() if "platform" in _source(one)]  # parsing them all takes seconds
    return {one for one in differ if not names(one, system) and any(names(one, other) for other in SYSTEMS)}
