"""Values with their units, by what a setting is called, and a value that became another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_UNITS = {
    "_db": "dB",
    "_dbtp": "dBTP",
    "_lufs": "LUFS",
    "_ms": "ms",
    "_s": "s",
    "_samples": "samples",
    "_hz": "Hz",
    "_db_per_octave": "dB/oct",
}
_GAINS = ("gain_db", "trim_db", "makeup_db")
_NAMES = {
    "hz": "frequency",
    "q": "q",
    "integrated_lufs": "integrated loudness",
    "on": "works on",
    "mix": "mix",
    "buffer_size": "buffer size",
}


def setting_name(key: str) -> str:
    """What a setting is called: its key without the unit."""
    return _NAMES.get(key) or key.removesuffix(_unit_of(key)).replace("_", " ")


def _unit_of(key: str) -> str:
    ends = [end for end in _UNITS if key.endswith(end)]
    return max(ends, key=len, default="")


def number(value: float) -> str:
    """A number with as many digits as it needs, nine at most; infinities as they are said."""
    return f"{value:.9g}" if math.isfinite(value) else "-inf" if value < 0 else "inf"


def value_words(key: str, value: Any) -> str:
    """A value as people read it: "-18 dB", "2.5 kHz", "60 %", "unset"."""
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return _number_words(key, value)
    if isinstance(value, Mapping):
        pairs = [
            f"{setting_name(str(name))} {value_words(key if key in _GAINS else str(name), each)}"
            for name, each in value.items()
        ]
        return ", ".join(pairs) or "nothing"
    if isinstance(value, list | tuple):
        return ", ".join(value_words(key, each) for each in value) or "none"
    return f'"{value}"' if key in ("name", "plugin", "state") else str(value)


def _number_words(key: str, value: float) -> str:
    if key in _GAINS:
        return gain_words(value)
    if key == "mix":
        return f"{number(100 * value)} %"
    if key == "hz" or key.endswith("_hz"):
        return f"{number(value / 1000)} kHz" if abs(value) >= 1000 else f"{number(value)} Hz"
    unit = _UNITS.get(_unit_of(key), "")
    return f"{number(value)} {unit}".rstrip()


def gain_words(gain_db: float) -> str:
    """A gain, always with its sign: "+1.5 dB", "0 dB", "-inf dB"."""
    return f"{'+' if gain_db > 0 else ''}{number(gain_db + 0.0)} dB"


def gain_became(before_db: float, after_db: float) -> str:
    """A gain that became another: "+0.5 dB, from -1 dB to -0.5 dB"."""
    ends = f"from {gain_words(before_db)} to {gain_words(after_db)}"
    step_db = after_db - before_db
    return f"{gain_words(round(step_db, 9))}, {ends}" if math.isfinite(step_db) else ends


def became(key: str, before: Any, after: Any) -> str:
    """A value that became another: "from 4 dB to 5 dB"."""
    if key in _GAINS and isinstance(before, float) and isinstance(after, float):
        return gain_became(before, after)
    return f"from {value_words(key, before)} to {value_words(key, after)}"
