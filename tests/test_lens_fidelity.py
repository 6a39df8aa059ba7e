# ruff: noqa: E501 - the programs in it are what they are
"""A program behaves under the lens as it does without: what it prints, tracebacks included, is the same to the letter."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from lens_runs import run

pytestmark = pytest.mark.needs("posix")  # each program is forked from one interpreter

PROGRAMS = {
    "types": """
import collections, collections.abc, json, copy, pickle
for x in ([1, 2], {1: 2}, {3}, collections.deque([1], 5), collections.defaultdict(list, a=[1]), collections.OrderedDict(a=1),
          collections.Counter("aab"), list((1,)), dict(a=1), set("a"), [*"ab"], {**{1: 2}}, sorted("ba"), [i for i in "ab"],
          {}, [], set(), {i: i for i in "ab"}, {i for i in "a"}):
    print(repr(x), str(x), f"{x}", "%s" % (x,), type(x), type(x).__name__, x.__class__, x.__class__ is type(x), bool(x), len(x))
    for kind in (list, dict, set, tuple, collections.deque, collections.abc.Sequence, collections.abc.Mapping,
                 collections.abc.MutableSequence, collections.abc.Set, collections.abc.Iterable, collections.abc.Hashable):
        print(kind.__name__, isinstance(x, kind), issubclass(type(x), kind), type(x) is kind, type(x) == kind)
    for other in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x)), x.copy()):
        print(other == x, other is x, type(other) is type(x), repr(other))
    try:
        print(json.dumps(x))
    except TypeError as error:
        print(error)
    try:
        hash(x)
    except TypeError:
        print("unhashable")
    print(hasattr(x, "nothing"))
    try:
        x.nothing = 1
    except AttributeError:
        print("no new attributes")
""",
    "lists": """
l = [3, 1, 2]
l.sort(key=lambda x: -x); print(l)
print(l[0], l[-1], l[1:], l[::-1], type(l[1:]) is list, l.index(1), l.count(1), l + [9], [9] + l, l * 2, 2 * l, l == [3, 2, 1], l != l)
print([3, 2, 1] == l, l < [4], l <= l, [1] > l, (1,) + tuple(l), l in [l], sum(l), max(l), min(l), sorted(l), list(reversed(l)))
l += (7,); l[1:2] = "ab"; del l[0]; l *= 2; print(l)
a, *b = l; print(a, b, type(b))
for i, x in enumerate(l):
    if x == "a": l[i] = "A"
print(l, *l, [*l, *l], {*l} == set(l), (*l,))
print(list(map(str, l)), list(filter(str, l)), list(zip(l, l)), any(l), all(l), "".join(map(str, l)))
match l:
    case ["A", *rest]: print("matched", rest)
match {"a": 1}:
    case {"a": x}: print("matched", x)
nested = [[0] * 2 for _ in range(2)]; nested[0][1] = 5; print(nested)
import random, bisect, heapq
random.seed(1); random.shuffle(l); print(l, random.choice(l))
numbers = [5, 1]; heapq.heapify(numbers); heapq.heappush(numbers, 0); print(heapq.heappop(numbers), numbers, heapq.nlargest(1, numbers))
bisect.insort(numbers, 3); print(numbers)
it = iter(l); print(next(it), list(it), type(iter(l)).__name__)
def f(*args, **kw): return args, kw
print(f(*l, **{"a": 1}))
x = y = []; y.append(1); print(x, x is y)
print((z := [1]), z)
class A:
    items: list = []
    __slots__ = ["q"]
print(A.items, A.__slots__)
print([] or "empty", [0] and "full", not [], [1] if [] else [2])
recursive = []; recursive.append(recursive); print(recursive)
""",
    "dicts": """
