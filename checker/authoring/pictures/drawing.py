"""Draws rows of a terminal as SVG. It needs nothing from the network: the letters are those of the reader's own system."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

TEMPLATE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
 font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""As rich has it, but that no font is fetched: where a README is shown, none may be. Each text says how long it is, so that
the columns stand under each other whatever the letters are."""

GROUND, LETTERS = (13, 17, 23), (201, 209, 217)
PALETTE = [
    (72, 79, 88), (255, 123, 114), (86, 211, 100), (227, 179, 65),
    (121, 192, 255), (210, 168, 255), (86, 212, 221), (177, 186, 196),
]  # fmt: skip
"""Black, red, green, yellow, blue, magenta, cyan, white."""


def svg(rows: Sequence[str], columns: int, name: str) -> str:
    """`rows`, with their colours as escapes, as a picture. `name` keeps its ids apart from those of other pictures, and the
    same from one time to the next."""
    from rich.console import Console
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    console = Console(
        record=True, file=io.StringIO(), width=columns + 1, force_terminal=True, color_system="truecolor", highlight=False
    )
    for row in [*rows, ""]:  # what is drawn ends with the last row, and would cut off what hangs below it
        text = Text.from_ansi(row)
        for part in text.divide(range(columns, len(text), columns)):  # as a terminal does with what is too long
            console.print(part, no_wrap=True, overflow="ignore", crop=False)
    theme = TerminalTheme(GROUND, LETTERS, PALETTE)
    drawn = console.export_svg(title="", theme=theme, code_format=TEMPLATE, unique_id=name)
    return re.sub(r"[ \t]+\n", "\n", drawn)


def words_of(rows: Sequence[str]) -> str:
    """What stands on `rows`, without colours, and whole where it was too long for a row."""
    from rich.text import Text

    return "\n".join(Text.from_ansi(row).plain for row in rows)
