"""A chain while it is written: strips with inserts, each setting with the reason for its value."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Literal

import tomlkit

from stemwright.values import dataclass
from stemwright.words import printable

_COMMENT_COLUMN = 28
_WIDTH = 98

Value = str | float | int | tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """One line of a strip or an insert; `why` is what stands behind it."""

    key: str
    value: Value
    why: str = ""


@dataclass(frozen=True)
class BandLine:
    """One band of an equaliser."""

    settings: tuple[Setting, ...]
    why: str = ""


@dataclass(frozen=True)
class StarterInsert:
    """One processor with what it is there for."""

    id: str
    use: str
    why: str
    settings: tuple[Setting, ...] = ()
    bands: tuple[BandLine, ...] = ()


@dataclass(frozen=True)
class Strip:
    """A group, a return, or the master; `why` holds lines that stand above it."""

    kind: Literal["group", "return", "master"]
    id: str = ""
    settings: tuple[Setting, ...] = ()
    inserts: tuple[StarterInsert, ...] = ()
    sends: tuple[tuple[str, float], ...] = ()
    sends_why: str = ""
    why: tuple[str, ...] = ()


def near_threshold_db(level_db: float) -> float:
    """A level to half a decibel, as far as a chain's thresholds go."""
    return max(-80.0, min(0.0, round(2.0 * level_db) / 2.0))


def strip_lines(strip: Strip) -> Iterator[str]:
    """The strip as TOML."""
    yield ""
    yield from comment(*strip.why)
    yield "[master]" if strip.kind == "master" else f"[[{strip.kind}]]"
    if strip.id:
        yield line("id", strip.id)
    yield from (line(each.key, each.value, each.why) for each in strip.settings)
    if strip.sends:
        pairs = ", ".join(f"{name} = {_text(level_db)}" for name, level_db in strip.sends)
        yield _explained(f"sends = {{ {pairs} }}", strip.sends_why)
    for insert in strip.inserts:
        yield from _insert_lines(strip.kind, insert)


def line(key: str, value: Value, why: str = "") -> str:
    """One pair of TOML with its reason."""
    return _explained(f"{key} = {_text(value)}", why)


def comment(*said: str) -> Iterator[str]:
    """Sentences as lines of comments, each from a line of its own on."""
    for each in said:
        yield from (f"# {text}" for text in wrap(_one_line(each), _WIDTH - 4))


def _insert_lines(owner: str, insert: StarterInsert) -> Iterator[str]:
    yield ""
    yield from (f"  {text}" for text in (*comment(insert.why), f"[[{owner}.insert]]"))
    yield f"  {line('id', insert.id)}"
    yield f"  {line('use', insert.use)}"
    yield from (f"  {line(each.key, each.value, each.why)}" for each in insert.settings)
    if insert.bands:
        yield "  bands = ["
        yield from (f"    {_band_line(each)}" for each in insert.bands)
        yield "  ]"


def _band_line(band: BandLine) -> str:
    pairs = ", ".join(f"{each.key} = {_text(each.value)}" for each in band.settings)
    return _explained(f"{{ {pairs} }},", band.why)


def _explained(pair: str, why: str) -> str:
    return f"{pair:<{_COMMENT_COLUMN}}  # {_one_line(why)}" if why else pair


def _one_line(words: str) -> str:
    return " ".join(printable(words).split())


def _text(value: Value) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, float):
        return repr(value + 0.0)
    return str(tomlkit.item(value).as_string())
