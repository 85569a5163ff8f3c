"""What the values of the model are made of: files, written times, sparse JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, NamedTuple

from stemwright.values import dataclass

TimeUnit = Literal["beats", "seconds", "samples", "ticks", "superclocks", "timecode", "bars"]


def beyond_default(value: Any, names: Iterable[str]) -> dict[str, Any]:
    """The named fields of a dataclass that say something: those that differ from their default."""
    usual = {field.name: field.default for field in fields(value)}
    return {name: getattr(value, name) for name in names if getattr(value, name) != usual[name]}


@dataclass(frozen=True)
class Media:
    """An audio file as its header tells; `path` is absolute and resolved.

    `member` is the entry's name when `path` is a zip. `format` and `subtype` are libsndfile's
    words, such as "WAV" and "PCM_24". `array` is what it is called where it lies in memory, and
    `path` is a copy for as long as it is needed.
    """

    path: Path
    member: str | None
    sample_rate_hz: int
    channels: int
    frames: int
    format: str
    subtype: str
    array: str | None = None

    @property
    def length_s(self) -> float:
        """Playing time in seconds."""
        return self.frames / self.sample_rate_hz

    def as_json(self) -> str:
        """The file's path; for a zip's member the zip's path, `!/` and the member's name."""
        return str(self.path) if self.member is None else f"{self.path}!/{self.member}"


@dataclass(frozen=True)
class Written:
    """A time in the unit, and with the figure, in which the session states it."""

    unit: TimeUnit
    value: float | str

    def as_json(self) -> dict[str, Any]:
        """The object of a clip's `written`."""
        return {"unit": self.unit, "value": self.value}


class AutomationPoint(NamedTuple):
    """A value from `position_s` on; `shape` is the way to the next point.

    Shapes are linear, hold (the value stands until the next point), and the DAW's own words.
    """

    position_s: float
    value: float
    shape: str = "linear"


@dataclass(frozen=True)
class PluginParameter:
    """Which parameter of a plugin a line moves, as the session says it beside the name.

    `index` counts the plugin's parameters from 0, `id` is what the plugin itself calls it: a
    VST3's ParamID in decimal, REAPER's word for others. Its values run from `low` to `high`, and
    REAPER draws `middle` in the middle of the lane.
    """

    index: int | None = None
    id: str | None = None
    low: float = 0.0
    high: float = 1.0
    middle: float = 0.5

    def as_json(self) -> dict[str, Any]:
        """The object of a line's `parameter`."""
        told = {"index": self.index, "id": self.id}
        return {**told, **beyond_default(self, ("low", "high", "middle"))}


@dataclass(frozen=True)
class Automation:
    """A parameter's points over time, in `unit`.

    `target` is gain_db, pan, pan_left and pan_right (where sides are set apart), width, mute,
    trim_db, send:<track id> (its gain), send:<track id>:pan,
    vca_gain_db:<VCA's id> (over the fader, for each VCA that a line moves) or
    device:<index>:<parameter>; of the last `parameter` says which one it is where names do not.
    `in_beats`: the session holds its times in beats. `plus_db` is added to all that a gain's line
    says, such as by a VCA.
    """

    target: str
    unit: str
    points: tuple[AutomationPoint, ...]
    parameter: PluginParameter | None = None
    in_beats: bool = False
    plus_db: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The object of an `automation` list; points are [seconds, value], then other shapes."""
        named = {} if self.parameter is None else {"parameter": self.parameter.as_json()}
        return {
            "target": self.target,
            "unit": self.unit,
            "points": [
                list(point[:2]) if point[2:] in ((), ("linear",)) else list(point)
                for point in self.points
            ],
            **named,
            **beyond_default(self, ("in_beats", "plus_db")),
        }
