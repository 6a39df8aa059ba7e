"""Signals that mean something between the stage and the program."""

from __future__ import annotations

import signal


def _for_stacks() -> int | None:
    if hasattr(signal, "SIGRTMAX"):
        return signal.SIGRTMAX - 1
    # macOS and the BSDs have no real-time signals; SIGINFO (Ctrl-T) asks a program what it is doing.
    return getattr(signal, "SIGINFO", None)


STACKS = _for_stacks()
"""Asks for the stacks of all threads; None where there is no such signal (Windows)."""
WHERE = signal.SIGRTMAX - 2 if hasattr(signal, "SIGRTMAX") else None
"""Asks for the threads' names and for which lock is which; None where there is no second signal to spare."""
INTERRUPT_ELSEWHERE = getattr(signal, "CTRL_BREAK_EVENT", None)
"""What Ctrl-C is sent as where a process group cannot be sent SIGINT (Windows). The launcher has it raise
KeyboardInterrupt."""
