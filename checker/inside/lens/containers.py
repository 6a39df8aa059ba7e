"""Containers that record every access and are the real ones in everything else.

Each class here is a subclass of the real one. Its methods are descriptors that record when they are looked up and hand
out the real C method: what the program calls is the real thing, and no frame of ours is in its tracebacks.
"""

from __future__ import annotations

import collections
import copy
import sys
from collections.abc import Callable
from typing import Any

from checker.inside.lens.lockset import LOOK, PUT, READ, WRITE, Shadow, findings
from checker.inside.lens.views import Steps, View


def shadow_of(container: Any, depth: int = 2) -> Shadow:
    """The container's shadow; where C code made it without its __init__, it is born now."""
    try:
        return container._lens_  # type: ignore[no-any-return]
    except AttributeError:
        container._lens_ = shadow = findings.born(real_type(container).__name__, sys._getframe(depth))
        return shadow


class Recorded:
    """A method that is recorded as one kind of access; what is called is the real one."""

    def __init__(self, real: Any, kind: int) -> None:
        self.real, self.kind = real, kind

    def __get__(self, container: Any, owner: Any = None) -> Any:
        if container is None:
            return self.real
        findings.note(shadow_of(container), self.kind, sys._getframe(1))
        return self.real.__get__(container, owner)


class Fresh(Recorded):
    """A method whose result is a new container, to be watched as well."""

    def __get__(self, container: Any, owner: Any = None) -> Any:
        method = super().__get__(container, owner)
        if container is None:
            return method
        return lambda *arguments, **named: made(method(*arguments, **named))


class Viewed(Recorded):
    """`keys`, `values`, `items`: the view reads the dictionary whenever it is used itself."""

    def __get__(self, container: Any, owner: Any = None) -> Any:
        if container is None:
            return self.real
        shadow = shadow_of(container)
        return lambda: View(shadow, self.real(container))


class Walked(Recorded):
    """`__iter__` and `__reversed__`: every step is an access."""

    def __get__(self, container: Any, owner: Any = None) -> Any:
        if container is None:
            return self.real
        shadow = shadow_of(container)
        return lambda: Steps(shadow, self.real(container))


class Born:
    """`__init__`: where the container was made is noted here."""

    def __init__(self, real: Any, name: str) -> None:
        self.real, self.name = real, name

    def __get__(self, container: Any, owner: Any = None) -> Any:
        if container is None:
            return self.real
        container._lens_ = findings.born(self.name, sys._getframe(1))
        return self.real.__get__(container, owner)


_READS = (
    "__len__ __getitem__ __contains__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __repr__ "
    "index count get isdisjoint issubset issuperset"
)
_WRITES = (
    "__setitem__ __delitem__ __iadd__ __imul__ __ior__ __iand__ __isub__ __ixor__ append appendleft extend extendleft "
    "insert remove pop popleft popitem clear sort reverse rotate add discard update setdefault move_to_end subtract "
    "intersection_update difference_update symmetric_difference_update"
)
_FRESH = (
    "copy __add__ __mul__ __rmul__ __or__ __ror__ __and__ __rand__ __sub__ __rsub__ __xor__ __rxor__ "
    "union intersection difference symmetric_difference"
)
_ORDERINGS = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}
_DEQUE_SAFE = {"append": PUT, "appendleft": PUT, "pop": PUT, "popleft": PUT, "__len__": LOOK}

WATCHED: dict[type, type] = {}  # the real type -> its recording subclass
REAL: dict[type, type] = {}  # the other way round


def real_type(container: Any) -> type:
    """The type that the program believes its container to have."""
    kind = type(container)
    return type(container._inner) if kind in (Steps, View) else REAL.get(kind, kind)


def is_watched(value: Any) -> bool:
    """Whether it is one of ours, or an instance of the program's own subclass of one."""
    return hasattr(type(value), "_lens_")


def plain(container: Any) -> Any:
    """A real container with the same contents, read without being recorded."""
    kind = _real_base(container)
    if issubclass(kind, collections.defaultdict):
        return kind(container.default_factory, dict.items(container))
    if issubclass(kind, dict):
        return kind(dict(kind.items(container)))
    if kind is collections.deque:
        return kind(collections.deque.__iter__(container), container.maxlen)
    return kind(kind.__iter__(container))


def _real_base(container: Any) -> Any:
    return next(one for one in type(container).__mro__ if one in WATCHED)


def plain_item(container: Any, key: Any) -> Any:
    """`container[key]` without being recorded, and without making a missing one."""
    kind = _real_base(container)
    return dict.get(container, key) if issubclass(kind, dict) else kind.__getitem__(container, key)


