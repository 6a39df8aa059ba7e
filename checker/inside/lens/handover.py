"""Where one thread gives something on to another: start and join, a queue, a pool's tasks and their results."""

from __future__ import annotations

import _thread
import queue
import sys
import threading
from typing import Any

from checker.inside.lens.clocks import Signal, threads
from checker.inside.lens.locks import Channel
from checker.inside.lens.lockset import findings


def install() -> None:
    """Patch the classes themselves: their subclasses take part."""
    _patch_threads()
    _patch_queues()


def _patch_threads() -> None:
    start, join, is_alive = threading.Thread.start, threading.Thread.join, threading.Thread.is_alive

    def recorded_start(self: Any) -> None:
        work = getattr(getattr(self, "_target", None), "__qualname__", None)
        self._lens_birth = threads.give(), (threads.site(sys._getframe(1)), type(self), work)
        start(self)

    def ended(self: Any) -> None:
        shadow = getattr(self, "_lens_shadow", None)
        if shadow is not None and shadow is not threads.current():
            threads.take(Signal(shadow))

    def recorded_join(self: Any, timeout: float | None = None) -> None:
        join(self, timeout)
        if not is_alive(self):
            ended(self)

    def recorded_is_alive(self: Any) -> bool:
        alive = is_alive(self)
        if not alive:
            ended(self)
        return alive

    def recorded_start_new_thread(function: Any, *rest: Any) -> int:
        birth = threads.give()

        def begin(*arguments: Any, **named: Any) -> None:
            threads.take(birth)
            function(*arguments, **named)

        return start_new_thread(begin, *rest)

    start_new_thread = _thread.start_new_thread
    _thread.start_new_thread = recorded_start_new_thread
    threading.Thread.start = recorded_start  # type: ignore[method-assign]
    threading.Thread.join = recorded_join  # type: ignore[method-assign]
    threading.Thread.is_alive = recorded_is_alive  # type: ignore[method-assign]


class Parcels:
    """What is under way in one queue: each item with the clocks of who put it there."""

    def __init__(self, counted: bool) -> None:
        self.counted = counted
        self.items: list[tuple[Any, Signal]] = []
        self.done = Channel()

    def put(self, item: Any) -> tuple[Any, Signal]:
        """Before the item goes in, so that it is here when it comes out."""
        parcel = (item, threads.give())
        with threads.mutex:
            self.items.append(parcel)
        return parcel

    def refused(self, parcel: tuple[Any, Signal]) -> None:
        """The queue was full."""
        with threads.mutex:
            self.items[:] = [one for one in self.items if one is not parcel]

    def got(self, item: Any) -> None:
        """The item came out, in the present thread."""
        me = threads.current()
        with threads.mutex:
            place = next((i for i, parcel in enumerate(self.items) if parcel[0] is item), None)
            if place is None:
                return
            _item, signal = self.items.pop(place)
            if self.counted and signal.giver is not me:
                findings.handed_over += 1
        threads.take(signal)


def _parcels(one: Any, counted: bool = True) -> Parcels:
    found: Parcels | None = getattr(one, "_lens", None)
    if found is None:
        found = one._lens = Parcels(counted)
    return found


def _patch_queues() -> None:
    init, put, get = queue.Queue.__init__, queue.Queue.put, queue.Queue.get
    task_done, join = queue.Queue.task_done, queue.Queue.join

    def recorded_init(self: Any, maxsize: int = 0) -> None:
        init(self, maxsize)
        _parcels(self, threads.made_by_program())

    def recorded_put(self: Any, item: Any, block: bool = True, timeout: float | None = None) -> None:
        parcel = _parcels(self).put(item)
        try:
            put(self, item, block, timeout)
        except BaseException:
            _parcels(self).refused(parcel)
            raise

    def recorded_get(self: Any, block: bool = True, timeout: float | None = None) -> Any:
        item = get(self, block, timeout)
        _parcels(self).got(item)
        return item

    def recorded_task_done(self: Any) -> None:
        _parcels(self).done.tell()
        task_done(self)

    def recorded_join(self: Any) -> None:
        join(self)
        _parcels(self).done.hear()

    queue.Queue.__init__ = recorded_init  # type: ignore[method-assign]
    queue.Queue.put = recorded_put  # type: ignore[method-assign]
    queue.Queue.get = recorded_get  # type: ignore[method-assign]
    queue.Queue.task_done = recorded_task_done  # type: ignore[method-assign]
    queue.Queue.join = recorded_join  # type: ignore[method-assign]
    queue.SimpleQueue = SimpleQueue  # type: ignore[misc]


class SimpleQueue(queue.SimpleQueue):  # type: ignore[type-arg]
    """`queue.SimpleQueue`, which is also what a thread pool's tasks pass through."""

    def __init__(self) -> None:
        super().__init__()
        self._lens = Parcels(threads.made_by_program())

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """As the real queue."""
        self._lens.put(item)
        super().put(item)

    def put_nowait(self, item: Any) -> None:
        """As the real queue."""
        self.put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """As the real queue."""
        item = super().get(block, timeout)
        self._lens.got(item)
        return item

    def get_nowait(self) -> Any:
        """As the real queue."""
        return self.get(False)


def patch_futures() -> None:
    """A result comes after what its task did. Only for programs that speak of futures: the import is not free."""
    from concurrent.futures import Future

    if hasattr(Future, "_lens_patched"):
        return
    set_result, set_exception = Future.set_result, Future.set_exception
    result, exception = Future.result, Future.exception

    def recorded_set_result(self: Any, value: Any) -> None:
        self._lens = threads.give()
        set_result(self, value)

    def recorded_set_exception(self: Any, error: Any) -> None:
        self._lens = threads.give()
        set_exception(self, error)

    def recorded_result(self: Any, timeout: float | None = None) -> Any:
        try:
            return result(self, timeout)
        finally:
            threads.take(getattr(self, "_lens", None))

    def recorded_exception(self: Any, timeout: float | None = None) -> Any:
        try:
            return exception(self, timeout)
        finally:
            threads.take(getattr(self, "_lens", None))

    for name, function in (
        ("set_result", recorded_set_result),
        ("set_exception", recorded_set_exception),
        ("result", recorded_result),
        ("exception", recorded_exception),
        ("_lens_patched", True),
    ):
        setattr(Future, name, function)
