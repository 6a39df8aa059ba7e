"""Mistakes in statements: what was forgotten, put in the wrong order, or left out of the lock, the loop or the `try`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from checker.authoring.mutation_source import Change, Edit, Source

LEAVES = (ast.Return, ast.Break, ast.Continue, ast.Raise)


def delete_statement(source: Source, node: ast.AST) -> Iterator[Change]:
    """Forgets a statement. Not one without which a name is missing, which any check would tell at once; nor what has a
    body of its own (whose statements are forgotten one by one), nor a value returned, which has an operator to itself."""
    if isinstance(node, (ast.Expr, ast.For, ast.AugAssign, ast.Break, ast.Continue, ast.Delete, ast.Raise)):
        dull = isinstance(node, ast.Expr) and _is_docstring(node)
    elif isinstance(node, ast.Return):
        dull = node.value is not None
    else:
        dull = not isinstance(node, ast.Assign) or bool(_gives(node) - _gives_beside(source, node))
    if not dull:
        yield source.replace("delete-statement", node, "pass", _beside(source, node))


def _gives_beside(source: Source, node: ast.AST) -> set[str]:
    """What other statements give a value to."""
    return {
        name for one in ast.walk(source.tree) if one is not node and isinstance(one, ast.stmt) for name in _own(one)
    }


def _own(node: ast.stmt) -> set[str]:
    return _gives(node) if isinstance(node, (ast.Assign, ast.AugAssign)) else set()


def _beside(source: Source, node: ast.AST) -> str:
    """What it is called by: a bare word also by what it stands under, as there are many of them."""
    words = source.words(node)
    return words if " " in words or "(" in words else f"{_near(source, node)} {words}"


def swap_statements(source: Source, node: ast.AST) -> Iterator[Change]:
    """Does two things in the wrong order. Not where the second needs a name that the first gives."""
    body = getattr(node, "body", [])
    for block in (body if isinstance(body, list) else [], getattr(node, "orelse", []), getattr(node, "finalbody", [])):
        if not isinstance(block, list):
            continue
        for first, second in zip(block, block[1:], strict=False):
            if _is_simple(first) and _is_simple(second) and not _gives(first) & _needs(second):
                what = f"{source.words(second)} before {source.words(first)}"
                yield source.exchanged("swap-statements", first, first, second, what)


def unwrap_with(source: Source, node: ast.AST) -> Iterator[Change]:
    """Without the `with`: no lock is taken, nothing is closed, no error suppressed."""
    if not isinstance(node, ast.With):
        return
    start, end = source.head(node)
    names = [
        f"{source.of(item.optional_vars)} = {source.of(item.context_expr)}\n{source.indent(node)}"
        for item in node.items
        if item.optional_vars is not None
    ]
    yield Change("unwrap-with", node, source.words(node), (Edit(start, end, "".join(names) + "if True:"),))


def own_lock(source: Source, node: ast.AST) -> Iterator[Change]:
    """A lock of its own for each use, which keeps nobody out."""
    if isinstance(node, ast.With):
        for item in node.items:
            if (
                isinstance(item.context_expr, (ast.Name, ast.Attribute))
                and "lock" in source.of(item.context_expr).lower()
            ):
                yield source.replace("own-lock", item.context_expr, "threading.Lock()")


def shrink_with(source: Source, node: ast.AST) -> Iterator[Change]:
    """The first or the last statement of a `with` is outside of it."""
    if isinstance(node, ast.With) and len(node.body) > 1 and all(item.optional_vars is None for item in node.items):
        yield _moved_before(source, node, "shrink-with")
        start, end = source.block(node.body[-1:])
        text = source.dedented(node.body[-1:], source.indent(node))
        what = f"{source.words(node.body[-1])} behind {source.words(node)}"
        yield Change("shrink-with", node.body[-1], what, (Edit(start, end, text),))


def shrink_try(source: Source, node: ast.AST) -> Iterator[Change]:
    """The first statement of a `try` is before it."""
    if isinstance(node, ast.Try) and len(node.body) > 1:
        yield _moved_before(source, node, "shrink-try")


def _moved_before(source: Source, node: ast.With | ast.Try, operator: str) -> Change:
    first = node.body[:1]
    at = source.block([node])[0]
    edits = (Edit(*source.block(first), ""), Edit(at, at, source.dedented(first, source.indent(node))))
    return Change(operator, first[0], f"{source.words(first[0])} before {source.words(node)}", edits)


def unwrap_try(source: Source, node: ast.AST) -> Iterator[Change]:
    """Without the `try`: an exception goes on upwards, and what is in `finally` is done only where there was none."""
    if not isinstance(node, ast.Try):
        return
    edits = [Edit(*source.head(node), "if True:")]
    edits += [Edit(*source.block([handler]), "") for handler in node.handlers]
    edits += [Edit(*place, "if True:\n") for place in _keywords(source, node).values()]
    yield Change("unwrap-try", node, f"try: {source.words(node.body[0])}", tuple(edits))


def delete_handler(source: Source, node: ast.AST) -> Iterator[Change]:
    """One `except` clause less."""
    if isinstance(node, ast.Try) and (len(node.handlers) > 1 or (node.handlers and node.finalbody)):
        for handler in node.handlers:
            yield Change("delete-handler", handler, source.words(handler), (Edit(*source.block([handler]), ""),))


def delete_finally(source: Source, node: ast.AST) -> Iterator[Change]:
    """Without what is done in any case; or done only where nothing went wrong."""
    if isinstance(node, ast.Try) and node.handlers and node.finalbody and not node.orelse:
        start, end = _keywords(source, node)["finally"]
        first, indent = node.finalbody[0], source.indent(node)
        yield Change(
            "delete-finally",
            first,
            source.words(first),
            (Edit(start - len(indent), source.block(node.finalbody)[1], ""),),
        )
        yield Change("else-for-finally", first, source.words(first), (Edit(start, end, "else:\n"),))


def _keywords(source: Source, node: ast.Try) -> dict[str, tuple[int, int]]:
    """Where `else:` and `finally:` of a `try` are."""
    places, before = {}, [*node.body, *node.handlers][-1]
    if node.orelse:
        places["else"] = source.keyword_line("else", before, node.orelse[0])
        before = node.orelse[-1]
    if node.finalbody:
        places["finally"] = source.keyword_line("finally", before, node.finalbody[0])
    return places


def other_way_out(source: Source, node: ast.AST) -> Iterator[Change]:
    """`break` for `continue`, `return` for `break`, None for what was to be returned, and so on."""
    ways = {ast.Break: "break", ast.Continue: "continue", ast.Return: "return"}
    if type(node) not in ways:
        return
    if isinstance(node, ast.Return) and node.value is not None:
        yield source.replace("other-way-out", node, "return None")
        return
    in_loop = source.in_loop(node)
    for kind, word in ways.items():
        if not isinstance(node, kind) and (in_loop or kind is ast.Return):
            yield source.replace("other-way-out", node, word, f"{_beside(source, node)} -> {word}")


def _near(source: Source, node: ast.AST) -> str:
    """The line above what it is in."""
    return source.words(source.parent(node))


def only_once(source: Source, node: ast.AST) -> Iterator[Change]:
    """A loop that goes round once."""
    if isinstance(node, (ast.While, ast.For)) and not isinstance(node.body[-1], LEAVES):
        end = source.block(node.body)[1]
        yield Change("only-once", node, source.words(node), (Edit(end, end, f"{source.indent(node.body[0])}break\n"),))


def not_all(source: Source, node: ast.AST) -> Iterator[Change]:
    """A loop that leaves out the first or the last."""
    if isinstance(node, ast.For):
        for part in ("[1:]", "[:-1]"):
            yield source.replace("not-all", node.iter, f"list({source.of(node.iter)}){part}")


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_simple(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign)) and not _is_docstring(node)


def _gives(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


def _needs(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


OPERATORS: tuple[Callable[[Source, ast.AST], Iterator[Change]], ...] = (
    delete_statement,
    swap_statements,
    unwrap_with,
    own_lock,
    shrink_with,
    shrink_try,
    unwrap_try,
    delete_handler,
    delete_finally,
    other_way_out,
    only_once,
    not_all,
)
