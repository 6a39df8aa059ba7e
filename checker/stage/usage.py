"""Whether a program really uses a library that it imports: names are looked up by scope, as Python does."""

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from pathlib import Path

from checker.stage.imports import Import, Module, attribute_of, name_of, own_module, reachable, walk


def uses(file: Path, library: str) -> bool:
    """Whether `file`, or one of its own modules that it imports, imports `library` and then refers to it.

    An import alone is no use. A local name that merely looks like the library's (a parameter called `socket`)
    is none either: names are looked up by scope. `library` is a standard library's name, "socket".
    """
    if own_module(file.parent, library):
        return False
    modules = {module.path: module for module in reachable(file)}
    for _round in modules:  # a name may be handed on from file to file: at most as often as there are files
        before = sum(len(module.carried) for module in modules.values())
        for module in modules.values():
            module.carried |= _names_of(module, library, modules)
        if before == sum(len(module.carried) for module in modules.values()):
            break
    return any(_refers(module, library, modules) for module in modules.values())


def _names_of(module: Module, library: str, modules: dict[Path, Module]) -> set[str]:
    """The names in `module` that an import binds to `library` or to something of it."""
    names: set[str] = set()
    for one in (*module.imports, *module.assigned):
        source = _source(module, one, modules)
        if one.module.partition(".")[0] == library:
            names |= _not_assigned(module, _public(library)) if one.name == "*" else {one.bound or ""}
        elif source is not None and one.name == "*":
            names |= _not_assigned(module, {name for name in source.carried if not name.startswith("_")})
        elif source is not None and one.name in source.carried:
            names.add(one.bound or "")
    return names - {""}


def _source(module: Module, one: Import, modules: dict[Path, Module]) -> Module | None:
    files = own_module(module.folder, one.module)
    return modules.get(files[-1]) if files else None


def _not_assigned(module: Module, names: set[str]) -> set[str]:
    """Those of `names` that the file itself gives no other meaning."""
    return names - module.scopes[0].assigned


def _public(library: str) -> set[str]:
    """What `from LIBRARY import *` binds, builtins' names left out (`threading` has an `enumerate`)."""
    if library not in sys.stdlib_module_names:
        return set()
    real = importlib.import_module(library)
    return set(getattr(real, "__all__", None) or vars(real)) - set(dir(builtins))


def _refers(module: Module, library: str, modules: dict[Path, Module]) -> bool:
    if library in {one.partition(".")[0] for one in module.loose}:
        return True
    by_call = {one.bound for one in module.assigned}
    for scope in module.scopes:
        for name in scope.reads & module.carried:
            owner = scope.owner(name)
            bound_here = name in owner.imported or (name in by_call and name in owner.assigned)
            if bound_here or (owner is scope.top and name not in owner.assigned):  # else: by `import *`
                return True
    handed: dict[str | None, Module] = {
        one.bound: source
        for one in module.everything
        if one.name is None and one.bound and (source := _source(module, one, modules)) is not None
    }
    return any(
        (source := handed.get(_root(node))) is not None and attribute_of(node) in source.carried
        for node in walk(module.tree)
    )


def _root(node: ast.AST) -> str | None:
    """`a` of `a.b.c`; None for what is no such chain."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return name_of(node)
