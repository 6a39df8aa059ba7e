"""The rule: no two accesses of different threads, one of them a change, that neither a lock nor an order keeps apart.

After Eraser (Savage, Burrows, Nelson, Sobalvarro, Anderson: "Eraser: A Dynamic Data Race Detector for Multithreaded
Programs", 1997), refined by happens-before (O'Callahan and Choi: "Hybrid Dynamic Data Race Detection", 2003). Eraser's
leniency with the first owner is narrowed: see `Shadow.handed_over`.
"""

from __future__ import annotations

import sys
from types import FrameType

from checker.inside.lens.clocks import LockShadow, Site, ThreadShadow, threads

READ = 1
WRITE = 2
LOOK = 5  # len() of a deque, and
PUT = 6  # its append and pops: documented as safe between threads, among themselves
_WRITES = 2
_DOCUMENTED_AS_SAFE = 4
MOST_RACES = 20
MOST_SENDS = 100
MOST_ACCESSES = 500  # of all threads on one container: those of a thousand visitors are not all kept
MOST_LOCKSETS = 8  # of one thread and one kind on one container; a lock made anew for each access would fill memory


class Access:
    """The latest access of one thread in one way under one set of locks."""

    __slots__ = ("thread", "kind", "lockset", "time", "site")

    def __init__(self, thread: ThreadShadow, kind: int, lockset: frozenset[LockShadow], site: Site) -> None:
        self.thread, self.kind, self.lockset, self.site = thread, kind, lockset, site
        self.time = thread.time

    def conflicts(self, other: Access) -> bool:
        """Whether the two must be kept apart."""
        if not (self.kind | other.kind) & _WRITES:
            return False
        return not self.kind & other.kind & _DOCUMENTED_AS_SAFE


class Shadow:
    """What is known of one container, or of one variable that holds a container."""

    __slots__ = (
        *("type", "name", "site", "rooted", "accesses", "met", "shared", "written", "weakly_given", "last", "guards"),
        *("filled", "refilled"),
    )

    def __init__(self, kind: str, site: Site, name: str | None = None) -> None:
        self.type, self.site, self.name = kind, site, name
        self.rooted: str | None = None  # how it was published: "global", "cell", "class", "attribute", "item"
        self.accesses: dict[tuple[int, int, frozenset[LockShadow]], Access] = {}
        self.met: dict[int, ThreadShadow] = {}  # who has used it since it was published
        self.shared = False
        self.written = False
        self.weakly_given = False
        self.last: tuple[ThreadShadow, int, int, frozenset[LockShadow]] | None = None
        self.guards: set[LockShadow] = set()  # locks held at some change of it
        self.filled: tuple[ThreadShadow, int] | None = None  # in which step of which thread it was changed
        self.refilled = False  # and whether it was in another one, too

    def publish(self, how: str) -> None:
        """Other threads can reach it from now on. What was done to it before, nobody else can have seen."""
        if self.rooted is None:
            self.rooted = how
            if len(self.met) <= 1:
                self.accesses.clear()
                self.met.clear()
                self.last = None
                self.filled, self.refilled = None, False

    def fill(self, me: ThreadShadow) -> None:
        """`me` changes it, now that others can reach it."""
        step = (me, me.time)
        self.refilled = self.refilled or (self.filled is not None and self.filled != step)
        self.filled = step

    def only_filled_by(self, old: Access, me: ThreadShadow) -> bool:
        """Whether `old` belongs to the one stretch under a lock in which it was changed at all, and `me` came later by
        that lock: a copy that was put in its place first and added to then, and that nobody changes any more."""
        within = bool(old.lockset) and self.filled == (old.thread, old.time) and not self.refilled
        return within and me.after_this_time(old.thread, old.time)

    def withdraw(self, me: ThreadShadow) -> None:
        """`me` has taken it out of where others found it, as in `batch, self.waiting = self.waiting, []` under a lock.

        Where all that was done to it came before, by the lock passed on, it is `me`'s alone until others use it again.
        """
        if all(me.after_this_time(one.thread, one.time) for one in self.accesses.values() if one.thread is not me):
            self.accesses.clear()
            self.met = {me.number: me}
            self.rooted, self.last = None, None
            self.shared = self.weakly_given = False

    def handed_over(self, me: ThreadShadow) -> bool:
        """Whether a thread that is new to it takes it over from everyone before.

        By an order that holds in every schedule, any number of times. By the passing of a lock (put into a guarded
        list, found there by another thread) as long as no variable of its own makes it known to all; once where an
        attribute does.
        """
        others = [access for access in self.accesses.values() if access.thread is not me]
        if all(me.after(access.thread, access.time) for access in others):
            return True
        if self.rooted not in (None, "attribute", "item") or (self.weakly_given and self.rooted is not None):
            return False
        if all(me.after_this_time(access.thread, access.time) for access in others):
            self.weakly_given = True
            return True
        return False


    def only_luck_ordered(self, old: Access, me: ThreadShadow) -> bool:
        """Whether `old` came before `me` merely because `me` was started last of several that do the same work.

        An accept loop that looks at the list and then starts a thread for the newcomer is ordered with that thread. It
        is not with the threads of those who came earlier, and which of them leaves first is the clients' choice.
        """
        if me.role is None or me.birth.get(old.thread.number, 0) < old.time:
            return False
        return any(
            other.role == me.role
            and other is not old.thread
            and other.birth.get(old.thread.number, 0) < old.time
            and other.number not in old.thread.ordered
            for other in self.met.values()
        )


