"""What happened, read off the timeline: who was there, who said what, who heard it, who left, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from checker.diagnosis.evidence import Actor, Happening

LEAVES = ("closed", "reset", "half_closed")


@dataclass(frozen=True)
class Message:
    """What a peer sent or a person typed; `at` is its place among the events, `step` the scene's step."""

    who: str
    data: bytes
    size: int
    at: int
    step: int


@dataclass
class Player:
    """A peer of ours from its connection on, or a client's program from its start on.

    `said` is what it sent (a program: what was typed), `parts` what it received (a program: what it printed), each with
    its place among the events. `left` is where it went by itself and `how` ("closed", "reset", "half_closed", "killed",
    "exit"), `ended` where the program ended its connection (a program: where it ended).
    """

    name: str
    joined: int
    step: int
    program: bool = False
    port: int = 0
    said: list[Message] = field(default_factory=list)
    parts: list[tuple[int, bytes]] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    left: int | None = None
    how: str | None = None
    ended: int | None = None

    @property
    def there(self) -> bool:
        """Whether it is still connected, as far as it knows."""
        return self.left is None and self.ended is None

    @property
    def sent_away(self) -> bool:
        """Whether the program ended its connection before it had said anything, and while it was there."""
        spoke_first = bool(self.said) and self.said[0].at < (self.ended or 0)
        left_first = self.left is not None and self.left < (self.ended or 0)
        return self.ended is not None and not spoke_first and not left_first

    def heard(self, since: int = 0) -> bytes:
        """What came here after the event number `since`."""
        return b"".join(data for at, data in self.parts if at >= since)

    def received_since(self, since: int) -> int:
        """How many bytes came here after the event number `since`."""
        return sum(size for at, size in self.sizes if at >= since)

    def has(self, message: Message) -> bool:
        """Whether a message came here."""
        return message.data in self.heard(message.at)


class Scene:
    """The events since the judged program was started (last, where it was started more than once). `me` is that program
    itself, `players` are the others, in the order of joining. `interrupted` is when Ctrl-C was pressed, `input_closed` when
    its keyboard ended, `stopped` since when it has been halted, `missing` what was expected somewhere and never came."""

    def __init__(self, events: Sequence[Happening], judged: str, cast: Sequence[Actor]) -> None:
        started = [at for at, event in enumerate(events) if event.kind == "started" and event.who == judged]
        self.began = started[-1] if started else 0
        self.judged = judged
        self.me = Player(judged, self.began, 0, program=True)
        self.events = events
        self.programs = {actor.name for actor in cast}
        self.players: list[Player] = []
        self.said: list[Message] = []
        self.missing: Happening | None = None
        self.missing_at = 0
        self.interrupted: int | None = None
        self.input_closed: int | None = None
        self.stopped: int | None = None
        self._now: dict[str, Player] = {judged: self.me}
        for at in range(self.began, len(events)):
            if events[at].kind == "verdict":
                break
            self._take(at, events[at])

    def _take(self, at: int, event: Happening) -> None:
        if event.kind == "missing":
            self.missing, self.missing_at = event, at
        elif event.kind == "signal" and event.who == self.judged and event.facts.get("signal") == "SIGINT":
            self.interrupted = at
        elif event.kind == "signal" and event.who == self.judged and event.facts.get("signal") == "SIGSTOP":
            self.stopped = at
        elif event.kind == "signal" and event.who == self.judged and event.facts.get("signal") == "SIGCONT":
            self.stopped = None
        elif event.kind == "closed_input" and event.who == self.judged:
            self.input_closed = at
        elif event.kind == "connected" or (event.kind == "started" and self._is_player(event.who)):
            port = int(event.facts.get("port") or 0) if event.kind == "connected" else 0
            player = Player(event.who, at, event.step, event.kind == "started", port)
            self.players.append(player)
            self._now[event.who] = player
        elif event.who in self._now:
            self._happens(self._now[event.who], at, event)

    def _is_player(self, who: str) -> bool:
        """Programs that play against the judged one: in lab 6 the clients."""
        return who in self.programs and who != self.judged

    def _happens(self, player: Player, at: int, event: Happening) -> None:
        if event.kind == "typed" and event.data.strip().lower() == b"exit":
            player.left, player.how = at, "exit"
        elif event.kind in ("sent", "typed"):
            message = Message(player.name, event.data, event.size, at, event.step)
            player.said.append(message)
            self.said.append(message)
        elif event.kind in ("received", "output"):
            player.parts.append((at, event.data))
            player.sizes.append((at, event.size))
        elif event.kind in LEAVES and player.left is None:
            player.left, player.how = at, event.kind
        elif event.kind == "signal" and event.facts.get("signal") == "SIGKILL":
            player.left, player.how = at, "killed"
        elif event.kind in ("saw_end", "saw_reset", "exit") and player.ended is None:
            player.ended = at

    # Who is there

    @property
    def present(self) -> list[Player]:
        """Who is connected, in the order of joining."""
        return [player for player in self.players if player.there]

    @property
    def leavers(self) -> list[Player]:
        """Who left, in the order of leaving."""
        return sorted((one for one in self.players if one.left is not None), key=lambda one: one.left or 0)

    def player(self, name: str | None) -> Player | None:
        """Who has that name now."""
        return self._now.get(name) if name is not None else None

    def others(self, message: Message) -> list[Player]:
        """Who was there when a message was sent and still is, the speaker left out, in the order of joining."""
        speaker = self.speaker(message)
        return [one for one in self.present if one.joined < message.at and one is not speaker]

    def speaker(self, message: Message) -> Player | None:
        """Who sent a message."""
        return next((player for player in self.players if message in player.said), None)

    # What was said

    @property
    def last(self) -> Message | None:
        """The message that is missing somewhere, else the last one that was said."""
        if self.missing is not None and self.missing.data:
            wanted = self.missing.data
            for message in reversed(self.said):
                if wanted in message.data:
                    return message
        return self.said[-1] if self.said else None

    def printed(self, who: str) -> tuple[str, list[tuple[int, int]]]:
        """What a program printed on its second stream, and where in it (in characters) each event begins: for finding out
        when something was printed."""
        text, marks = "", []
        for at in range(self.began, len(self.events)):
            event = self.events[at]
            if event.kind == "output" and event.who == who and event.facts.get("stream") == "stderr":
                marks.append((len(text), at))
                text += event.data.decode("utf-8", "replace")
        return text, marks
