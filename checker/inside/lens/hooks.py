"""What the rewritten program calls, by names put among the builtins: see `rewrite`."""

from __future__ import annotations

import builtins
import contextlib
import heapq
import sys
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any

from checker.inside.lens import locks
from checker.inside.lens.clocks import LockShadow
from checker.inside.lens.containers import REAL, WATCHED, Sliced, is_watched, made, plain_item, real_type, shadow_of
from checker.inside.lens.lockset import READ, WRITE, Shadow, findings
from checker.inside.lens.views import View

_LOCKS = (locks.Lock, locks.Condition, locks.Semaphore, locks.BoundedSemaphore)
_OF_FROZENSETS = (
    *("union", "intersection", "difference", "symmetric_difference"),
    *("issubset", "issuperset", "isdisjoint"),
)
_HEAP_WRITES = ("heappush", "heappop", "heapify", "heapreplace", "heappushpop")

# Called in the place of a builtin: C code that would read a container past its methods. Keyed by identity, the real one
# kept alive in the value.
_INSTEAD: dict[int, tuple[Any, Any]] = {}


def call(function: Any) -> Any:
    """`f(...)` is rewritten to `call(f)(...)`: f itself, or the recording one in its place."""
    found = _INSTEAD.get(id(function))
    return function if found is None else found[1]


def read(value: Any) -> Any:
    """An argument that C code reads past its methods, as `frozenset(s)` and `s | t` do."""
    if is_watched(value):
        findings.note(shadow_of(value), READ, sys._getframe(1))
    elif type(value) is View:
        return value._read()
    return value


def factory(value: Any) -> Any:
    """A container's type given away to be called later, as in `field(default_factory=list)`."""
    return WATCHED.get(value, value) if isinstance(value, type) else value


def sliced(value: Any) -> Any:
    """`x` of `x[a:b]`."""
    return Sliced(value) if is_watched(value) else value


