"""Signals that mean something between the stage and the program."""

from __future__ import annotations

import signal
import sys

STACKS: int | None = None
"""Asks for the stacks of all threads; None where there is no such signal (Windows)."""
WHERE: int | None = None
"""Asks for the threads' names and for which lock is which; None where there is no second signal to spare."""
INTERRUPT_ELSEWHERE: int | None = None
"""What Ctrl-C is sent as where a process group cannot be sent SIGINT (Windows). The launcher has it raise
KeyboardInterrupt."""

if sys.platform == "win32":
    INTERRUPT_ELSEWHERE = signal.CTRL_BREAK_EVENT
elif sys.platform == "darwin":  # it has no real-time signals; SIGINFO (Ctrl-T) asks a program what it is doing
    STACKS = signal.SIGINFO
else:
    STACKS, WHERE = signal.SIGRTMAX - 1, signal.SIGRTMAX - 2