class Race:
    """Two accesses that nothing keeps apart, in the order in which they happened."""

    def __init__(self, shadow: Shadow, first: Access, second: Access) -> None:
        self.shadow, self.first, self.second = shadow, first, second


class Send:
    """A send while locks were held."""

    def __init__(self, thread: ThreadShadow, locks: frozenset[LockShadow], site: Site) -> None:
        self.thread, self.locks, self.site = thread, locks, site


class Findings:
    """What has been found so far. Guarded by `threads.mutex`."""

    def __init__(self) -> None:
        self.watched = 0
        self.handed_over = 0
        self.shared: list[Shadow] = []
        self.locks: list[LockShadow] = []
        self.races: list[Race] = []
        self.sends: dict[tuple[Site, frozenset[LockShadow]], Send] = {}

    def born(self, kind: str, frame: FrameType | None, name: str | None = None) -> Shadow:
        """A container is watched from now on."""
        self.watched += 1
        return Shadow(kind, threads.site(frame), name)

    def note(self, shadow: Shadow, kind: int, frame: FrameType | None) -> None:
        """One access by the present thread; `frame` is where to look for the line."""
        me = threads.current()
        if me.busy or shadow.last == (me, me.time, kind, me.lockset):
            return
        me.busy = True
        try:
            me.site = threads.site(frame)
            with threads.mutex:
                self._judge(shadow, Access(me, kind, me.lockset, me.site))
        finally:
            me.busy = False

    def withdrawn(self, shadow: Shadow) -> None:
        """The present thread took a container out of a variable or of another container."""
        with threads.mutex:
            shadow.withdraw(threads.current())

    def _judge(self, shadow: Shadow, new: Access) -> None:
        me = new.thread
        shadow.last = (me, new.time, new.kind, new.lockset)
        first_time = me.number not in shadow.met
        shadow.met[me.number] = me
        if shadow.accesses and not shadow.shared and (not first_time or len(shadow.met) > 1):
            self._take_over_or_share(shadow, me, first_time)
        for old in shadow.accesses.values():
            if old.thread is me or not old.conflicts(new) or old.lockset & new.lockset:
                continue
            if not new.kind & _WRITES and shadow.only_filled_by(old, me):
                continue
            if not me.after(old.thread, old.time) or shadow.only_luck_ordered(old, me):
                self._race(shadow, old, new)
                break
        self._remember(shadow, new)
        if new.kind & _WRITES:
            shadow.fill(me)
            shadow.written = True
            shadow.guards |= new.lockset
        if shadow.written and len(shadow.met) > 1 and shadow not in self.shared:
            self.shared.append(shadow)

    def _take_over_or_share(self, shadow: Shadow, me: ThreadShadow, first_time: bool) -> None:
        if all(access.thread is me for access in shadow.accesses.values()):
            return
        if first_time and shadow.handed_over(me):
            shadow.accesses.clear()
            self.handed_over += 1
        else:
            shadow.shared = True

    def _remember(self, shadow: Shadow, new: Access) -> None:
        key = (new.thread.number, new.kind, new.lockset)
        if key not in shadow.accesses:
            alike = [one for one in shadow.accesses if one[:2] == key[:2]]
            if len(alike) >= MOST_LOCKSETS:
                del shadow.accesses[alike[0]]
            if len(shadow.accesses) >= MOST_ACCESSES:
                del shadow.accesses[next(iter(shadow.accesses))]
        shadow.accesses[key] = new

    def _race(self, shadow: Shadow, first: Access, second: Access) -> None:
        pair = (shadow, first.site, second.site)
        known = any((race.shadow, race.first.site, race.second.site) == pair for race in self.races)
        if not known and len(self.races) < MOST_RACES:
            self.races.append(Race(shadow, first, second))

    def sent(self, frame: FrameType | None) -> None:
        """The present thread is about to send on a socket."""
        me = threads.current()
        if me.lockset and not me.busy and len(self.sends) < MOST_SENDS:
            site = threads.site(frame)
            self.sends.setdefault((site, me.lockset), Send(me, me.lockset, site))

    def made_lock(self, kind: str) -> LockShadow:
        """A lock is recorded from now on; made by the code two calls up."""
        shadow = LockShadow(kind, threads.site(sys._getframe(2)))
        self.locks.append(shadow)
        return shadow


findings = Findings()
