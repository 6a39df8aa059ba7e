"""Which names in a student's files are locks, read from their syntax trees. Nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checker.parsing import parse

TWICE: dict[str, bool | None] = {
    "Lock": False,
    "allocate_lock": False,
    "RLock": True,
    "Condition": True,
    "Semaphore": None,
    "BoundedSemaphore": None,
}
"""What makes locks, and whether one thread may take them twice."""
ANYBODY_GIVES_BACK = ("Semaphore", "BoundedSemaphore")
"""Nobody is known to hold these: who has taken one need not be who gives it back."""
_LIBRARIES = ("threading", "_thread")

Variable = tuple[str, str]
"""A variable of a module: its file and its name."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One file. `makers` is what makes locks by the names that it has here ({"L": "Lock"}), `imported` names that are
    variables of other files, `modules` names that are other files."""

    file: str
    tree: ast.Module
    functions: list[Function]
    makers: dict[str, str] = field(default_factory=dict)
    imported: dict[str, Variable] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """A lock that gets a name: what it is made by, and in `of` the lock that a Condition is made of."""

    maker: str
    of: str | None = None

    @property
    def twice(self) -> bool | None:
        """Whether one thread may take it twice; None where that is not known."""
        return TWICE[self.maker] if self.of is None else None


class Definitions:
    """What the files say of locks: where they are made, and which variable a name means."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        read = (_module(file, source) for file, source in sources.items())
        self.modules = {module.file: module for module in read if module is not None}
        self._made: dict[str, list[Made]] = {}
        self._bound: dict[Variable, list[Made | None]] = {}
        for module in self.modules.values():
            targets = {id(target): _made(value, module) for target, value in _bindings(module.tree)}
            for target, _value in _bindings(module.tree):
                made, name = targets[id(target)], named(target)
                if made is not None and name is not None:
                    self._made.setdefault(last(name), []).append(made)
            for bound in _of_the_module(module):
                self._bound.setdefault((module.file, bound.id), []).append(targets.get(id(bound)))

    def is_lock(self, text: str) -> bool:
        """Whether something of that name is made a lock somewhere: of `room.lock` the name is `lock`."""
        return bool(self.made(text))

    def made(self, text: str) -> list[Made]:
        """The locks that are made under that name."""
        return self._made.get(last(text), [])

    def shares(self, text: str, other: str) -> bool:
        """Whether one of both is a Condition made of the other, so that they are one lock."""
        pairs = ((last(text), last(other)), (last(other), last(text)))
        return any(made.of == two for one, two in pairs for made in self.made(one))

    def variable(self, module: Module, function: Function | None, text: str) -> Variable | None:
        """The variable of a module that `text` certainly means in `function`: one that is bound once, and to a lock that
        only who holds it gives back."""
        name, _dot, attribute = text.partition(".")
        if function is not None and name in _local(module, function):
            return None
        found: Variable = module.imported.get(name, (module.file, name))
        if attribute:
            if name not in module.modules:
                return None
            found = (module.modules[name], attribute)
        bound = self._bound.get(found, [])
        made = bound[0] if len(bound) == 1 else None
        return None if made is None or made.maker in ANYBODY_GIVES_BACK else found

    def twice(self, variable: Variable) -> bool | None:
        """Whether one thread may take the lock in that variable twice; None where that is not known."""
        made = self._bound[variable][0]
        return None if made is None else made.twice


def named(node: ast.expr) -> str | None:
    """`lock`, `self.lock` or `locks[...]` as text; None where it is anything else."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            parts.append("." + node.attr)
        elif isinstance(node, ast.Subscript):
            parts.append("[...]")
        else:
            return None
        node = node.value
    return node.id + "".join(reversed(parts))


def last(text: str) -> str:
    """The last part of a dotted name."""
    return text.rpartition(".")[2]


def _module(file: str, source: str) -> Module | None:
    """Read one file; None where it is no Python."""
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    nodes = list(ast.walk(tree))
    module = Module(file, tree, [one for one in nodes if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))])
    for node in nodes:
        if isinstance(node, ast.Import):
            for one in node.names:
                name = one.asname or one.name
                if one.name in _LIBRARIES:
                    module.makers.update((f"{name}.{maker}", maker) for maker in TWICE)
                else:
                    module.modules[name] = one.name + ".py"
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                if node.module in _LIBRARIES:
                    makers = [maker for maker in TWICE if one.name in (maker, "*")]
                    module.makers.update((one.asname or maker, maker) for maker in makers)
                else:
                    module.imported[one.asname or one.name] = (f"{node.module}.py", one.name)
    return module


def _bindings(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What is bound to what by `=`, `:=` and annotated assignments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    yield from zip(target.elts, node.value.elts, strict=False)
                else:
                    yield target, node.value
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            yield node.target, node.value


def _made(value: ast.expr, module: Module) -> Made | None:
    """The lock that `value` is: `Lock()`, or in a dataclass `field(default_factory=Lock)`."""
    if not isinstance(value, ast.Call):
        return None
    for keyword in value.keywords:
        if keyword.arg == "default_factory":
            maker = module.makers.get(named(keyword.value) or "")
            return None if maker is None else Made(maker)
    maker = module.makers.get(named(value.func) or "")
    if maker is None:
        return None
    given = [*value.args, *(keyword.value for keyword in value.keywords)] if maker == "Condition" else []
    return Made(maker, last(named(given[0]) or "") if given else None)


def _of_the_module(module: Module) -> Iterator[ast.Name]:
    """Every place where a variable of the module itself is bound, in functions by way of `global`."""
    waiting: list[tuple[ast.AST, set[str] | None]] = [(module.tree, None)]
    while waiting:
        node, only = waiting.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and (only is None or node.id in only):
            yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            only = _declared_global(node)
        elif isinstance(node, ast.ClassDef):
            only = set()
        waiting.extend((child, only) for child in ast.iter_child_nodes(node))


def _declared_global(function: Function) -> set[str]:
    return {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}


def _local(module: Module, function: Function) -> set[str]:
    """Names that are variables of `function`, or of one around it or in it."""
    found: set[str] = set()
    for one in module.functions:
        if one.lineno <= function.lineno <= (one.end_lineno or 0):
            nodes = list(ast.walk(one))
            found.update(node.arg for node in nodes if isinstance(node, ast.arg))
            stored = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
            found |= stored - _declared_global(one)
    return found
