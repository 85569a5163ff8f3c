"""Settings of every insert a chain can name: ranges, units and defaults in one place.

The words of the file are the words of the settings, so one frozen model serves both.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

Decibels = Annotated[float, Field(ge=-120, le=60, allow_inf_nan=False)]
Hertz = Annotated[float, Field(ge=10, le=40000, allow_inf_nan=False)]
ThresholdDb = Annotated[float, Field(ge=-80, le=0)]
Ratio = Annotated[float, Field(ge=1, le=100)]
AttackMs = Annotated[float, Field(ge=0.05, le=500)]
ReleaseMs = Annotated[float, Field(ge=1, le=5000)]
Key = Annotated[str, Field(description="the id of another group")]


class Settings(BaseModel):
    """Base of all settings: frozen, and strict about unknown words."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )


class Gain(Settings):
    """A static gain."""

    use: Literal["gain"] = "gain"
    gain_db: Decibels = 0.0


class Bell(Settings):
    """A peaking band (RBJ Audio EQ Cookbook, peakingEQ)."""

    shape: Literal["bell"]
    hz: Hertz
    gain_db: Annotated[float, Field(ge=-36, le=36)]
    q: Annotated[float, Field(ge=0.05, le=50)] = 1.0


class Shelf(Settings):
    """A shelving band (RBJ Audio EQ Cookbook, lowShelf and highShelf), slope by `q`."""

    shape: Literal["low_shelf", "high_shelf"]
    hz: Hertz
    gain_db: Annotated[float, Field(ge=-36, le=36)]
    q: Annotated[float, Field(ge=0.05, le=5)] = 0.7071


class Pass(Settings):
    """A Butterworth high- or low-pass, -3 dB at `hz`."""

    shape: Literal["high_pass", "low_pass"]
    hz: Hertz
    slope_db_per_octave: Literal[6, 12, 18, 24, 36, 48] = 12


Band = Annotated[Bell | Shelf | Pass, Field(discriminator="shape")]


class Eq(Settings):
    """An equaliser: bands in the order they are written."""

    use: Literal["eq"] = "eq"
    bands: Annotated[tuple[Band, ...], Field(min_length=1, max_length=32)]


class Compressor(Settings):
    """A stereo-linked compressor: detector max(|L|, |R|) behind a side-chain high-pass.

    `key` names another group whose signal drives the detector.
    """

    use: Literal["compressor"] = "compressor"
    threshold_db: ThresholdDb = -18.0
    ratio: Ratio = 2.0
    attack_ms: AttackMs = 30.0
    release_ms: ReleaseMs = 150.0
    knee_db: Annotated[float, Field(ge=0, le=36)] = 6.0
    makeup_db: Annotated[float, Field(ge=-36, le=36)] = 0.0
    sidechain_hz: Annotated[
        float,
        Field(
            ge=0,
            le=2000,
            description="corner of the detector's 12 dB/octave high-pass; 0 leaves it out",
        ),
    ] = 0.0
    key: Key | None = None


class Limiter(Settings):
    """A stereo-linked look-ahead true-peak limiter.

    `ceiling_dbtp` absent: the target's true peak, or -1.0 without a target.
    """

    use: Literal["limiter"] = "limiter"
    ceiling_dbtp: Annotated[float, Field(ge=-60, le=0)] | None = None
    lookahead_ms: Annotated[float, Field(ge=0.5, le=20)] = 2.0
    release_ms: Annotated[float, Field(ge=5, le=2000)] = 100.0


class DynamicBand(Settings):
    """A band whose gain follows the level of its own frequencies above a threshold.

    Gain moves by (1 - 1/ratio) of the overshoot, down to `max_cut_db` or up to `max_boost_db`:
    exactly one of the two is given.
    """

    shape: Literal["bell", "low_shelf", "high_shelf"] = "bell"
    hz: Hertz
    q: Annotated[float, Field(ge=0.05, le=50)] = 1.0
    threshold_db: ThresholdDb
    ratio: Ratio = 3.0
    max_cut_db: Annotated[float, Field(ge=0, le=36)] | None = None
    max_boost_db: Annotated[float, Field(ge=0, le=36)] | None = None
    attack_ms: AttackMs = 10.0
    release_ms: ReleaseMs = 120.0

    @model_validator(mode="after")
    def _moves_one_way(self) -> Self:
        if (self.max_cut_db is None) == (self.max_boost_db is None):
            raise PydanticCustomError("one_direction", "either max_cut_db or max_boost_db")
        return self


class DynamicEq(Settings):
    """An equaliser whose bands move with the signal, or with the group named by `key`."""

    use: Literal["dynamic_eq"] = "dynamic_eq"
    bands: Annotated[tuple[DynamicBand, ...], Field(min_length=1, max_length=16)]
    key: Key | None = None


class CompressedBand(Settings):
    """One band of a multiband compressor; its defaults leave the band idle."""

    threshold_db: ThresholdDb = 0.0
    ratio: Ratio = 1.0
    attack_ms: AttackMs = 20.0
    release_ms: ReleaseMs = 150.0
    knee_db: Annotated[float, Field(ge=0, le=36)] = 6.0
    makeup_db: Annotated[float, Field(ge=-36, le=36)] = 0.0