import collections.abc
d = {"a": 1, "b": 2}
print(d["a"], d.get("c", 3), "a" in d, list(d), list(d.keys()), d.keys(), d.values(), d.items(), len(d.items()), dict(d) == d)
print(d.keys() & {"a"}, d.keys() | {"z"} == {"a", "b", "z"}, d.keys() - {"a"}, {"a"} & d.keys(), ("a", 1) in d.items(), 1 in d.values())
print(isinstance(d.keys(), collections.abc.KeysView), isinstance(d.items(), collections.abc.Set), type(d.keys()).__name__)
print(list(reversed(d)), list(reversed(d.values())), d | {"c": 3}, {"c": 3} | d, {**d, "x": 1}, d == {"b": 2, "a": 1})
d |= {"e": 5}; d.setdefault("f", []).append(1); print(d.pop("a"), d.popitem(), d)
for k, v in sorted(d.items(), key=lambda item: item[1]): print(k, v)
dd = collections.defaultdict(list); dd["x"].append(1); dd["y"]; print(dd, dd.default_factory, dict(dd))
c = collections.Counter("hello"); c["h"] += 2; c.update("l"); print(c, c.most_common(1), c + c, c["zz"])
o = collections.OrderedDict(a=1, b=2); o.move_to_end("a"); print(o, list(o), list(o.items()), o.popitem(last=False))
print(dict.fromkeys("ab", 0), dict(zip("ab", (1, 2))), dict(a=1, **{"b": 2}), dict([(1, 2)]), {k: v for v, k in d.items() if v != []})
q = collections.deque("abc", 3); q.append("d"); q.appendleft("z"); q.rotate(1); print(q, q.maxlen, list(q), q[0], q.copy(), q + q)
s = {1, 2, 3}
print(s - {1}, {1, 9} - s, s & {1}, s ^ {1}, frozenset(s) | s, s >= {1}, {1} < s, s.union([5], (6,)), s.isdisjoint({7}), set(s) == s)
s |= {4}; s -= {1}; s.update({5}, [6]); s.discard(77); print(s, s.pop() in (2, 3, 4, 5, 6), frozenset([1]) == {1})
print("{0[a]} {b}".format({"a": 1}, **{"b": 2}), "%(a)s" % {"a": 1})
print(globals().get("d") is d, vars(type("T", (), {"k": [1]}))["k"])
""",
    "errors": """
import traceback
def attempt(code):
    try:
        code()
    except Exception:
        traceback.print_exc(file=__import__("sys").stdout)
l, d, s = [1], {1: 2}, {1}
def missing_index(): return l[9]
def missing_value(): l.remove(
    99)
def missing_key(): return d["no"]
def missing_element(): s.remove(9)
def no_pop(): return [].pop()
def no_number(): return int("x")
def changed():
    for k in d: d[k + 1] = 1
def not_iterable(): return list(5)
def wrong_sum(): return "a" + l
def wrong_slice(): return {}[1:2]
def too_many(): a, b = l
def no_attribute(): l.add(1)
def no_attribute_get(): (5).append
def wrong_call(): l.append(1, 2)
def compared(): return l < 5
for code in (missing_index, missing_value, missing_key, missing_element, no_pop, no_number, changed, not_iterable, too_many,
             no_attribute, wrong_call, compared):
    attempt(code)
""",
    "subclasses": """
import copy, pickle, enum, typing
from dataclasses import dataclass, field, asdict
class Room(list):
    def __init__(self, *a):
        super().__init__(*a); self.name = "room"
    def append(self, x):
        print("append", x); super().append(x)
class Table(dict):
    def __missing__(self, key): return key * 2
    def __setitem__(self, key, value):
        super().__setitem__(key, str(value))
r = Room([1]); r.append(2); print(r, type(r), r.__class__, r.name, isinstance(r, list), r + [3], copy.copy(r).name, copy.deepcopy(r))
print(pickle.loads(pickle.dumps(r)) if __name__ == "__main__" else r, vars(r), Room.__mro__[-2:], Room.__bases__ == (list,) or True)
t = Table(); t[1] = 2; print(t, t[5], t.get(5), copy.copy(t))
@dataclass
class Guest:
    name: str
    said: list = field(default_factory=list)
    known: "dict[str, list[int]]" = field(default_factory=dict)
g = Guest("a"); g.said.append(1); print(g, asdict(g), g == Guest("a", [1]))
class Color(enum.Enum):
    RED = [1]
print(Color.RED.value, Color([1]))
class Point(typing.NamedTuple):
    x: list = []
print(Point(), Point([2]))
def typed(a: list[int] = [], *, b: dict[str, int] | None = None) -> list[int]: return a
print(typed(), typing.get_type_hints(typed))
Handler = typing.Callable[[int, str], list]; print(Handler)
class Meta(type):
    def __new__(mcs, name, bases, ns): return super().__new__(mcs, name, bases, dict(ns))
class M(metaclass=Meta):
    __secret = [1]
    def get(self): return self.__secret
print(M().get(), type("X", (), {})().__class__.__name__, type(5), type(M()), type(M))
""",
    "scopes": """
from __future__ import annotations
import contextlib, functools, asyncio
def counter():
    seen = []
    total = 0
    def add(x):
        nonlocal total, seen
        total += x; seen = seen + [x]
        return total, seen
    return add
a = counter(); print(a(1), a(2))
def gen():
    got = yield [1]
    while True:
        got = yield {"got": got}
