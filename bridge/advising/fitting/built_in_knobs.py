"""The settings of a built-in as knobs, read from the ranges that a chain file may give them."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from bridge.advising.fitting.knobs import Knob, significant

if TYPE_CHECKING:
    from chains import InsertSettings

_NOT_TURNED = frozenset({"use", "shape", "key", "kind", "mode", "oversampling"})
"""What makes another insert of it, or costs time, rather than being a setting."""
_LOG_ENDINGS = ("hz", "_ms", "q", "ratio")
_LOG_LEAST = 1e-2
_RISING = "crossovers_hz"
_APART = 1.01
_OF_RATE = 0.45
_HEARD_HZ = (20.0, 20000.0)


def built_in_knobs(settings: InsertSettings, rate_hz: int) -> tuple[tuple[Knob, float], ...]:
    """Every setting that can be turned, by its path in the insert's table, and where it stands.

    Frequencies go as far as one hears them and the rate has them.
    """
    highest_hz = min(_HEARD_HZ[1], _OF_RATE * rate_hz)
    return tuple(_knobs(settings, "", highest_hz))


def with_numbers(settings: InsertSettings, numbers: Mapping[str, object]) -> InsertSettings:
    """The settings with others at these paths."""
    return settings.model_copy(update=_updates(settings, numbers))


def _updates(model: BaseModel, numbers: Mapping[str, object]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, number in numbers.items():
        name, _, rest = path.partition(".")
        if not rest:
            found[name] = number
            continue
        index, _, inner = rest.partition(".")
        rows = list(found.get(name, getattr(model, name)))
        at = int(index)
        if inner:
            rows[at] = rows[at].model_copy(update={inner: number})
        else:
            rows[at] = number
        found[name] = tuple(rows)
    for name, rows in found.items():
        if name == _RISING:
            found[name] = _rising(rows)
    return found


def _rising(rows: Sequence[float]) -> tuple[float, ...]:
    """The same frequencies in order, each clearly over the one before."""
    found = sorted(rows)
    for n in range(1, len(found)):
        found[n] = max(found[n], found[n - 1] * _APART)
    found[-1] = max(rows)
    for n in range(len(found) - 2, -1, -1):
        found[n] = min(found[n], found[n + 1] / _APART)
    return tuple(significant(each, 6) for each in found)


def _knobs(model: BaseModel, before: str, highest_hz: float) -> Iterator[tuple[Knob, float]]:
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        path = f"{before}{name}"
        if name in _NOT_TURNED or value is None:
            continue
        if isinstance(value, tuple):
            yield from _rows(path, value, info.annotation, highest_hz)
            continue
        annotation: Any = info.annotation
        if info.metadata:
            annotation = Annotated[(annotation, *info.metadata)]
        made = _knob(path, annotation, value, highest_hz)
        if made is not None:
            yield made


def _rows(
    path: str, rows: tuple[Any, ...], annotation: Any, highest_hz: float
) -> Iterator[tuple[Knob, float]]:
    for index, row in enumerate(rows):
        at = f"{path}.{index}"
        if isinstance(row, BaseModel):
            yield from _knobs(row, f"{at}.", highest_hz)
        elif isinstance(row, float):
            made = _knob(at, get_args(annotation)[0], row, highest_hz)
            if made is not None:
                yield made


def _knob(path: str, annotation: Any, value: Any, highest_hz: float) -> tuple[Knob, float] | None:
    """A knob and its position; None for what is neither a number with a range nor a choice."""
    choices = _choices(annotation)
    if choices and value in choices:
        knob = Knob(path, choices=choices)
        return knob, knob.position(choices.index(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = _range(annotation)
    if low is None or high is None:
        return None
    name = path.rstrip("0123456789.").rpartition(".")[2]
    if name.endswith("hz"):
        low = max(low, _HEARD_HZ[0]) if low else low
        low, high = min(low, value), max(min(high, highest_hz), value)
    is_log = name.endswith(_LOG_ENDINGS) and low >= _LOG_LEAST
    knob = Knob(path, low, high, is_log)
    return knob, knob.position(float(value))


def _choices(annotation: Any) -> tuple[object, ...]:
    for each in _unfolded(annotation):
        if each is bool:
            return (False, True)
        if get_origin(each) is Literal:
            return get_args(each)
    return ()


def _range(annotation: Any) -> tuple[float | None, float | None]:
    low = high = None
    for each in _unfolded(annotation):
        for part in (each, *getattr(each, "metadata", ())):
            low = getattr(part, "ge", low) if getattr(part, "ge", None) is not None else low
            high = getattr(part, "le", high) if getattr(part, "le", None) is not None else high
    return low, high


def _unfolded(annotation: Any) -> Iterator[Any]:
    """An annotation with all that is inside of Annotated and of unions."""
    yield annotation
    origin = get_origin(annotation)
    if origin is Annotated or origin in (Union, types.UnionType):
        for each in get_args(annotation):
            yield from _unfolded(each)