def _reduce(self: Any, protocol: Any) -> Any:
    """As the real container reduces itself; the shadow stays here."""
    findings.note(shadow_of(self), READ, sys._getframe(1))
    if type(self) in REAL:
        return plain(self).__reduce_ex__(protocol)
    reduced = object.__reduce_ex__(self, max(protocol, 2))
    if not isinstance(reduced, tuple) or len(reduced) < 3 or not isinstance(reduced[2], tuple):
        return reduced
    attributes, slots = reduced[2]
    slots = {name: value for name, value in slots.items() if name != "_lens_"}
    return (*reduced[:2], (attributes, slots) if slots else attributes, *reduced[3:])


def _copy(self: Any) -> Any:
    findings.note(shadow_of(self), READ, sys._getframe(1))
    if type(self) in REAL:
        return made(plain(self))
    return copy._reconstruct(self, None, *_reduce(self, 4))  # type: ignore[attr-defined]


def _deepcopy(self: Any, memo: dict[int, Any]) -> Any:
    findings.note(shadow_of(self), READ, sys._getframe(1))
    if type(self) in REAL:
        return made(copy.deepcopy(plain(self), memo))
    return copy._reconstruct(self, memo, *_reduce(self, 4))  # type: ignore[attr-defined]


def _set_repr(self: Any) -> str:
    findings.note(shadow_of(self), READ, sys._getframe(1))
    return repr(plain(self)) if type(self) in REAL else set.__repr__(self)


def _missing(self: Any, key: Any) -> Any:
    findings.note(shadow_of(self), WRITE, sys._getframe(1))
    value = collections.defaultdict.__missing__(self, key)
    watched = made(value)
    if watched is not value:
        dict.__setitem__(self, key, watched)
    return watched


def _concatenate_reflected(self: Any, left: Any) -> Any:
    if not isinstance(left, list):
        return NotImplemented
    findings.note(shadow_of(self), READ, sys._getframe(1))
    return made(list.__add__(left, self))


def _watched(real: type) -> type:
    """Make the recording subclass of one type."""
    body: dict[str, Any] = {"__slots__": ("_lens_",)}
    body |= {"__module__": real.__module__, "__qualname__": real.__qualname__}
    body["__init__"] = Born(real.__init__, real.__name__)  # type: ignore[misc]
    body["__class__"] = property(lambda self: real_type(self))
    body["__reduce_ex__"] = _reduce
    body["__copy__"] = _copy
    body["__deepcopy__"] = _deepcopy
    if real is list:
        body["__radd__"] = _concatenate_reflected
    tables: tuple[tuple[str, Callable[[Any], Any]], ...] = (
        (_READS, lambda method: Recorded(method, READ)),
        (_WRITES, lambda method: Recorded(method, WRITE)),
        (_FRESH, lambda method: Fresh(method, READ)),
        ("keys values items", lambda method: Viewed(method, READ)),
        ("__iter__ __reversed__", lambda method: Walked(method, READ)),
    )
    for names, record in tables:
        for name in names.split():
            method = getattr(real, name, None)
            if method is None or (name in _ORDERINGS and method is getattr(object, name)):
                continue
            body[name] = record(method)
            if real is collections.deque and name in _DEQUE_SAFE:
                body[name] = Recorded(method, _DEQUE_SAFE[name])
    if real is collections.defaultdict:
        body["__missing__"] = _missing
    if real is set:
        body["__repr__"] = _set_repr
    body["__hash__"] = None
    watched = type(real.__name__, (real,), body)
    WATCHED[real], REAL[watched] = watched, real
    return watched


_KINDS: tuple[type, ...] = (list, dict, set, collections.deque)
for _real in (*_KINDS, collections.defaultdict, collections.OrderedDict, collections.Counter):
    _watched(_real)


def made(value: Any, name: str | None = None) -> Any:
    """A container that nobody else knows yet, as one that is watched; anything else as it is."""
    watched = WATCHED.get(type(value))
    if watched is None:
        if name is not None and type(value) in REAL and shadow_of(value).name is None:
            shadow_of(value).name = name
        return value
    if isinstance(value, collections.defaultdict):
        value = watched(value.default_factory, value)
    elif isinstance(value, collections.deque):
        value = watched(value, value.maxlen)
    else:
        value = watched(value)
    value._lens_.name = name
    return value


class Sliced:
    """`watched[a:b]`: the slice is a new list, to be watched as well."""

    __slots__ = ("_container",)

    def __init__(self, container: Any) -> None:
        self._container = container

    def __getitem__(self, key: slice) -> Any:
        return made(self._container[key])

