"""Goldens without audio: hashes and measures, small enough to keep under version control."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from bridge.audio import Block, inspect, probe, read_blocks, reblocked
from bridge.comparing.diff_text import diff_lines
from bridge.comparing.diffing import diff
from bridge.comparing.file_pairs import audio_by_name
from bridge.comparing.judging.limits import Limits
from bridge.comparing.residual_estimate import (
    LOUDEST_RMS_DBFS,
    LOUDEST_WINDOW_DBFS,
    WINDOWS_PER_S,
    Estimate,
    Sketch,
    Sketched,
    decoded,
    estimate,
    explained,
    whole_windows,
    windows,
)
from bridge.comparing.sound import sound
from bridge.finished import Db, Frames, Many, RateHz, Shape, Text, told_of
from bridge.metering import THIRDS, ThirdOctaveSpectrum, json_value, nominal_hz
from bridge.storing import path_of
from stemwright.decibels import power_db
from stemwright.files import Staged, check_regular, placed
from stemwright.problems import InputError, Problem
from stemwright.words import listed

GOLDEN_SCHEMA = 2
BAND_DB = 0.1
"""How far a third-octave may lie off a golden that holds no audio."""

UNSEEN = (
    "the golden holds no audio: residuals are estimates, and a click under about -40 dBFS may go"
    " unseen"
)
_UNHEARD_DBFS = -100.0
_SILENT_DB = -70.0
_SHOWN = 3
_MAX_BYTES = 128 * 2**20
_ANEW = "write it anew: pytest --update-golden"


def fingerprint(path: Path) -> dict[str, Any]:
    """Measure a file, or every file of a folder by name.

    Raises InputError as `bridge.comparing.diff` does.
    """
    files = audio_by_name(path) if path.is_dir() else {"": path}
    return {
        "schema": GOLDEN_SCHEMA,
        "kind": "golden",
        "files": {name: _entry(each) for name, each in sorted(files.items())},
    }


class _File(Shape):
    """A file of a golden: its samples' name, its figures, its third-octaves, its sketch."""

    pcm: Text
    sample_rate_hz: RateHz
    channels: Annotated[int, Field(ge=1, le=1024)]
    frames: Frames
    integrated_lufs: Db | None
    true_peak_dbtp: Db | None
    bands: dict[Text, dict[Text, Db]]
    sketch: Many[Text]


class _Golden(Shape):
    """All of a golden."""

    schema_: Annotated[Literal[2], Field(alias="schema")]
    files: dict[Text, _File]


def read_golden(path: Path) -> dict[str, Any]:
    """Read a fingerprint. Raises InputError `bad_golden`, with the keys' paths."""
    try:
        found = told_of(path, "bad_golden", _ANEW, _MAX_BYTES)
    except FileNotFoundError as error:
        raise _bad(path, "no such file") from error
    if not isinstance(found, dict) or "files" not in found:
        raise _bad(path, "is no golden of ours")
    if found.get("schema") == 1 and found.get("kind") == "golden":
        raise _bad(
            path, "is a golden of schema 1, which sees neither clicks nor inversions nor swaps"
        )
    _Golden.read(found, path, "bad_golden")
    for name, entry in found["files"].items():
        try:
            _check(entry)
        except (ValueError, KeyError) as error:
            raise _bad(path, f"{path_of(('files', name))}: {error}") from error
    return dict(found)


def _bad(path: Path, said: str) -> InputError:
    return InputError(Problem("bad_golden", f"{path}: {said}", {"file": str(path)}, hint=_ANEW))


def departures(golden: Mapping[str, Any], found: Mapping[str, Any], limits: Limits) -> list[str]:
    """Say where `found` is not the golden; equal hashes end the question.

    Without audio the residual is estimated from sketches (`bridge.comparing.residual_estimate`);
    it, loudness, true peak and bands decide, and what cannot be told fails. The last line says
    what is not seen.
    """
    said: list[str] = []
    measured = False
    for name in sorted({*golden["files"], *found["files"]}):
        one, other = golden["files"].get(name), found["files"].get(name)
        place = f"{name}: " if name else ""
        if one is None or other is None:
            said.append(f"{place}only {'the golden' if other is None else 'the render'} has it")
        elif one["pcm"] != other["pcm"]:
            told_here = [f"{place}{each}" for each in _departures(one, other, limits)]
            measured = measured or bool(told_here)
            said += told_here
    return [*said, UNSEEN] if measured and limits.accept == "tolerant" else said


