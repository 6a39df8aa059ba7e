"""Rewrites the program's syntax tree so that its containers are watched. Lines and columns stay what they were.

    []  [x for x in y]  {*s}         made([], name)         named by what it is assigned to
    f(x)                             call(f)(x)             deque(), frozenset(s), heappush(h, x), list.append(l, x)
    g(list)                          g(factory(list))       field(default_factory=list)
    x.update(s)   s | t   a == s     x.update(read(s))      C code that reads s past its methods
    l[a:b]                           sliced(l)[a:b]
    Thread(target=l.append)          Thread(target=bound(l, "append"))
    clients = v   self.clients = v   clients = store(v, "clients", "global")
    d.pop(k)   del d[k]   d[k] = v   taken(d.pop(k))   del dropping(d, k)[k]   dropping(d, k)[k] = v
"""

from __future__ import annotations

import ast
import builtins
from typing import Any

from checker.inside.lens.scopes import Scope

_TYPES = frozenset({"list", "dict", "set", "deque", "defaultdict", "OrderedDict", "Counter"})
_HEAPQ = frozenset({"heappush", "heappop", "heapify", "heapreplace", "heappushpop"})
_CALLED_INSTEAD = _TYPES | _HEAPQ | {"frozenset", "sorted", "type"}
_UNTOUCHED = frozenset(dir(builtins)) - _CALLED_INSTEAD
_ASK_FOR_TYPES = frozenset({"defaultdict", "isinstance", "issubclass", "cast", "TypeVar", "NewType"})
_READ_PAST_METHODS = frozenset(
    {"update", "union", "intersection", "difference", "symmetric_difference", "intersection_update"}
    | {"difference_update", "symmetric_difference_update", "issubset", "issuperset", "isdisjoint"}
)
_LATE = frozenset(
    {"append", "appendleft", "extend", "extendleft", "insert", "remove", "pop", "popleft", "popitem", "clear"}
    | {"add", "discard", "update", "setdefault", "get", "index", "count"}
)
_TAKES_OUT = frozenset({"pop", "popleft", "popitem"})
_SET_OPERATORS = (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def rewrite(source: str, filename: str) -> ast.Module:
    """The tree of `source`, rewritten; raises SyntaxError as compile() does."""
    tree = ast.parse(source, filename)
    return ast.fix_missing_locations(Rewriter().visit(tree))  # type: ignore[no-any-return]


def _hook(hook: str, like: ast.expr, *arguments: ast.expr) -> ast.expr:
    name = ast.copy_location(ast.Name(f"__lens_{hook}__", ast.Load()), like)
    return ast.copy_location(ast.Call(name, list(arguments), []), like)


def _text(value: str | None) -> ast.expr:
    return ast.Constant(value)


def _last_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return None


class Rewriter(ast.NodeTransformer):
    """One pass over one module."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.defined: set[str] = set()  # functions and classes of this module: calls of them need no look

    # Scopes

    def visit_Module(self, node: ast.Module) -> Any:
        definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        self.defined = {one.name for one in node.body if isinstance(one, definitions)}
        return self._inside(Scope("global"), node, node.body)

    def _inside(self, scope: Scope, node: Any, body: list[ast.stmt]) -> Any:
        self.scopes.append(scope)
        node.body = [self.visit(statement) for statement in body]
        self.scopes.pop()
        return node

    def visit_FunctionDef(self, node: Any) -> Any:
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        node.args.kw_defaults = [one and self.visit(one) for one in node.args.kw_defaults]
        return self._inside(Scope("local", node), node, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        node.bases = [self._argument(base, None) for base in node.bases]
        return self._inside(Scope("class"), node, node.body)

    # What makes containers

    def visit_List(self, node: ast.List) -> Any:
        if not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        return self._made(node)

    def visit_Set(self, node: ast.Set) -> Any:
        for element in node.elts:
            if isinstance(element, ast.Starred):
                element.value = _hook("read", element.value, element.value)
        return self._made(node)

    def visit_Dict(self, node: Any) -> Any:
        return self._made(node)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_Dict

    def _made(self, node: Any) -> Any:
        """What is inside a value is not what the assignment names."""
        scope = self.scopes[-1]
        name, scope.target = scope.target, None
        self.generic_visit(node)
        scope.target = name
        return _hook("made", node, node, _text(name))

    def _plain_display(self, node: ast.expr) -> Any:
        """A display that is walked or searched on the spot stays what it was."""
        if isinstance(node, (ast.List, ast.Set)):
            return self.generic_visit(node)
        return self.visit(node)

    def visit_For(self, node: Any) -> Any:
        node.iter = self._plain_display(node.iter)
        node.target = self.visit(node.target)
        node.body = [self.visit(one) for one in node.body]
        node.orelse = [self.visit(one) for one in node.orelse]
        return node

    # What reads past the methods

    def visit_Call(self, node: ast.Call) -> ast.expr:
        function = node.func
        name = _last_name(function)
        if isinstance(function, ast.Attribute):
            owner = _last_name(function.value)
            function.value = self._nested(function.value)
            if name in _CALLED_INSTEAD or owner in _TYPES or owner == "frozenset":
                node.func = _hook("call", function, function)
        elif isinstance(function, ast.Name):
            if name not in _UNTOUCHED and name not in self.defined:
                node.func = _hook("call", function, function)
        elif isinstance(function, ast.Subscript) and _last_name(function.value) in _TYPES:
            node.func = _hook("call", function, function.value)  # list[int]() makes a list
        else:
            node.func = self._nested(function)
        node.args = [self._argument(argument, name) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self._argument(keyword.value, name)
        if name == "fromkeys":
            return _hook("made", node, node, _text(self.scopes[-1].target))
        return _hook("taken", node, node) if name in _TAKES_OUT else node

    def _nested(self, node: ast.expr) -> Any:
        scope = self.scopes[-1]
        name, scope.target = scope.target, None
        result = self.visit(node)
        scope.target = name
        return result

    def _argument(self, node: ast.expr, function: str | None) -> Any:
        if _last_name(node) in _TYPES and function not in _ASK_FOR_TYPES:
            return _hook("factory", node, node)
        visited = self._nested(node)
        if function in _READ_PAST_METHODS and not isinstance(node, ast.Starred):
            return _hook("read", node, visited)
        return visited

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        of_sets = isinstance(node.op, _SET_OPERATORS)
        node.left = self._operand(node.left, of_sets)
        node.right = self._operand(node.right, of_sets or isinstance(node.op, ast.Add))
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        # Not the target itself: what `d[k] += [x]` puts there is what was there.
        node.target = self.generic_visit(node.target)  # type: ignore[assignment]
        node.value = self._operand(node.value, isinstance(node.op, _SET_OPERATORS))
        return node

    def _operand(self, node: ast.expr, is_read: bool) -> Any:
        """Visit an operand; one that may be a container, and that C code reads past its methods, is told to be read."""
        visited = self._nested(node)
        if is_read and isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            return _hook("read", node, visited)
        return visited

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        node.left = self._nested(node.left)
        for place, (operator, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
            if isinstance(operator, (ast.In, ast.NotIn)):
                node.comparators[place] = self._plain_display(right)
                continue
            node.comparators[place] = self._operand(right, isinstance(operator, _COMPARISONS))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        key = node.slice
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Slice):
            node.value = _hook("sliced", node.value, node.value)
        elif not isinstance(node.ctx, ast.Load) and isinstance(key, (ast.Name, ast.Constant)):
            again = ast.Name(key.id, ast.Load()) if isinstance(key, ast.Name) else ast.Constant(key.value)
            node.value = _hook("dropping", node.value, node.value, again)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        node.value = self._nested(node.value)
        if isinstance(node.ctx, ast.Load) and node.attr in _LATE:
            return _hook("bound", node, node.value, _text(node.attr))
        return node

    # What binds names

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        node.targets = [self.visit(target) for target in node.targets]
        node.value = self._stored(node.targets[-1], node.value)
        for target in node.targets[:-1]:
            node.value = self._store(target, node.value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.target = self.visit(node.target)
            node.value = self._stored(node.target, node.value)
        return node

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        node.value = self._stored(node.target, node.value)
        return node

    def _stored(self, target: ast.expr, value: ast.expr) -> ast.expr:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            pairs = list(zip(target.elts, value.elts, strict=True))
            if not any(isinstance(one, ast.Starred) for pair in pairs for one in pair):
                value.elts = [self._stored(one, part) for one, part in pairs]
                return value
        scope = self.scopes[-1]
        scope.target = _dotted(target)
        visited = self.visit(value)
        scope.target = None
        return self._store(target, visited)

    def _store(self, target: ast.expr, value: ast.expr) -> ast.expr:
        name = _dotted(target)
        if isinstance(target, ast.Name):
            how = self.scopes[-1].kind_of(target.id)
            if how == "local" and isinstance(value, (ast.Constant, ast.BinOp, ast.Compare, ast.JoinedStr)):
                return value
            now: list[ast.expr] = []
            if how == "cell":
                nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
                now = [ast.Lambda(nothing, ast.Name(target.id, ast.Load()))]
            return _hook("store", value, value, _text(name), _text(how), *now)
        if isinstance(target, ast.Attribute):
            owner = [ast.Name(target.value.id, ast.Load())] if isinstance(target.value, ast.Name) else []
            return _hook("store", value, value, _text(name or target.attr), _text("attribute"), *owner)
        if isinstance(target, ast.Subscript):
            return _hook("store", value, value, _text(None), _text("item"))
        return value
