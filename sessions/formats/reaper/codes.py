"""What REAPER's numbers and tags mean, for the reader and for the writer alike.

Tags, words and codes are those of "State Chunk Definitions" (Cockos wiki) and of the projects of
the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

FADE_SHAPES = ("linear", "fast", "slow", "fast_steep", "slow_steep", "s_curve", "s_curve_steep")
"""A fade's shape by its code (FADEIN and FADEOUT, word 4)."""
_BENT_FADE = re.compile(r"^([a-z_]+?)([+-]\d*\.?\d+(?:e[+-]?\d+)?)?$")

POINT_SHAPES = ("linear", "hold", "s_curve", "fast_start", "fast_end", "bezier")
"""How an envelope's point is joined to the next, by its code (PT, word 3)."""
_BEZIER = re.compile(r"bezier([+-]\d.*)")

PAN_MODES = {0: "balance", 3: "stereo balance", 5: "stereo pan", 6: "dual pan"}
"""The panner by its code (PANMODE, MASTER_PANMODE)."""
PAN_MODE_CODES = {name: code for code, name in PAN_MODES.items()}
STEREO_BALANCE, STEREO_PAN = PAN_MODE_CODES["stereo balance"], PAN_MODE_CODES["stereo pan"]
DUAL_PAN = PAN_MODE_CODES["dual pan"]
PROJECT_LAW = -1.0
"""The gain of a panner's centre that stands for the project's own (VOLPAN, word 3)."""
_PAN_LAW = re.compile(r"([a-z ]+), centre (-?\d+\.\d) dB")

CHANNEL_MODES = {
    1: "swapped",
    2: "mono",
    3: "left",
    4: "right",
    **{code: f"mono {code - 2}" for code in range(5, 67)},
    **{code: f"stereo {code - 66}" for code in range(67, 131)},
    **{code: f"mono {code - 66}" for code in range(131, 195)},
    **{code: f"stereo {code - 130}" for code in range(195, 258)},
}
"""A take's channels by its code (CHANMODE): one of 3 to 128, or the pair that begins with one."""
CHANNEL_MODE_CODES = {name: code for code, name in CHANNEL_MODES.items()}

TRACK_ENVELOPES = {
    "gain_db": ("VOLENV2", "linear"),
    "post_gain_db": ("VOLENV3", "linear"),
    "trim_db": ("VOLENV", "linear"),
    "pan": ("PANENV2", "pan"),
    "pre_pan": ("PANENV", "pan"),
    "width": ("WIDTHENV2", "width"),
    "pre_width": ("WIDTHENV", "width"),
    "mute": ("MUTEENV", "bool"),
}
"""A track's envelopes by what they move: tag and unit."""
MASTER_ENVELOPES = {
    target: (f"MASTER{tag}", unit)
    for target, (tag, unit) in TRACK_ENVELOPES.items()
    if target != "mute"
}
SEND_ENVELOPES = {
    "gain_db": ("AUXVOLENV", "linear"),
    "pan": ("AUXPANENV", "pan"),
    "mute": ("AUXMUTEENV", "bool"),
}
TAKE_ENVELOPES = {
    "gain_db": ("VOLENV", "linear"),
    "pan": ("PANENV", "pan"),
    "mute": ("MUTEENV", "bool"),
    "pitch": ("PITCHENV", "semitones"),
}
VOLUME_AS_FACTOR, VOLUME_ON_FADER = 0, 1
"""The scale on which a volume envelope's lines are straight (VOLTYPE)."""

TRIM_READ, READ = 0, 1
"""Automation modes (AUTOMODE, MASTERAUTOMODE): with a fader on top of its envelope, and without."""
POST_FADER, PRE_FX, PRE_FADER = 0, 1, 3
"""Where a send is taken (AUXRECV, word 2)."""
_ONE_CHANNEL, _CHANNEL_BITS = 1024, 0x3FF

TEMPO_RAMP, TEMPO_STEP = 0, 1
"""How a tempo leads to the next (TEMPOENVEX, PT, word 3)."""
_NUMERATOR_BITS = 16
REGION = 1
"""The flag of a marker that is one end of a region (MARKER, word 4)."""
NO_SECTION, REVERSED = 1, 2
"""The flags of a source that plays part of another (SECTION, MODE)."""


class TargetOfEnvelope(NamedTuple):
    """What an envelope moves, and the unit of its values."""

    target: str
    unit: str


def targets_by_tag(*tables: dict[str, tuple[str, str]]) -> dict[str, TargetOfEnvelope]:
    """The way back in tables of envelopes: by tag, what it moves and in which unit."""
    return {
        tag: TargetOfEnvelope(target, unit)
        for table in tables
        for target, (tag, unit) in table.items()
    }


def named(names: Sequence[str], code: int) -> str:
    """The name of `code`, or one that holds the code where it has none here."""
    return names[code] if 0 <= code < len(names) else f"reaper_{code}"


def fade_name(code: int, curvature: float) -> str:
    """A fade's shape, with its curvature behind it when it has one ("fast+0.25")."""
    shape = named(FADE_SHAPES, code)
    return f"{shape}{curvature:+g}" if curvature else shape


def fade_of(name: str) -> tuple[str, float]:
    """Shape and curvature in what `fade_name` made."""
    match = _BENT_FADE.match(name)
    return (match[1], float(match[2] or 0.0)) if match else (name, 0.0)


def point_shape_name(code: int, tension: float) -> str:
    """How a point is joined to the next; of a Bezier curve with its tension, -1 to 1."""
    shape = named(POINT_SHAPES, code)
    return f"{shape}{tension:+}" if shape == "bezier" and tension else shape


def bezier_tension(name: str) -> float | None:
    """The tension in what `point_shape_name` made of a bent Bezier curve; None of others."""
    match = _BEZIER.fullmatch(name)
    return None if match is None else float(match[1])


def pan_law_name(mode: int, centre_db: float) -> str:
    """The panner's mode and what its centre does, such as "stereo balance, centre -3.0 dB"."""
    return f"{PAN_MODES.get(mode, f'reaper_{mode}')}, centre {centre_db + 0.0:.1f} dB"


def pan_law_of(name: str) -> tuple[str, float] | None:
    """Mode and level of the centre, in dB, in what `pan_law_name` made; None for other laws."""
    match = _PAN_LAW.fullmatch(name)
    return None if match is None else (match[1], float(match[2]))


def target_channels(code: int) -> frozenset[int]:
    """The channels of its target, from 0, that a send feeds (AUXRECV, word 9)."""
    first = code & _CHANNEL_BITS
    return frozenset({first} if is_one_channel(code) else {first, first + 1})


def is_one_channel(code: int) -> bool:
    """Whether a send feeds a single channel of its target."""
    return bool(code & _ONE_CHANNEL)


def target_channels_code(told: str | None) -> int:
    """REAPER's number for the target's channels, such as "3/4" or "3"."""
    first = (told or "1/2").partition("/")
    at = int(first[0]) - 1 if first[0].isdigit() else 0
    return at if first[2] else at | _ONE_CHANNEL


def signature_of(packed: int) -> tuple[int, int]:
    """Numerator and denominator in the one number of a tempo's point (word 4)."""
    return packed & (1 << _NUMERATOR_BITS) - 1, packed >> _NUMERATOR_BITS


def packed_signature(numerator: int, denominator: int) -> int:
    """The number a tempo's point holds a time signature in."""
    return numerator | denominator << _NUMERATOR_BITS