def _entry(path: Path) -> dict[str, Any]:
    head = probe(path)
    readings = sound(path).as_json()
    sketch = Sketch(head.sample_rate_hz, head.channels)
    octaves = {name: ThirdOctaveSpectrum(head.sample_rate_hz, 1) for name in _sides(head.channels)}
    for block in reblocked(read_blocks(path), head.sample_rate_hz):
        sketch.add(block)
        for side, row in zip(octaves.values(), _rows(block), strict=True):
            side.add(row[None])
    bands = {name: _bands(each, head.sample_rate_hz) for name, each in octaves.items()}
    measures = _rounded(json_value({"pcm": inspect(path).pcm_hash, **readings}))
    return {**measures, "bands": bands, "sketch": sketch.result()}


def _sides(channels: int) -> list[str]:
    if channels == 2:
        return ["left", "right", "mid", "side"]
    return ["mono"] if channels == 1 else [f"channel {n}" for n in range(1, channels + 1)]


def _rows(block: Block) -> Block:
    if len(block) != 2:
        return block
    left, right = block
    return np.stack([left, right, (left + right) / 2.0, (left - right) / 2.0])


def _bands(octaves: ThirdOctaveSpectrum, rate_hz: int) -> dict[str, float]:
    levels = [power_db(power) for power in octaves.result()]
    return {
        f"{nominal_hz(hz):g}": round(db, 3)
        for hz, db in zip(THIRDS.centres_hz(rate_hz), levels, strict=True)
        if db > _UNHEARD_DBFS
    }


def _rounded(entry: dict[str, Any]) -> dict[str, Any]:
    """Four digits: more would only make the file differ between machines."""
    return {
        key: round(value, 4) if isinstance(value, float) else value for key, value in entry.items()
    }


def _check(entry: Mapping[str, Any]) -> None:
    """Raise ValueError or KeyError for an entry whose parts do not belong together."""
    for side in _sides(entry["channels"]):
        for hz in entry["bands"][side]:
            if not math.isfinite(float(hz)):
                raise ValueError("a band without a frequency")
    whole = windows(entry["frames"], entry["sample_rate_hz"])
    if len(decoded(entry["sketch"], entry["channels"])) != whole:
        raise ValueError("a sketch of another length")


