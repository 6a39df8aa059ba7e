"""How the demo's scene is shown: side by side on a wide terminal, line after line elsewhere."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from checker.demo import Scene, Screen


class SideBySide:
    """All screens beside each other, drawn again with every change; a context manager."""

    pace = 0.9
    narrowest = 110
    """Columns that four screens need beside each other."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False)
        self._drawn: object = None

    def __enter__(self) -> SideBySide:
        self._live.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._live.__exit__(None, None, None)

    def refresh(self, scene: Scene) -> None:
        """See `View`."""
        state = scene.caption, [(screen.text, screen.over) for screen in scene.screens]
        if state != self._drawn:
            self._drawn = state
            self._live.update(self._draw(scene), refresh=True)

    def _draw(self, scene: Scene) -> RenderableType:
        lines = max(8, self._console.height - 5)
        grid = Table.grid(expand=True)
        for _screen in range(4):
            grid.add_column(ratio=1)
        width = self._console.width // 4 - 4
        panels = []
        for screen in scene.screens:
            wrapped = Text(screen.text).wrap(self._console, width)
            shown = Text("\n").join(wrapped[-lines:])
            colour = "dim" if screen.over else "green"
            panels.append(Panel(shown, title=screen.title, height=lines + 2, border_style=colour))
        grid.add_row(*panels)
        return Group(grid, Text(scene.caption, style="bold"))


class Plain:
    """One line after the other, each with whose it is: for a narrow terminal, a file or a pipe."""

    pace = 0.0

    def __init__(self, console: Console) -> None:
        self._console = console
        self._caption = ""
        self._shown: dict[Screen, int] = {}

    def __enter__(self) -> Plain:
        return self

    def __exit__(self, *_error: object) -> None:
        return

    def refresh(self, scene: Scene) -> None:
        """See `View`."""
        for screen in scene.screens:
            done = self._shown.get(screen, 0)
            end = len(screen.text if screen.over else screen.lines)
            for line in screen.text[done:end].splitlines():
                if line:
                    self._print(f"{screen.title:>10} | {line}")
            self._shown[screen] = max(end, done)
        if scene.caption != self._caption:
            self._caption = scene.caption
            self._print(f"{'':>10} * {scene.caption}")

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
