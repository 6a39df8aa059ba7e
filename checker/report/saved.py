"""Reads a result that `jsonfile` wrote: from JSON back to the model. Fields that are not known are left out."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from checker.grading.model import FORMAT_VERSION, Grade
from checker.texts import _

Made = TypeVar("Made")

LARGEST = 1 << 53
"""Whole numbers up to this are numbers with a point as well."""

EVENT: dict[str, type] = {"t": float, "who": str, "kind": str, "step": int}
"""What every event of a timeline has."""
FACTS: dict[str, type] = {
    **dict.fromkeys(("data", "escaped", "hex", "host", "file", "role", "stream", "signal"), str),
    **dict.fromkeys(("said_by", "what", "text"), str),
    **dict.fromkeys(("size", "port", "to", "pid", "status", "left_out"), int),
    "under": list,
}
"""What an event may have besides, so that whoever shows it can rely on its type."""


def load(path: str | Path) -> Grade:
    """The grade in the file at `path`. Raises ValueError with a sentence where it cannot be read or holds something else."""
    name = Path(path).name
    try:
        found = json.loads(Path(path).read_bytes(), parse_constant=_no_number)
    except OSError as error:
        raise ValueError(_("{name} cannot be read: {reason}").format(name=name, reason=error.strerror or error)) from None
    except (ValueError, RecursionError):
        raise ValueError(_("{name} is no JSON: name a file that `grade --json FILE` wrote").format(name=name)) from None
    version = found.get("version") if isinstance(found, dict) else None
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise ValueError(_("{name} was written by a newer checker (format {version})").format(name=name, version=version))
    try:
        grade = _object(Grade, found, "")
    except _Unlike as place:
        said = _("{name} is no result of this checker ({place}): name a file that `grade --json FILE` wrote")
        raise ValueError(said.format(name=name, place=place)) from None
    return grade


class _Unlike(Exception):
    """Where it is not what it should be, as "labs[0].checks[2].points"."""


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _object(kind: type[Made], found: Any, place: str) -> Made:
    """A dataclass of the model out of an object of the JSON, by the types that its fields have."""
    if not isinstance(found, dict):
        raise _Unlike(place or "{}")
    hints = typing.get_type_hints(kind)
    values = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        inner = f"{place}.{field.name}".lstrip(".")
        if field.name in found:
            values[field.name] = _value(hints[field.name], found[field.name], inner)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise _Unlike(inner)
    return kind(**values)


def _value(hint: Any, found: Any, place: str) -> Any:
    """`found` as a value of the type `hint`; whole numbers do where a float is asked for, as JSON has only one kind."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        inner = next(one for one in arguments if one is not type(None))
        return None if found is None else _value(inner, found, place)
    if origin is list and isinstance(found, list):
        return [_value(arguments[0], one, f"{place}[{number}]") for number, one in enumerate(found)]
    if origin is dict:
        return _event(found, place)
    if origin is typing.Literal and isinstance(found, str) and found in arguments:
        return found
    if dataclasses.is_dataclass(hint):
        return _object(typing.cast("type[Any]", hint), found, place)
    if origin is None and _is(hint, found):
        return hint(found)
    raise _Unlike(place)


def _is(kind: type, found: Any) -> bool:
    if kind is float:
        whole = isinstance(found, int) and not isinstance(found, bool) and abs(found) <= LARGEST
        return whole or (isinstance(found, float) and math.isfinite(found))
    return isinstance(found, kind) and (kind is bool or not isinstance(found, bool))


def _event(found: Any, place: str) -> dict[str, Any]:
    """One event of a timeline: the only objects in a result that are no dataclass."""
    if not isinstance(found, dict):
        raise _Unlike(place)
    for name, kind in EVENT.items():
        if not _is(kind, found.get(name)):
            raise _Unlike(f"{place}.{name}")
    for name, kind in FACTS.items():
        if name in found and not _is(kind, found[name]):
            raise _Unlike(f"{place}.{name}")
    return found
