"""Single values of tracks, clips, plugins and sends: when two are one, and what is said else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bridge.comparing.documents.change import Change, Path
from bridge.comparing.documents.of_sessions.song_times import same_level, same_value
from bridge.comparing.documents.times_in_words import pan_words
from bridge.comparing.documents.values_in_words import gain_became, value_words


@dataclass(frozen=True)
class Field:
    """A value by its name in the model; `words` say, of before and after, what became of it."""

    name: str
    words: Callable[[Any, Any], str]
    same: Callable[[Any, Any], bool] = lambda a, b: a == b


def level(name: str, called: str) -> Field:
    """A gain in dB."""
    return Field(name, lambda a, b: f"{called} {fader_became(a, b)}", same_level)


def fader_became(before_db: float, after_db: float) -> str:
    """A gain that became another, to the hundredth that DAWs show, or as exact as it takes."""
    shown = round(before_db, 2), round(after_db, 2)
    return gain_became(*(shown if shown[0] != shown[1] else (before_db, after_db)))


def pan(name: str = "pan") -> Field:
    """A pan position, -1 to 1."""
    return Field(name, lambda a, b: f"pan from {pan_words(a)} to {pan_words(b)}", same_value)


def switch(name: str, on: str, off: str) -> Field:
    """What is or is not."""
    return Field(name, lambda _, b: on if b else off)


def value(name: str, called: str) -> Field:
    """A number, a text or nothing."""
    return Field(name, lambda a, b: f"{called} from {_said(a)} to {_said(b)}", _same)


def _said(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else value_words("", value)


def _same(a: Any, b: Any) -> bool:
    numbers = isinstance(a, float) and isinstance(b, float)
    return same_value(a, b) if numbers else bool(a == b)


_DAWS_OWN = frozenset(
    {"kind", "channels", "pan_law", "layer", "opaque", "lane", "channel_mode", "own_pan"}
    | {"before_mute"}
)
"""What sessions of two formats say in words of their own, or by rules of their own."""


def field_changes(
    fields: tuple[Field, ...], path: Path, who: str, a: Any, b: Any, *, across: bool
) -> Iterator[Change]:
    """Yield what differs of `a` and `b` among `fields`; `who` is what they are called.

    `across` formats, what one of them leaves unsaid, or says in its own way, is passed over.
    """
    for each in fields:
        before, after = getattr(a, each.name), getattr(b, each.name)
        if across and (each.name in _DAWS_OWN or before is None or after is None):
            continue
        if not each.same(before, after):
            words = f"{who} {each.words(before, after)}"
            yield Change((*path, each.name), "changed", before, after, words)
