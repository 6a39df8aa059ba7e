"""Syntax trees built in several threads at once, as the engine's workers do."""

from __future__ import annotations

import ast
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.parsing import parse

SOURCES = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py"))[:12]]


class Waste:
    """Garbage of a kind that has the interpreter run Python code, and change threads, in the middle of anything."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        sum(range(100))


@pytest.fixture(autouse=True)
def hasty() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_several_threads_at_once() -> None:
    failures: list[BaseException] = []

    def parses() -> None:
        for source in SOURCES * 4:
            waste = [Waste() for _number in range(50)]
            del waste
            try:
                assert ast.dump(parse(source))
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=parses) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_who_is_disturbed_by_others_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [SystemError("AST constructor recursion depth mismatch"), ast.Module([], [])]

    def disturbed(_source: str, _name: str) -> ast.Module:
        answer = answers.pop(0)
        if isinstance(answer, SystemError):
            raise answer
        return answer

    monkeypatch.setattr(ast, "parse", disturbed)
    assert parse("").body == []
    assert not answers


def test_warnings_are_not_for_us() -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        parse("x = 1 is 1\n'\\d'\n")
    assert heard == []
    with pytest.raises(SyntaxError):
        parse("def")
