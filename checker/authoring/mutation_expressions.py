"""Mistakes in expressions: conditions, exceptions, constants, and the calls that a socket program is made of."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

from checker.authoring.mutation_source import Change, Edit, Source

SPOKEN = {"print", "line", "input"}
"""Functions whose texts are a program's own to word."""

OTHER_NAMES = {
    "sendall": ("send",),
    "start": ("run",),
    "SHUT_RDWR": ("SHUT_RD", "SHUT_WR"),
    "SOCK_STREAM": ("SOCK_DGRAM",),
    "AF_INET": ("AF_INET6",),
}
OTHER_TEXTS = {"utf-8": ("ascii", "latin-1"), "replace": ("ignore",)}
NARROWER = {"OSError": ("ConnectionResetError", "BrokenPipeError")}
WRITTEN_OUT = {"host": ('"localhost"', '""'), "port": ("12345",)}
TIDY = ("strip", "lower", "encode")
BOUNDARIES: dict[type[ast.cmpop], str] = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}


def other_condition(source: Source, node: ast.AST) -> Iterator[Change]:
    """A condition that is turned round, always true or never."""
    if not isinstance(node, (ast.If, ast.While)) or isinstance(node.test, ast.Constant):
        return
    test = node.test
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        turned = source.of(test.operand)
    else:
        turned = f"not ({source.of(test)})"
    for new in (turned, "True", "False"):
        yield source.replace("other-condition", test, new, f"{source.words(node)} -> {new}")


def one_branch(source: Source, node: ast.AST) -> Iterator[Change]:
    """One of the two of `A if B else C`, whatever B is."""
    if isinstance(node, ast.IfExp):
        for branch in (node.body, node.orelse):
            yield source.replace("one-branch", node, source.of(branch))


def boundary(source: Source, node: ast.AST) -> Iterator[Change]:
    """One more or one less: `<=` for `<`."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in BOUNDARIES:
        left, right = source.of(node.left), source.of(node.comparators[0])
        yield source.replace("boundary", node, f"{left} {BOUNDARIES[type(node.ops[0])]} {right}")


def other_operation(source: Source, node: ast.AST) -> Iterator[Change]:
    """One side alone, the sides exchanged, `and` for `or`, `=` for `+=`."""
    if isinstance(node, ast.BinOp):
        if _is_shown(source, node):
            return
        left, right = source.of(node.left), source.of(node.right)
        yield source.replace("other-operation", node, left)
        yield source.replace("other-operation", node, right)
        sign = source.text[source.end(node.left) : source.start(node.right)]
        if isinstance(node.op, (ast.Add, ast.Sub)):
            yield source.replace("other-operation", node, f"{right}{sign}{left}")
    elif isinstance(node, ast.BoolOp):
        old, new = (" and ", " or ") if isinstance(node.op, ast.And) else (" or ", " and ")
        yield source.replace(
            "other-operation", node, f"({new.join(source.of(one) for one in node.values)})", f"{old} ->{new}"
        )
    elif isinstance(node, ast.AugAssign):
        yield source.replace("other-operation", node, f"{source.of(node.target)} = {source.of(node.value)}")


def other_constant(source: Source, node: ast.AST) -> Iterator[Change]:
    """Another number, text, truth. What is only shown to a person is a program's own to word."""
    if not isinstance(node, ast.Constant) or _is_shown(source, node):
        return
    if isinstance(node.value, bool) and isinstance(source.parent(node), ast.keyword):
        return  # the same as without it
    for new in _others(node.value):
        yield source.replace("other-constant", node, new, f"{_near(source, node)}: {source.words(node)} -> {new}")


def _others(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int):
        yield "1" if value > 1 else str(1 - value)
    elif isinstance(value, str):
        for other in OTHER_TEXTS.get(value, ("" if value else "X",)):
            yield repr(other)
    elif isinstance(value, bytes):
        yield repr(b"" if value else b"X")


def _near(source: Source, node: ast.AST) -> str:
    """The statement or call that a constant is in, as the same constant is in many."""
    for one in source.above(node):
        if isinstance(one, ast.stmt):
            return source.words(one)
    return ""


def _is_shown(source: Source, node: ast.AST) -> bool:
    """Whether a constant is a docstring, an entry in a table of texts, or what is printed."""
    inside = node
    for one in source.above(node):
        if isinstance(one, ast.Dict) or (isinstance(one, ast.Expr) and one.value is inside is node):
            return True
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in SPOKEN:
            return inside in one.args
        inside = one
    return False


def shortened_text(source: Source, node: ast.AST) -> Iterator[Change]:
    """A text without one of its fields, or without what is between them."""
    if isinstance(node, ast.JoinedStr):
        for number, part in enumerate(node.values):
            if isinstance(part, ast.Constant) and _is_shown(source, node):
                continue
            shorter = copy.deepcopy(node)
            del shorter.values[number]
            # What is in the braces alone: how a whole field is written, Python's versions do not agree.
            inner = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""
            left = repr(part.value) if isinstance(part, ast.Constant) else f"{{{inner}}}"
            yield source.replace("shortened-text", node, ast.unparse(shorter), f"{source.words(node)} without {left}")
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and isinstance(source.parent(node), ast.Dict):
        start, text = source.start(node), source.of(node)
        for field in _fields(text):
            edit = Edit(start + text.index(field), start + text.index(field) + len(field), "")
            yield Change("shortened-text", node, f"{source.words(node)} without {field}", (edit,))


