"""Stems as arrays in memory: checked, and written without loss as the files they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bridge.audio import BLOCK_FRAMES, WavWriter
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.audio import Subtype

_MOST_CHANNELS = 2
_RATES_HZ = (8_000, 768_000)
_LONGEST_NAME = 120
_FORBIDDEN = frozenset('/\\:*?"<>|')
_SUBTYPES: dict[np.dtype[Any], Subtype] = {
    np.dtype(np.float16): "float32",
    np.dtype(np.float32): "float32",
    np.dtype(np.float64): "float64",
    np.dtype(np.int8): "float32",
    np.dtype(np.int16): "float32",
    np.dtype(np.int32): "float64",
}
"""The sample formats that hold every value of an array's exactly."""


def write_stems(stems: Mapping[str, Any], folder: Path) -> None:
    """Write `name: (samples, rate_hz)` as `folder`/name.wav, each in a format that loses nothing.

    Samples are (frames,) or (frames, channels), up to two of them: float16 to float64 at full scale
    1.0, or int8 to int32 at full scale. Raises InputError with all that is wrong.
    """
    problems = [*_name_problems(stems)]
    for name, given in stems.items():
        problems += _problems(name, given)
    if not stems:
        problems.append(_problem("", "there are no stems", "at least one (samples, rate_hz)"))
    if problems:
        raise InputError(problems)
    for name, (samples, rate_hz) in stems.items():
        _write(folder / f"{name}.wav", np.asarray(samples), int(rate_hz))


def _write(path: Path, samples: np.ndarray[Any, Any], rate_hz: int) -> None:
    columns = samples.reshape(len(samples), -1)
    scale = 1.0 if samples.dtype.kind == "f" else 2.0 ** -(8 * samples.dtype.itemsize - 1)
    subtype = _SUBTYPES[samples.dtype.newbyteorder("=")]
    with WavWriter(path, rate_hz, columns.shape[1], subtype, "stem", dither=False) as file:
        for start in range(0, len(columns), BLOCK_FRAMES):
            block = columns[start : start + BLOCK_FRAMES].T.astype(np.float64) * scale
            file.write(np.ascontiguousarray(block))


def _name_problems(stems: Mapping[str, Any]) -> Iterator[Problem]:
    """Names become file names, on every system."""
    from sessions import folded

    seen: dict[str, str] = {}
    for name in stems:
        if not isinstance(name, str) or not _is_file_name(name):
            expected = "a name that a file can have on every system"
            yield _problem(name, f"no stem can be called {name!r}", expected)
        elif seen.setdefault(folded(name), name) != name:
            message = f"{name} and {seen[folded(name)]} differ in case alone"
            yield _problem(name, message, "names that differ")


def _is_file_name(name: str) -> bool:
    return (
        name.isprintable()
        and 0 < len(name.encode("utf-8", "replace")) <= _LONGEST_NAME
        and not _FORBIDDEN.intersection(name)
        and name[0] not in ". "
        and name[-1] not in ". "
    )


def _problems(name: object, given: Any) -> Iterator[Problem]:
    if not isinstance(given, tuple | list) or len(given) != 2:
        expected = "a pair: (samples, rate_hz)"
        yield _problem(name, f"{name} is no pair of samples and their rate", expected)
        return
    samples, rate_hz = given
    if not _is_rate(rate_hz):
        low, high = _RATES_HZ
        expected = f"a whole number from {low} to {high} Hz"
        yield _problem(name, f"{name}: no sample rate: {rate_hz!r}", expected)
    yield from _sample_problems(name, samples)


def _is_rate(rate_hz: Any) -> bool:
    number = isinstance(rate_hz, int | float | np.integer | np.floating)
    if not number or isinstance(rate_hz, bool) or not float(rate_hz).is_integer():
        return False
    return bool(_RATES_HZ[0] <= rate_hz <= _RATES_HZ[1])


def _sample_problems(name: object, given: Any) -> Iterator[Problem]:
    try:
        samples = np.asarray(given)
    except (TypeError, ValueError) as error:
        yield _problem(name, f"{name} is no array of samples: {error}", "an array")
        return
    if samples.dtype.newbyteorder("=") not in _SUBTYPES:
        expected = "float16, float32, float64, int8, int16 or int32"
        yield _problem(name, f"{name} has samples of type {samples.dtype}", expected)
    elif samples.ndim not in (1, 2) or not samples.size:
        expected = "(frames,) or (frames, channels), with at least one frame"
        yield _problem(name, f"{name} has the shape {samples.shape}", expected)
    elif samples.ndim == 2 and samples.shape[1] > _MOST_CHANNELS:
        turned = samples.shape[0] <= _MOST_CHANNELS
        hint = "this array looks turned: pass samples.T" if turned else None
        message = f"{name} has {samples.shape[1]} channels"
        yield _problem(name, message, "(frames,) or (frames, channels), 1 or 2 of them", hint)
    elif samples.dtype.kind == "f" and not np.isfinite(samples).all():
        frame = int(np.argwhere(~np.isfinite(samples))[0][0])
        yield _problem(name, f"{name} has no number at frame {frame}", "finite samples")


def _problem(name: object, message: str, expected: str, hint: str | None = None) -> Problem:
    return Problem("bad_samples", message, {"path": str(name)}, expected=expected, hint=hint)
