"""Goldens without audio: hashes and measures, small enough to keep under version control."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bridge.audio.decode import probe, read_blocks
from bridge.audio.inspection import inspect
from bridge.audio.sums import reblocked
from bridge.comparing.levels import power_db, told
from bridge.comparing.limits import Limits
from bridge.comparing.octaves import Octaves, centres_hz, nominal_hz
from bridge.comparing.pairing import listed
from bridge.comparing.sound import sound
from bridge.errors import InputError, Problem

GOLDEN_SCHEMA = 1
BAND_DB = 0.1
"""How far a third-octave may lie off a golden that holds no audio."""

_UNHEARD_DBFS = -100.0


def fingerprint(path: Path) -> dict[str, Any]:
    """Measure a file, or every file of a folder by name.

    Raises InputError as `bridge.comparing.diff` does.
    """
    files = listed(path) if path.is_dir() else {"": path}
    return {
        "schema": GOLDEN_SCHEMA,
        "kind": "golden",
        "files": {name: _entry(each) for name, each in sorted(files.items())},
    }


def read_golden(path: Path) -> dict[str, Any]:
    """Read a fingerprint. Raises InputError `bad_golden`."""
    try:
        found = json.loads(path.read_bytes())
        if found["schema"] == GOLDEN_SCHEMA and isinstance(found["files"], dict):
            return dict(found)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise InputError(
        Problem(
            "bad_golden",
            f"{path}: is no golden of ours",
            {"file": str(path)},
            hint="make it anew with --update-golden",
        )
    )


def departures(golden: Mapping[str, Any], found: Mapping[str, Any], limits: Limits) -> list[str]:
    """Say where `found` is not the golden; equal hashes end the question.

    Without audio a residual cannot be had: loudness, true peak and bands decide.
    """
    said: list[str] = []
    for name in sorted({*golden["files"], *found["files"]}):
        one, other = golden["files"].get(name), found["files"].get(name)
        place = f"{name}: " if name else ""
        if one is None or other is None:
            said.append(f"{place}only {'the golden' if other is None else 'the render'} has it")
        elif one["pcm"] != other["pcm"]:
            said += [f"{place}{each}" for each in _departures(one, other, limits)]
    return said


def _entry(path: Path) -> dict[str, Any]:
    head = probe(path)
    readings = sound(path).as_json()
    octaves = Octaves(head.sample_rate_hz, head.channels)
    for block in reblocked(read_blocks(path), head.sample_rate_hz):
        octaves.add(block)
    centres = centres_hz(head.sample_rate_hz)
    levels = [power_db(power) for power in octaves.result()]
    bands = {
        f"{nominal_hz(hz):g}": round(db, 3)
        for hz, db in zip(centres, levels, strict=True)
        if math.isfinite(db)
    }
    entry: dict[str, Any] = told({"pcm": inspect(path).pcm_hash, "bands": bands, **readings})
    return _rounded(entry)


def _rounded(entry: dict[str, Any]) -> dict[str, Any]:
    """Four digits: more would only make the file differ between machines."""
    return {
        key: round(value, 4) if isinstance(value, float) else value for key, value in entry.items()
    }


def _departures(one: Mapping[str, Any], other: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    if limits.accept == "exact":
        yield "samples differ from the golden's"
        return
    for name in ("sample_rate_hz", "channels"):
        if one[name] != other[name]:
            yield f"{name} is {other[name]}, the golden's {one[name]}"
            return
    if abs(one["frames"] - other["frames"]) > limits.length_frames:
        yield f"it has {other['frames']} frames, the golden {one['frames']}"
    for name, allowed in (
        ("integrated_lufs", limits.loudness_lu),
        ("true_peak_dbtp", limits.true_peak_db),
    ):
        apart = _apart(one[name], other[name])
        if apart > allowed:
            yield f"{name} is {other[name]}, the golden's {one[name]}, allowed {allowed:g}"
    for hz in sorted({*one["bands"], *other["bands"]}, key=float):
        first, second = (each["bands"].get(hz, _UNHEARD_DBFS) for each in (one, other))
        apart = abs(max(first, _UNHEARD_DBFS) - max(second, _UNHEARD_DBFS))
        if apart > BAND_DB:
            yield f"the band at {hz} Hz differs by {apart:.2f} dB, allowed {BAND_DB:g}"


def _apart(a: float | None, b: float | None) -> float:
    if a is None or b is None:
        return 0.0 if a is b else math.inf
    return abs(a - b)