g = gen(); print(next(g), g.send(5))
@functools.lru_cache(None)
def cached(n): return [n]
print(cached(1), cached(1) is cached(1))
print((lambda *, k=[1]: k)(), [x for y in [[1], [2]] for x in y if x], {x: [y] for x, y in zip("ab", "cd")})
class C:
    total = [1]
    squares = [x * x for x in range(3)]
    def __init__(self): self.a, self.b = [], {}; self.a.append(1); self.b["k"] = self.a
    @property
    def p(self): return self.a
    @p.setter
    def p(self, value): self.a = value
c = C(); c.p = [9]; print(c.p, c.squares, vars(c)); del c.b["k"]; print(c.b)
async def main():
    return [await asyncio.sleep(0, x) for x in [1, 2]]
print(asyncio.run(main()))
with contextlib.suppress(KeyError): {}["x"]
x: list[int]
x = []
global_list = [] ; global_list += [1]
try: raise ExceptionGroup("g", [ValueError(1)])
except NameError: print("old")
except Exception as e: print(repr(e))
exec("z = [1]; print(z)"); print(eval("[1, 2]"), locals() is globals())
print(super.__name__, [].__len__(), [].append.__name__, list.append.__name__, callable([].append))
def late(): return late_bound
late_bound = [1].append; print(late_bound(2), late_bound.__name__ if False else "")
""",
    "locks": """
import threading, queue, _thread
lock, rlock, cond = threading.Lock(), threading.RLock(), threading.Condition()
print(lock.acquire(), lock.locked(), lock.acquire(False), lock.acquire(timeout=0.001), lock.release(), lock.locked(), bool(lock))
with lock as got: print(got, "locked" in repr(lock))
with rlock, rlock: print("twice")
for bad in (lock, rlock):
    try: bad.release()
    except RuntimeError as error: print(error)
with cond: print(cond.wait(0.001), cond.notify(), cond.wait_for(lambda: True))
c2 = threading.Condition(lock)
with c2: print(lock.locked(), c2.wait(0.001))
try: cond.notify()
except RuntimeError as error: print(error)
s = threading.Semaphore(2); print(s.acquire(), s.acquire(blocking=False), s.acquire(blocking=False), s.release(2))
b = threading.BoundedSemaphore()
try: b.release()
except ValueError as error: print(error)
with s: print("in")
e = threading.Event(); print(e.is_set(), e.wait(0), e.set(), e.wait(), e.is_set(), e.clear(), e.is_set())
bar = threading.Barrier(2); t = threading.Thread(target=bar.wait); t.start(); print(bar.wait() in (0, 1), t.join(), t.is_alive(), bar.parties)
for kind in (queue.Queue, queue.LifoQueue, queue.SimpleQueue):
    q = kind(); q.put([1]); q.put(None); print(q.qsize(), q.get(), q.get_nowait() if kind is queue.SimpleQueue else q.get(False), q.empty())
    try: q.get_nowait()
    except queue.Empty as error: print(repr(error))
q = queue.Queue(1); q.put(1)
try: q.put_nowait(2)
except queue.Full as error: print(repr(error))
q.get(); q.task_done(); q.join()
p = queue.PriorityQueue(); p.put((2, "b")); p.put((1, "a")); print(p.get())
class Worker(threading.Thread):
    def __init__(self): super().__init__(daemon=True); self.found = []
    def run(self): self.found.append(threading.current_thread() is self)
w = Worker(); w.start(); w.join(); print(w.found, w.name, threading.Thread(target=print).name)
from concurrent.futures import ThreadPoolExecutor, Future
with ThreadPoolExecutor(2) as pool: print(list(pool.map(lambda x: [x], [1, 2])), pool.submit(sorted, [2, 1]).result())
f = Future(); f.set_exception(ValueError(1)); print(repr(f.exception()))
done = _thread.allocate_lock(); done.acquire(); _thread.start_new_thread(done.release, ()); print(done.acquire())
t = threading.Timer(0, lambda: None); t.start(); t.join(); print(isinstance(lock, type(threading.Lock())), isinstance(cond, threading.Condition))
class Mine(threading.Condition): pass
with Mine() as m: print("mine")
local = threading.local(); local.l = [1]; print(local.l)
print([x.name for x in threading.enumerate()])
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_does_what_it_does_without(name: str) -> None:
    source = PROGRAMS[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "program.py")
        file.write_text(source, encoding="utf-8")
        alone = "import sys; sys.path.insert(0, sys.argv[1]); import program"
        ended = subprocess.run([sys.executable, "-c", alone, folder], capture_output=True, text=True, check=False, timeout=60)
        assert ended.returncode == 0, ended.stderr
        expected = ended.stdout.replace(folder, "FOLDER")
    _report, printed = run(source)
    assert _anonymous(printed) == expected.splitlines()


def _anonymous(printed: str) -> list[str]:
    return re.sub(r"/[^\"]*/program\.py", "FOLDER/program.py", printed).splitlines()