def _fields(text: str) -> Iterator[str]:
    while "{" in text:
        field, closed, text = text[text.index("{") :].partition("}")
        yield field + closed


def other_name(source: Source, node: ast.AST) -> Iterator[Change]:
    """`send` for `sendall`, `run` for `start`, and their like."""
    if isinstance(node, ast.Attribute):
        for other in OTHER_NAMES.get(node.attr, ()):
            parent = source.parent(node)
            named = source.words(parent if isinstance(parent, ast.Call) else node)
            yield source.replace("other-name", node, f"{source.of(node.value)}.{other}", f"{named} -> {other}")


def written_out(source: Source, node: ast.AST) -> Iterator[Change]:
    """An address written into the program in place of the one that it was told."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in WRITTEN_OUT:
        call = next((one for one in source.above(node) if isinstance(one, ast.Call)), None)
        if call is not None and isinstance(call.func, ast.Attribute) and call.func.attr in ("bind", "connect"):
            for new in WRITTEN_OUT[node.id]:
                yield source.replace("written-out", node, new, f"{source.words(call)}: {node.id} -> {new}")


def fewer_arguments(source: Source, node: ast.AST) -> Iterator[Change]:
    """Without a keyword (daemon=True), without a call that only tidies up (`.strip()`), with too small a backlog."""
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg not in ("target", "args"):
            kept = [source.of(one) for one in (*node.args, *node.keywords) if one is not keyword]
            new = f"{source.of(node.func)}({', '.join(kept)})"
            yield source.replace("fewer-arguments", node, new, f"{source.words(node)} without {source.of(keyword)}")
    if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        if node.func.attr == "listen":
            yield source.replace("other-constant", node, f"{source.of(node.func)}(0)")
        elif node.func.attr in TIDY:
            yield source.replace("fewer-calls", node, source.of(node.func.value))


def thread_mistakes(source: Source, node: ast.AST) -> Iterator[Change]:
    """Calls the function where a thread should; makes a daemon of a thread that is none."""
    if not (isinstance(node, ast.Call) and source.of(node.func) in ("threading.Thread", "Thread")):
        return
    given = {keyword.arg: keyword for keyword in node.keywords}
    arguments = given["args"].value if "args" in given else None
    if "target" in given and isinstance(arguments, ast.Tuple):
        target = given["target"].value
        new = f"{source.of(target)}({', '.join(source.of(one) for one in arguments.elts)})"
        yield source.replace("called-at-once", target, new)
    if "daemon" not in given:
        edit = Edit(source.end(node) - 1, source.end(node) - 1, ", daemon=True")
        yield Change("another-daemon", node, source.words(node), (edit,))


def swapped_arguments(source: Source, node: ast.AST) -> Iterator[Change]:
    """Two names handed over, exchanged. Nobody minds in which order exceptions are named."""
    group = node.elts if isinstance(node, ast.Tuple) else node.args if isinstance(node, ast.Call) else []
    if len(group) != 2 or not all(isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load) for one in group):
        return
    if isinstance(source.parent(node), ast.ExceptHandler):
        return
    first, second = group
    what = f"{source.words(node)}: {source.words(second)} before {source.words(first)}"
    yield source.exchanged("swapped-arguments", node, first, second, what)


def fewer_exceptions(source: Source, node: ast.AST) -> Iterator[Change]:
    """Catches one kind of exception less, or only one kind of those that it was to catch."""
    kinds: list[ast.expr] = []
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        kinds = [node.type]
    elif isinstance(node, ast.Call) and source.of(node.func) in ("suppress", "contextlib.suppress"):
        kinds = node.args
    for kind in kinds:
        for other in NARROWER.get(source.of(kind), ()):
            yield source.replace("fewer-exceptions", kind, other, f"{_protected(source, node)} -> {other}")
        if isinstance(kind, ast.Tuple):
            for one in kind.elts:
                kept = [source.of(other) for other in kind.elts if other is not one]
                what = f"{_protected(source, node)} without {source.of(one)}"
                yield source.replace("fewer-exceptions", kind, f"({', '.join(kept)},)", what)


def _protected(source: Source, node: ast.AST) -> str:
    """Which of the many that catch the same."""
    guarded = next(one for one in source.above(node) if isinstance(one, (ast.Try, ast.With)))
    return f"{source.words(guarded.body[0])} {source.words(node)}"


OPERATORS: tuple[Callable[[Source, ast.AST], Iterator[Change]], ...] = (
    other_condition,
    one_branch,
    boundary,
    other_operation,
    other_constant,
    shortened_text,
    other_name,
    written_out,
    fewer_arguments,
    thread_mistakes,
    swapped_arguments,
    fewer_exceptions,
)
