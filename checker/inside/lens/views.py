"""Iterators and dictionary views of watched containers: they read the container whenever they are used."""

from __future__ import annotations

import sys
from typing import Any

from checker.inside.lens.lockset import READ, Shadow, findings


class _Passing:
    """A method of the inner object, recorded as a read of the container."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, outer: Any, owner: Any = None) -> Any:
        if outer is None:
            return self
        findings.note(outer._shadow, READ, sys._getframe(1))
        return getattr(outer._inner, self.name)


class Steps:
    """An iterator over a watched container: each step is a read."""

    __slots__ = ("_shadow", "_inner")

    def __init__(self, shadow: Shadow, inner: Any) -> None:
        self._shadow, self._inner = shadow, inner

    def __iter__(self) -> Any:
        return self

    __next__ = _Passing("__next__")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._inner)


class View:
    """`keys()`, `values()` or `items()` of a watched dictionary."""

    __slots__ = ("_shadow", "_inner")

    def __init__(self, shadow: Shadow, inner: Any) -> None:
        self._shadow, self._inner = shadow, inner

    def __iter__(self) -> Steps:
        return Steps(self._shadow, iter(self._inner))

    def __reversed__(self) -> Steps:
        return Steps(self._shadow, reversed(self._inner))

    __len__ = _Passing("__len__")
    __repr__ = _Passing("__repr__")
    isdisjoint = _Passing("isdisjoint")

    def __contains__(self, item: object) -> bool:
        findings.note(self._shadow, READ, sys._getframe(1))
        return item in self._inner

    def _read(self) -> Any:
        """The real view, read now."""
        findings.note(self._shadow, READ, sys._getframe(2))
        return self._inner

    def _combine(self, name: str, other: Any) -> Any:
        findings.note(self._shadow, READ, sys._getframe(2))
        if type(other) is View:
            findings.note(other._shadow, READ, sys._getframe(2))
            other = other._inner
        combine = getattr(self._inner, name, None)
        return NotImplemented if combine is None else combine(other)

    def __eq__(self, other: object) -> Any:
        return self._combine("__eq__", other)

    def __ne__(self, other: object) -> Any:
        return self._combine("__ne__", other)

    def __le__(self, other: Any) -> Any:
        return self._combine("__le__", other)

    def __lt__(self, other: Any) -> Any:
        return self._combine("__lt__", other)

    def __ge__(self, other: Any) -> Any:
        return self._combine("__ge__", other)

    def __gt__(self, other: Any) -> Any:
        return self._combine("__gt__", other)

    def __and__(self, other: Any) -> Any:
        return self._combine("__and__", other)

    def __or__(self, other: Any) -> Any:
        return self._combine("__or__", other)

    def __sub__(self, other: Any) -> Any:
        return self._combine("__sub__", other)

    def __xor__(self, other: Any) -> Any:
        return self._combine("__xor__", other)

    def __rand__(self, other: Any) -> Any:
        return self._combine("__rand__", other)

    def __ror__(self, other: Any) -> Any:
        return self._combine("__ror__", other)

    def __rsub__(self, other: Any) -> Any:
        return self._combine("__rsub__", other)

    def __rxor__(self, other: Any) -> Any:
        return self._combine("__rxor__", other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def mapping(self) -> Any:
        """As the real views have it."""
        return self._inner.mapping

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._inner)
