"""One line of the doctor's: what is, what it means, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["good", "note", "bad"]


@dataclass(frozen=True)
class Finding:
    """`state` is "good", "note" (worth knowing, and works all the same) or "bad" (stands in the way).

    `fact` is what was found, `means` what follows from it for the reader, `todo` what to do about it; where nothing has
    to be done it is empty.
    """

    state: State
    fact: str
    means: str
    todo: str = ""
