"""Charts of what a whole stem is told of: its spectrum, its middle, its two sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block
from bridge.checking import Finding, StemAudio
from bridge.pages import Chart, Curve, chart, hz_ticks, time_ticks
from bridge.pages.check.overviews import Overview

_FEWEST_FRAMES = 64
_MIDDLE_S = 1.0
_WINDOWS = 24
_WINDOW_FRAMES = 8192
_BANDS = 180
_FLOOR_DB = -130.0
_Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Scale:
    """The range of a spectrum and how it is ruled; `high_hz` 0 is half the sample rate."""

    title: str
    low_hz: float
    high_hz: float = 0.0
    log: bool = True


_SPECTRA = {
    "hum": _Scale("Spectrum where little else sounds", 20.0, 1000.0),
    "noise_floor": _Scale("Spectrum where nothing plays", 20.0, 20000.0),
    "lossy_source": _Scale("Spectrum, the loudest of each band", 0.0, log=False),
    "upsampled": _Scale("Spectrum, the loudest of each band", 0.0, log=False),
    "role_conflict": _Scale("Spectrum, the loudest of each band", 20.0, 20000.0),
    "wide_low_end": _Scale("Middle and sides", 20.0, 500.0),
}
_EDGES = frozenset({"lossy_source", "upsampled"})
_THERE = frozenset({"hum", "noise_floor"})


def whole_chart(
    finding: Finding, audio: StemAudio, seen: Overview, near: Block, near_hz: int
) -> str:
    """The chart that shows a finding of a whole stem; nothing for what no chart shows.

    `near` (channels, frames) at `near_hz` is what the finding is heard by. Raises InputError as
    `StemAudio.read` does.
    """
    if finding.code == "dc_offset":
        return _middles(seen)
    scale = _SPECTRA.get(finding.code)
    if scale is None or near.shape[1] < _FEWEST_FRAMES:
        return ""
    rate_hz = audio.facts.sample_rate_hz
    if finding.code in _THERE:
        rate_hz = near_hz
        curves = [("this stem", "s1", _power(near, near.shape[1]))]
    else:
        curves = [*_held(audio, seen, wide=finding.code == "wide_low_end")]
    return _spectrum(scale, curves, rate_hz, _edge_hz(finding))


def _edge_hz(finding: Finding) -> float | None:
    if finding.code not in _EDGES:
        return None
    return finding.value if finding.code == "lossy_source" else finding.value / 2.0


def _held(audio: StemAudio, seen: Overview, *, wide: bool) -> Iterator[tuple[str, str, _Values]]:
    """Spectra over the loudest moments, spread over the stem."""
    parts = [each for each in np.array_split(np.arange(len(seen.peaks)), _WINDOWS) if len(each)]
    moments = [int(part[seen.peaks[part].argmax()]) for part in parts]
    rate_hz = audio.facts.sample_rate_hz
    blocks = [audio.read(round(at * seen.column_s * rate_hz), _WINDOW_FRAMES) for at in moments]
    if wide and audio.facts.channels == 2:
        for name, colour, sign in (("middle", "s1", 1.0), ("sides", "s2", -1.0)):
            mixed = [0.5 * (block[:1] + sign * block[1:2]) for block in blocks]
            yield name, colour, np.mean([_power(each, _WINDOW_FRAMES) for each in mixed], axis=0)
        return
    yield "this stem", "s1", np.max([_power(each, _WINDOW_FRAMES) for each in blocks], axis=0)


def _power(samples: Block, size: int) -> _Values:
    """The power spectrum of (channels, size), the louder side's: a sine of 0 dBFS reads 0 dB."""
    window = np.hanning(size + 1)[:-1]
    found = fft.rfft(samples * (window * 2.0 / window.sum()), axis=1)
    return np.asarray((np.square(found.real) + np.square(found.imag)).max(axis=0))


def _spectrum(
    scale: _Scale,
    curves: list[tuple[str, str, _Values]],
    rate_hz: int,
    edge_hz: float | None,
) -> str:
    high_hz = min(scale.high_hz or rate_hz / 2.0, rate_hz / 2.0)
    spaced: Callable[..., _Values] = np.geomspace if scale.log else np.linspace
    edges = spaced(scale.low_hz, high_hz, _BANDS + 1)
    drawn = [
        Curve(name, colour, tuple(_banded(power, edges, rate_hz))) for name, colour, power in curves
    ]
    levels = [y for each in drawn for _, y in each.points if y is not None]
    low_db = 10.0 * np.floor(max(_FLOOR_DB, min(levels, default=-100.0)) / 10.0)
    high_db = 10.0 * np.ceil(max(levels, default=0.0) / 10.0)
    y_range = (float(low_db), float(max(high_db, low_db + 10.0)))
    if edge_hz is not None:
        points = ((edge_hz, y_range[0]), (edge_hz, y_range[1]))
        drawn.append(Curve(f"{edge_hz / 1000.0:.1f} kHz", "s2", points, dashed=True))
    ticks = tuple(each for each in hz_ticks() if edges[0] <= each[0] <= edges[-1])
    if not scale.log:
        every = 2000 if high_hz > 8000 else 500
        ticks = tuple((float(hz), f"{hz / 1000:g}k") for hz in range(0, int(high_hz) + 1, every))
    return chart(
        Chart(
            scale.title, "dBFS", "Hz", tuple(drawn), ticks, (float(edges[0]), float(edges[-1])),
            y_range, log_x=scale.log,
        )
    )  # fmt: skip


def _banded(power: _Values, edges: _Values, rate_hz: int) -> Iterator[tuple[float, float]]:
    """The loudest bin of each band, in dB; none for bands between two bins."""
    step_hz = rate_hz / (2.0 * (len(power) - 1)) if len(power) > 1 else rate_hz
    firsts = np.ceil(edges / step_hz).astype(np.int64)
    for low, high, first, last in zip(edges[:-1], edges[1:], firsts[:-1], firsts[1:], strict=True):
        if first < min(last, len(power)):
            level = float(power[first : min(last, len(power))].max())
            level_db = 10.0 * np.log10(max(level, 10.0 ** (_FLOOR_DB / 10.0)))
            yield float(0.5 * (low + high)), round(float(level_db), 1)


def _middles(seen: Overview) -> str:
    """The mean of each second: a line beside zero where a constant is added."""
    together = max(1, round(_MIDDLE_S / seen.column_s))
    starts = np.arange(0, seen.means.shape[1], together)
    counts = np.diff(np.append(starts, seen.means.shape[1]))
    middles = 100.0 * np.add.reduceat(seen.means, starts, axis=1) / counts
    times = seen.start_s + (starts + 0.5 * counts) * seen.column_s
    names = ("left", "right") if len(middles) == 2 else ()
    curves = tuple(
        Curve(
            names[n] if names else f"channel {n + 1}" if len(middles) > 1 else "this stem",
            f"s{1 + n % 8}",
            tuple(
                (float(at), round(float(middle), 4)) for at, middle in zip(times, each, strict=True)
            ),
        )
        for n, each in enumerate(middles)
    )
    low, high = min(0.0, float(middles.min())), max(0.0, float(middles.max()))
    room = 0.1 * (high - low) or 0.1
    end_s = seen.start_s + seen.seconds
    return chart(
        Chart(
            "The signal's middle over time", "% of full scale", "minutes:seconds", curves,
            time_ticks(end_s), (seen.start_s, end_s), (low - room, high + room), level=0.0,
        )
    )  # fmt: skip