class Late:
    """A method that was looked up and is called later, perhaps elsewhere: recorded when it is called."""

    __slots__ = ("_container", "_name", "_inner")

    def __init__(self, container: Any, name: str) -> None:
        self._container, self._name = container, name
        self._inner = getattr(super(type(container), container), name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return getattr(self._container, self._name)(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._inner)


def bound(value: Any, name: str) -> Any:
    """`x.append` that is not called on the spot, as in `Thread(target=x.append)`."""
    return Late(value, name) if type(value) in REAL else getattr(value, name)


def store(value: Any, name: str, how: str, owner: Any = None) -> Any:
    """A value is bound to a name: it is named by that, a container is published by it, the one before withdrawn.

    `owner` is the object whose attribute it is, or for a variable of an outer function what gives its present value.
    """
    if how != "local":
        before = _held_before(name, how, owner)
        if before is not value and is_watched(before):
            findings.withdrawn(shadow_of(before))
    if is_watched(value):
        shadow = shadow_of(value)
        if shadow.name is None:
            shadow.name = name
        if how != "local":
            shadow.publish(how)
            _rebind(shadow, name, how, owner)
    elif issubclass(type(value), _LOCKS):
        lock = value._lens
        if isinstance(lock, LockShadow) and lock.name is None and how != "item":
            lock.name = name
    return value


def _held_before(name: str, how: str, owner: Any) -> Any:
    if how == "global":
        return sys._getframe(2).f_globals.get(name)
    if how == "attribute":
        return _attribute(owner, name.rpartition(".")[2])
    if how == "cell" and owner is not None:
        with contextlib.suppress(NameError):
            return owner()
    return None


def _attribute(owner: Any, name: str) -> Any:
    """The instance's own attribute, without running any code of the program's."""
    if name.startswith("__") and not name.endswith("__"):
        names = [f"_{one.__name__.lstrip('_')}{name}" for one in type(owner).__mro__]
    else:
        names = [name]
    own = getattr(owner, "__dict__", {})
    for one in names:
        if one in own:
            return own[one]
        if isinstance(vars(type(owner)).get(one), types.MemberDescriptorType):
            return getattr(owner, one, None)  # in a slot
    return None


def taken(value: Any) -> Any:
    """What `pop`, `popleft` or `popitem` gave: nobody finds it there any more."""
    for one in value if type(value) is tuple else (value,):
        if is_watched(one):
            findings.withdrawn(shadow_of(one))
    return value


def dropping(container: Any, key: Any) -> Any:
    """`container` of `del container[key]` and `container[key] = value`: what is there now is withdrawn."""
    if is_watched(container):
        try:
            before = plain_item(container, key)
        except (LookupError, TypeError):
            return container
        taken((before,))
    return container


_bindings: dict[tuple[int, str], tuple[Any, Shadow]] = {}


def _rebind(container: Shadow, name: str, how: str, owner: Any) -> None:
    """Two threads that bind a variable to a new container each lose one of the two: the variable is watched as well.

    Only changes of it are: to read a reference is safe, and right where a copy is swapped in under a lock.
    """
    if how == "global":
        key = (id(sys._getframe(2).f_globals), name)
        alive = None
    elif how == "attribute" and owner is not None and not isinstance(owner, threading.local):
        try:
            key = (id(owner), name.rpartition(".")[2])
            alive = weakref.ref(owner, lambda _gone: _bindings.pop(key, None) and None)
        except TypeError:
            return
    else:
        return
    known = _bindings.get(key)
    if known is None:
        shadow = Shadow("variable, " + container.type, container.site, name)
        shadow.rooted = how
        known = _bindings[key] = (alive, shadow)
    findings.note(known[1], WRITE, sys._getframe(2))


def _over_method(method: Any) -> Callable[..., Any]:
    """`list.append(l, x)`: the method of the type, called with a container."""
    name = method.__name__

    def recorded(*arguments: Any, **named: Any) -> Any:
        if arguments and is_watched(arguments[0]):
            return getattr(arguments[0], name)(*map(read, arguments[1:]), **named)
        return method(*map(read, arguments), **named)

    return recorded


def _over_reader(function: Any, fresh: bool) -> Callable[..., Any]:
    def recorded(*arguments: Any, **named: Any) -> Any:
        result = function(*map(read, arguments), **named)
        return made(result) if fresh else result

    return recorded


def _over_writer(function: Any) -> Callable[..., Any]:
    def recorded(heap: Any, *arguments: Any) -> Any:
        if is_watched(heap):
            findings.note(shadow_of(heap), WRITE, sys._getframe(1))
        return function(heap, *arguments)

    return recorded


def _type(*arguments: Any, **named: Any) -> Any:
    if len(arguments) == 1 and not named:
        return real_type(arguments[0])
    return type(*arguments, **named)


def _instead(real: Any, recording: Any) -> None:
    _INSTEAD[id(real)] = (real, recording)


def _fill() -> None:
    for real, watched in list(WATCHED.items()):
        if real is not set:
            _instead(real, watched)
        for name, method in vars(real).items():
            if isinstance(method, (types.MethodDescriptorType, types.WrapperDescriptorType)) and name != "__init__":
                _instead(method, _over_method(method))
    _instead(set, lambda *arguments: WATCHED[set](*map(read, arguments)))
    _instead(frozenset, _over_reader(frozenset, fresh=False))
    _instead(sorted, _over_reader(sorted, fresh=True))
    for name in _HEAP_WRITES:
        _instead(getattr(heapq, name), _over_writer(getattr(heapq, name)))
    for name in _OF_FROZENSETS:
        _instead(getattr(frozenset, name), _over_method(getattr(frozenset, name)))
    _instead(type, _type)


HOOKS: dict[str, Callable[..., Any]] = {
    "__lens_call__": call,
    "__lens_read__": read,
    "__lens_factory__": factory,
    "__lens_sliced__": sliced,
    "__lens_bound__": bound,
    "__lens_store__": store,
    "__lens_made__": made,
    "__lens_taken__": taken,
    "__lens_dropping__": dropping,
}


def install() -> None:
    """Make the hooks known to rewritten code."""
    _fill()
    for name, hook in HOOKS.items():
        setattr(builtins, name, hook)
