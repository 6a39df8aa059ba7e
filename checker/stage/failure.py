"""What a scene raises when the program did not do what it should."""

from __future__ import annotations


class Failed(Exception):
    """The program is wrong: `message` says what did not hold, `expected` and `got` are what should have come and what did."""

    def __init__(self, message: str, *, expected: bytes | str | None = None, got: bytes | str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.got = got


class Refused(Failed):
    """Nobody listens there any more."""


class Unjudgeable(Exception):
    """The stage itself failed (a socket of ours, the supervisor): the checker's fault, never the student's."""
