"""Which libraries a program is built from, read off its syntax tree: nothing of it is imported.

The program's own modules, those beside it in its folder, are followed; a file there that bears a library's
name is what Python would load in place of the library, so it counts as the program's own.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from checker.parsing import parse
from checker.stage.scopes import Scope, scopes

_DYNAMIC = {"__import__", "import_module"}


@dataclass(frozen=True)
class Import:
    """One name that an import binds. `module` is what is imported, `name` what is taken from it (None: the
    module itself, "*": everything), `bound` the name it has afterwards (None: none, or not one alone)."""

    module: str
    name: str | None
    bound: str | None


@dataclass
class Module:
    """One of the program's files: what it imports, and its scopes. Imports begin at `folder`."""

    path: Path
    folder: Path
    tree: ast.Module
    scopes: list[Scope]
    imports: list[Import]
    assigned: list[Import]
    loose: set[str]
    """Libraries imported by a call whose result is used on the spot: `__import__("socket").socket()`."""
    carried: set[str] = field(default_factory=set)
    """Names in this file that stand for the library asked about, or for something of it."""

    @property
    def everything(self) -> list[Import]:
        """Imports by statement and by call."""
        return [*self.imports, *self.assigned, *(Import(one, None, None) for one in self.loose)]


def libraries(file: Path) -> set[str]:
    """The top-level modules that `file` imports, itself or by way of its own modules, those modules left out.

    A file that cannot be read or parsed imports nothing.
    """
    found = set()
    for module in reachable(file):
        for one in module.everything:
            top = one.module.partition(".")[0]
            if top and not own_module(file.parent, top):
                found.add(top)
    return found


def reachable(file: Path) -> list[Module]:
    """`file` and its own modules that it imports, one by way of another; what is no Python is left out."""
    found: list[Module] = []
    waiting, seen = [file], {file}
    while waiting:
        module = _parsed(waiting.pop(), file.parent)
        if module is None:
            continue
        found.append(module)
        for one in module.everything:
            for path in _files_of(file.parent, one):
                if path not in seen:
                    seen.add(path)
                    waiting.append(path)
    return found


def _parsed(path: Path, folder: Path) -> Module | None:
    try:
        data = path.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
            text = data.decode(encoding)
            compile(text, path.name, "exec", dont_inherit=True)  # refuses endless nesting; a parser may not
            tree = parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    package = path.parent.relative_to(folder).parts
    imports = [one for node in walk(tree) for one in _statement(node, package)]
    assigned, loose = _calls(tree, imports)
    return Module(path, folder, tree, scopes(tree), imports, assigned, loose)


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but those under `if TYPE_CHECKING:`, which never run."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in (name_of(node.test), attribute_of(node.test)):
            waiting.extend(node.orelse)
        else:
            waiting.extend(ast.iter_child_nodes(node))


def name_of(node: ast.AST) -> str | None:
    """The identifier that `node` is, if it is one."""
    return node.id if isinstance(node, ast.Name) else None


def attribute_of(node: ast.AST) -> str | None:
    """`b` of `a.b`."""
    return node.attr if isinstance(node, ast.Attribute) else None


def _statement(node: ast.AST, package: tuple[str, ...]) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, None, alias.asname or alias.name.partition(".")[0])
    elif isinstance(node, ast.ImportFrom):
        above = package[: len(package) - node.level + 1] if node.level else ()
        module = ".".join((*above, *([node.module] if node.module else [])))
        for alias in node.names:
            yield Import(module, alias.name, None if alias.name == "*" else alias.asname or alias.name)


def _calls(tree: ast.Module, imports: list[Import]) -> tuple[list[Import], set[str]]:
    """`import_module("x")`, `__import__("x")`: those whose result gets a name, and those used on the spot."""
    callers = _DYNAMIC | {one.bound for one in imports if one.module == "importlib" and one.name in _DYNAMIC}
    assigned: list[Import] = []
    done: set[ast.AST] = set()
    loose = set()
    for node in walk(tree):  # a statement comes before the call in it
        if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.NamedExpr)):
            module = _called(node.value, callers)
            names = _targets(node)
            if module and (names or isinstance(node, ast.Expr)):
                done.add(node.value)  # type: ignore[arg-type]
                assigned += [Import(module, None, name) for name in names or [None]]
        elif (module := _called(node, callers)) and node not in done:
            loose.add(module)
    return assigned, loose


def _targets(node: ast.Expr | ast.Assign | ast.AnnAssign | ast.NamedExpr) -> list[str | None]:
    if isinstance(node, ast.Expr):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _called(node: ast.AST | None, callers: set[str | None]) -> str | None:
    """The module that a call imports, where it is such a call and says so by a constant."""
    if not isinstance(node, ast.Call):
        return None
    name = name_of(node.func) or attribute_of(node.func)
    given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "name")]
    if name not in callers or not given:
        return None
    constant = given[0]
    return constant.value if isinstance(constant, ast.Constant) and isinstance(constant.value, str) else None


def own_module(folder: Path, name: str) -> list[Path]:
    """The program's own module of that dotted name: its file and its packages'; empty where there is none."""
    first, *rest = name.split(".")
    if not first or first in sys.builtin_module_names:  # those cannot be shadowed
        return []
    place, found = folder, []
    for part in (first, *rest):
        place = place / part
        files = [one for one in (place / "__init__.py", place.with_name(part + ".py")) if one.is_file()]
        if not files:
            break
        found.append(files[0])
    return found


def _files_of(folder: Path, one: Import) -> list[Path]:
    files = own_module(folder, one.module)
    if files and one.name not in (None, "*"):
        files += own_module(folder, f"{one.module}.{one.name}")
    return files