def _departures(one: Mapping[str, Any], other: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    if limits.accept == "exact":
        yield "samples differ from the golden's"
        return
    if limits.accept != "tolerant":
        yield (
            f"samples differ from the golden's; whether by no more than {limits.accept} cannot be"
            " told without audio"
        )
        return
    for name in ("sample_rate_hz", "channels"):
        if one[name] != other[name]:
            yield f"{name} is {other[name]}, the golden's {one[name]}"
            return
    if abs(one["frames"] - other["frames"]) > limits.length_frames:
        yield f"it has {other['frames']} frames, the golden {one['frames']}"
    yield from _residual(one, other, limits)
    yield from _readings(one, other, limits)
    if one["frames"] == other["frames"]:  # a cut or an added end moves every average
        yield from _spectra(one["bands"], other["bands"])


def _residual(one: Mapping[str, Any], other: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    first, second = _sketches(one, other)
    rms_dbfs = min(limits.rms_dbfs, LOUDEST_RMS_DBFS)
    window_dbfs = min(limits.peak_dbfs, LOUDEST_WINDOW_DBFS)
    found = estimate(first, second, window_dbfs)
    over = found.above_dbfs > rms_dbfs
    if over or found.loud:
        words = explained(first, second, rms_dbfs, window_dbfs)
        if words is not None:
            yield words
    if over:
        yield f"the residual is {_dbfs(found.rms_dbfs)} rms, allowed {rms_dbfs:g}"
    if found.loud:
        yield _clicks(found, window_dbfs)


def _sketches(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[Sketched, Sketched]:
    """Return what both have; a window that only one fills is no evidence."""
    first, second = (decoded(each["sketch"], each["channels"]) for each in (one, other))
    if one["frames"] == other["frames"]:
        return first, second
    both = whole_windows(min(one["frames"], other["frames"]), one["sample_rate_hz"])
    return first[:both], second[:both]


def _clicks(found: Estimate, allowed_dbfs: float) -> str:
    at = listed([f"{each / WINDOWS_PER_S:.2f} s" for each in found.loud], _SHOWN)
    return (
        f"the 10 ms at {at} differ, by {_dbfs(found.worst_dbfs)} rms at most,"
        f" allowed {allowed_dbfs:g}"
    )


def _dbfs(level: float) -> str:
    if level > LOUDEST_RMS_DBFS:
        return f"more than {LOUDEST_RMS_DBFS:g} dBFS"
    return f"about {level:.1f} dBFS"


def _readings(one: Mapping[str, Any], other: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    for name, allowed in (
        ("integrated_lufs", limits.loudness_lu),
        ("true_peak_dbtp", limits.true_peak_db),
    ):
        if abs(_level(one[name]) - _level(other[name])) > allowed:
            yield f"{name} is {other[name]}, the golden's {one[name]}, allowed {allowed:g}"


def _spectra(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Tell the bands of each side that lie apart, the farthest first."""
    apart = {
        (side, hz): abs(_heard(one[side], hz) - _heard(other[side], hz))
        for side in one
        for hz in sorted({*one[side], *other[side]}, key=float)
    }
    over = sorted((key for key in apart if apart[key] > BAND_DB), key=lambda key: -apart[key])
    for side, hz in over[:_SHOWN]:
        yield f"{side}, {hz} Hz: {apart[side, hz]:.2f} dB apart, allowed {BAND_DB:g}"
    if len(over) > _SHOWN:
        yield f"and {len(over) - _SHOWN} more bands"


def _heard(bands: Mapping[str, float], hz: str) -> float:
    return max(bands.get(hz, _UNHEARD_DBFS), _UNHEARD_DBFS)


def _level(value: float | None) -> float:
    """Return the level; nothing, and what is too soft to judge, count as silence."""
    return max(-math.inf if value is None else float(value), _SILENT_DB)


class DifferentSoundError(AssertionError):
    """A render is not its golden; the message is what `stemwright diff` prints."""


def assert_same_render(
    path: Path | str,
    golden: Path | str,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    update: bool = False,
) -> None:
    """Raise DifferentSoundError unless `path` is its golden within `limits`.

    `golden` is audio, a folder of it, or a `.json` that holds hashes and measures alone. With
    `update` the golden is written instead. Raises InputError for what cannot be read.
    """
    render, kept = Path(path), Path(golden)
    if update:
        _write(render, kept)
        return
    if not kept.exists():
        raise DifferentSoundError(f"there is no golden {kept}; make it with --update-golden")
    if kept.suffix == ".json":
        said = departures(read_golden(kept), fingerprint(render), limits)
        if said:
            raise DifferentSoundError("\n".join([f"{render} is not {kept}:", *said]))
        return
    found = diff(kept, render, limits)
    if not found.within:
        raise DifferentSoundError("\n".join([f"{render} is not {kept}", *diff_lines(found)]))


def _write(render: Path, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    if kept.suffix == ".json":
        text = json.dumps(fingerprint(render), ensure_ascii=False, indent=2, allow_nan=False)
        placed(kept, text.encode() + b"\n")
    elif render.is_dir():
        for each in audio_by_name(render).values():
            target = kept / each.relative_to(render)
            target.parent.mkdir(parents=True, exist_ok=True)
            _copied(each, target)
    else:
        _copied(render, kept)


def _copied(source: Path, target: Path) -> None:
    with Staged(check_regular(target)) as staged:
        shutil.copyfile(source, staged)