class Multiband(Settings):
    """A multiband compressor: Linkwitz-Riley crossovers, one band more than crossovers."""

    use: Literal["multiband"] = "multiband"
    crossovers_hz: Annotated[tuple[Hertz, ...], Field(min_length=1, max_length=5)]
    bands: Annotated[tuple[CompressedBand, ...], Field(min_length=2, max_length=6)]
    key: Key | None = None

    @model_validator(mode="after")
    def _splits_into_its_bands(self) -> Self:
        if any(low >= high for low, high in pairwise(self.crossovers_hz)):
            raise PydanticCustomError("crossovers", "crossovers_hz rising from low to high")
        if len(self.bands) != len(self.crossovers_hz) + 1:
            raise PydanticCustomError("crossovers", "one band more than crossovers_hz has corners")
        return self


class Deesser(Settings):
    """A cut of everything above `hz` while that band's level is over `threshold_db`."""

    use: Literal["deesser"] = "deesser"
    hz: Annotated[float, Field(ge=1000, le=20000)] = 6500.0
    threshold_db: ThresholdDb = -30.0
    max_cut_db: Annotated[float, Field(ge=0, le=24)] = 6.0
    attack_ms: AttackMs = 1.0
    release_ms: ReleaseMs = 60.0
    key: Key | None = None


class Saturation(Settings):
    """A soft clip x / sqrt(1 + x^2), oversampled; `drive_db` in front, `output_db` behind."""

    use: Literal["saturation"] = "saturation"
    drive_db: Annotated[float, Field(ge=0, le=48)] = 6.0
    output_db: Annotated[float, Field(ge=-48, le=24)] = 0.0
    oversampling: Literal[2, 4, 8, 16] = 4


class Reverb(Settings):
    """A room, wet only: the insert's `mix` blends the dry sound in."""

    use: Literal["reverb"] = "reverb"
    size: Annotated[float, Field(ge=0, le=1)] = 0.5
    damping: Annotated[float, Field(ge=0, le=1)] = 0.5
    width: Annotated[float, Field(ge=0, le=1)] = 1.0
    predelay_ms: Annotated[float, Field(ge=0, le=500)] = 20.0
    low_cut_hz: Annotated[
        float,
        Field(
            ge=0,
            le=2000,
            description="corner of the 12 dB/octave high-pass in front; 0 leaves it out",
        ),
    ] = 200.0


class Width(Settings):
    """The side signal's gain (0 is mono, 1 unchanged), and mono below a frequency."""

    use: Literal["width"] = "width"
    width: Annotated[float, Field(ge=0, le=4)] = 1.0
    mono_below_hz: Annotated[
        float,
        Field(
            ge=0,
            le=1000,
            description="corner below which the side signal is removed; 0 leaves it alone",
        ),
    ] = 0.0


class Gate(Settings):
    """A stereo-linked gate or, at a low `ratio`, a downward expander."""

    use: Literal["gate"] = "gate"
    threshold_db: Annotated[float, Field(ge=-120, le=0)] = -50.0
    ratio: Ratio = 10.0
    max_cut_db: Annotated[float, Field(ge=0, le=120)] = 60.0
    hysteresis_db: Annotated[float, Field(ge=0, le=24)] = 3.0
    attack_ms: AttackMs = 1.0
    hold_ms: Annotated[float, Field(ge=0, le=5000)] = 50.0
    release_ms: ReleaseMs = 150.0
    key: Key | None = None


class PluginTable(Settings):
    """A plugin by what it says of itself; `id` is the class id (VST3: 32 hex digits)."""

    name: Annotated[str, Field(min_length=1)] | None = None
    vendor: Annotated[str, Field(min_length=1)] | None = None
    format: Literal["VST3", "VST2", "AU"] | None = None
    id: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.name is None and self.id is None:
            raise PydanticCustomError("plugin_reference", "a table with a name or an id")
        return self


def _reference_kind(value: object) -> str:
    return "table" if isinstance(value, dict | PluginTable) else "name"


def _as_text(value: object) -> object:
    """A bare number stands for its own text, because displays often show nothing else."""
    return str(value) if type(value) in (int, float) else value


PluginReference = Annotated[
    Annotated[str, Field(min_length=1, description="a plugin's name or path"), Tag("name")]
    | Annotated[PluginTable, Tag("table")],
    Discriminator(_reference_kind),
]
DisplayText = Annotated[
    str,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "number"], "description": "the plugin's own display text"}),
]


class Plugin(Settings):
    """A hosted plugin.

    `plugin` and `state` are kept as written: `Chain.resolve` makes a path of a relative one.
    `params` go over the state, by parameter name, in the plugin's own display text.
    `latency_samples` overrides what the plugin reports.
    """

    use: Literal["plugin"] = "plugin"
    plugin: PluginReference
    state: Annotated[str, Field(min_length=1, description="the path of a state file")] | None = None
    params: dict[str, DisplayText] = Field(default_factory=dict)
    latency_samples: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    key: Key | None = None

    @property
    def path(self) -> str | None:
        """The plugin's path as written, when it is named by one."""
        named = isinstance(self.plugin, str) and any(mark in self.plugin for mark in "/\\")
        return str(self.plugin) if named else None


InsertSettings = (
    Gain
    | Eq
    | Compressor
    | Limiter
    | DynamicEq
    | Multiband
    | Deesser
    | Saturation
    | Reverb
    | Width
    | Gate
    | Plugin
)
