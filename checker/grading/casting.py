"""Sets up what a scene names as its parameters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from checker.stage.client import Client
from checker.stage.containment import Starter
from checker.stage.failure import Unjudgeable
from checker.stage.room import Room
from checker.stage.server import Server
from checker.stage.stage import Settings, Stage


class Cast:
    """What one scene is given:

    stage          the stage itself
    server         the student's server, started where it was told
    watched        the same under the lens; small_print: the same under the kernel's small print
    room, client   a server of ours, and the student's client in it
    launch         makes more of them: launch.server(...), launch.client(room, ...), launch.room(...)
    files          {"server": Path, "client": Path}, for rows that read the source
    """

    def __init__(self, starter: Starter, settings: Settings, name: str, files: dict[str, Path]) -> None:
        self.files = files
        self._new_stage: Callable[[], Stage] = lambda: Stage(starter, settings, name)
        self._stage: Stage | None = None
        self._made: dict[str, Any] = {}
        self.notes: list[str] = []

    @property
    def stage(self) -> Stage:
        """Opened when first asked for: rows that read the source need none."""
        if self._stage is None:
            self._stage = self._new_stage()
        return self._stage

    @property
    def opened(self) -> Stage | None:
        """The stage, where there is one by now."""
        return self._stage

    def give(self, name: str) -> Any:
        """One parameter, made once a scene."""
        if name not in self._made:
            makers: dict[str, Callable[[], Any]] = {
                "stage": lambda: self.stage,
                "server": self.server,
                "watched": lambda: self.server(lens=True),
                "small_print": lambda: self.server(small_print=True),
                "room": self.room,
                "client": lambda: self.client(self.give("room")),
                "launch": lambda: self,
                "files": lambda: self.files,
                "notes": lambda: self.notes,
            }
            if name not in makers:
                raise Unjudgeable(f"a scene asks for {name!r}, which nobody can give it")
            self._made[name] = makers[name]()
        return self._made[name]

    def server(self, **options: Any) -> Server:
        """Start the student's server; options as `Server` and the launcher take them."""
        return Server(self.stage, self.files["server"], **options)

    def client(self, room: Room, **options: Any) -> Client:
        """Start the student's client, told to join `room`."""
        return Client(self.stage, self.files["client"], room, **options)

    def room(self, **options: Any) -> Room:
        """Open a server of ours."""
        return Room(self.stage, **options)

    def close(self) -> None:
        """Close the stage, if there is one."""
        if self._stage is not None:
            self._stage.close()
