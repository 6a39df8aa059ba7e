"""How far a long run is: a bar on a terminal, elsewhere a line at each tenth of the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from checker.report.harmless import harmless
from checker.report.pen import STYLES, Pen
from checker.texts import _

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """Shows `steps` steps of something. `now` gives seconds."""

    def __init__(self, pen: Pen, title: str, steps: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self._pen, self._title, self._steps, self._now = pen, title, steps, now
        self._began = now()
        self._done = 0
        self._bar: Bar | None = None

    def __enter__(self) -> Progress:
        if self._pen.terminal:
            self._bar = self._started()
        else:
            self._pen.row((self._title, ""))
            self._pen.flush()
        return self

    def step(self, note: str = "") -> None:
        """One more is done; `note` says what is worth to be known by now."""
        before, self._done = self._done, self._done + 1
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], advance=1, note=harmless(note, self._pen.encoding))
        elif self._done * 10 // self._steps > before * 10 // self._steps:
            line = _("{done} of {all}, {seconds:.0f} s")
            said = line.format(done=self._done, all=self._steps, seconds=self._now() - self._began)
            self._pen.row(("  " + ", ".join(filter(None, (said, note))), ""))
            self._pen.flush()

    def say(self, line: str, style: str = "") -> None:
        """Write a line that stays."""
        if self._bar is not None:
            from rich.text import Text

            self._bar.console.print(Text(harmless(line, self._pen.encoding), STYLES.get(style, "")), soft_wrap=True)
            return
        self._pen.row((line, style))
        self._pen.flush()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _started(self) -> Bar:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=Console(file=self._pen.file, highlight=False, markup=False, emoji=False, force_jupyter=False),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        bar.add_task(self._title, total=self._steps, note="")
        bar.start()
        return bar
