"""One thread of a program, as it was last seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from checker.stage.rest.syscalls import Call, Place

BURNS = 0.002
"""Processor seconds after which a thread that runs is one of those that spin: who was just woken up by a message has
not had so many, however long it has to wait for a processor."""


@dataclass
class Thread:
    """What was seen of one thread, and the rounds of its timed wait since the last mark. `files` are its syscall, schedstat
    and stat in procfs, opened; `first_seen` and `waited_at` are numbers of looks: the first one, and the last that found it
    in the timed wait that is its rhythm."""

    process: int
    files: tuple[int, int, int]
    call: Call | None = None
    slices: int = -1
    ran: int = 0
    gone: bool = False
    known: list[Place] = field(default_factory=list)
    rounds: int = 0
    round_of: Place | None = None
    round_slices: int = -1
    ran_at_mark: int = 0
    first_seen: int = 0
    waited_at: int = -1

    def knows(self, call: Call) -> bool:
        """Whether `call` is part of the thread's own rhythm, there before anything was asked of the program."""
        return any(call.is_at(place) for place in self.known)

    def is_used_to(self, call: Call) -> bool:
        """Whether `call` is part of its rhythm, or waits for input: then it is no pause in the middle of some work."""
        return call.for_input or self.knows(call)

    def learns(self, *, between_rounds: bool = False) -> None:
        """The program is at rest: a timed wait that the thread is in now is its own rhythm. `between_rounds`: so is the one
        that it was in last, should it be doing now what it does after each."""
        if self.call is not None and self.call.timed:
            if not self.knows(self.call):
                self.known.append(self.call.place)
        elif between_rounds and self.round_of is not None and self.round_of not in self.known:
            self.known.append(self.round_of)

    def counts_round(self) -> None:
        """A timed wait was begun: the same one again is one more round."""
        call = self.call
        if call is None or not call.timed:
            return
        if not call.is_at(self.round_of):
            self.round_of, self.rounds, self.round_slices = call.place, 0, self.slices
        elif self.round_slices != self.slices:
            self.rounds += 1
            self.round_slices = self.slices

    def is_seen_waiting(self, look: int) -> None:
        """Note that look number `look` has found it in the timed wait that is its rhythm, if it has."""
        if self.call is not None and self.call.timed and (not self.known or self.knows(self.call)):
            self.waited_at = look

    def goes_on_for(self, before: Thread) -> bool:
        """Whether it is in the timed wait of a thread that had ended, and came when that one had waited: then the rounds of
        `before` are counted on here."""
        call = self.call
        if call is None or not call.timed or self.first_seen <= before.waited_at:
            return False
        knew = any(call.is_like(place) for place in before.known)
        if not knew and not call.is_like(before.round_of):
            return False
        self.rounds = before.rounds + 1
        if knew:
            self.known.append(call.place)
        return True

    def burns(self) -> bool:
        """Whether it runs, and has run for a while since anything came of it."""
        return self.call is None and self.ran - self.ran_at_mark >= BURNS * 1e9
