"""What one pass over a finished file tells beyond its meters."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from bridge.audio import Block, Header, probe, read_blocks
from bridge.metering import Measures, Meter
from stemwright.decibels import amplitude_db

_SILENT = 10.0 ** (-60.0 / 20.0)
_FULL_CODES = 3
"""So many equal samples at full scale in a row are a plateau, not a peak."""
_EDGE_JUMP = 10.0 ** (-40.0 / 20.0)
_LOW_HZ = 150.0
_SIBILANCE_HZ = (5000.0, 10000.0)
_VOICE_HZ = (500.0, 4000.0)
_WINDOW_S = 0.02
_QUIET_WINDOWS = 25
_STEPS = {"PCM_16": 2.0**-15, "PCM_24": 2.0**-23}


@dataclass(frozen=True)
class FileFacts:
    """A finished file as it reads.

    `head_s` and `tail_s` are how long it stays under -60 dBFS at its ends. `clipped_runs` are
    plateaus at or over full scale. `edge_dbfs` is the louder of its first and last sample.
    `mono_loss_lu` is what the fold-down to mono loses of the loudness that equal sides keep,
    infinite where nothing is left. `dead_channels` have nothing but dither, `dual_mono` files two
    sides that differ by no more.
    `side_below_150_hz_db` is the sides' power over the middle's below 150 Hz, `sibilance_db` the
    loudest 20 ms of 5 to 10 kHz over the 0.5 to 4 kHz of the whole, at `sibilance_at_s`.
    `moving_bits` are those that ever change, None in floats; `quietest_lsb2` is the power in its
    quietest second, in squared steps of its own depth.
    """

    header: Header
    measures: Measures
    head_s: float
    tail_s: float
    clipped_runs: int
    edge_dbfs: float
    mono_loss_lu: float
    dead_channels: tuple[int, ...]
    dual_mono: bool
    side_below_150_hz_db: float
    sibilance_db: float
    sibilance_at_s: float
    moving_bits: int | None
    quietest_lsb2: float | None

    @property
    def silent(self) -> bool:
        """Whether no channel has more than dither."""
        return len(self.dead_channels) == self.header.channels

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.header.frames / self.header.sample_rate_hz


def facts_of(path: Path) -> FileFacts:
    """Read a file once, streaming. Raises InputError as `probe` and `measure` do."""
    return facts_of_blocks(read_blocks(path), probe(path))


def facts_of_blocks(blocks: Iterable[Block], header: Header) -> FileFacts:
    """The facts of (channels, n) float64 blocks, decoded from a file with this header."""
    hearing = _Hearing(header)
    for block in blocks:
        hearing.hear(block)
    return hearing.facts()


class _Hearing:
    """Everything that is gathered on the way, windows of 20 ms carried over the blocks' cuts."""

    def __init__(self, header: Header) -> None:
        self._header = header
        rate_hz, channels = header.sample_rate_hz, header.channels
        self._meter = Meter(rate_hz, channels, header.speakers)
        self._fold = Meter(rate_hz, 1)
        self._at = 0
        self._first_loud: int | None = None
        self._last_loud = -1
        self._peaks = np.zeros(channels)
        self._apart = 0.0
        self._full = _FullScale(header)
        self._edges = [0.0, 0.0]
        self._low = _Band(signal.butter(4, _LOW_HZ, fs=rate_hz, output="sos"), 2)
        self._bands = [
            _Band(signal.butter(2, _inside(band, rate_hz), "band", fs=rate_hz, output="sos"), 1)
            for band in (_SIBILANCE_HZ, _VOICE_HZ)
        ]
        self._window = round(_WINDOW_S * rate_hz)
        self._left: Block = np.zeros((1, 0))
        self._loudest_sibilance = 0.0
        self._loudest_window = self._windows = 0
        self._powers = np.zeros(4)  # mid and side below 150 Hz, sibilance, voice
        self._codes = _Codes(header)

    def hear(self, block: Block) -> None:
        """Take the next (channels, n) float64."""
        if not block.shape[1]:
            return
        self._meter.add(block)
        middle = block.mean(axis=0, keepdims=True)
        self._fold.add(np.ascontiguousarray(middle))
        peaks = np.abs(block).max(axis=0)
        loud = np.flatnonzero(peaks > _SILENT)
        if len(loud):
            self._first_loud = (
                self._at + int(loud[0]) if self._first_loud is None else self._first_loud
            )
            self._last_loud = self._at + int(loud[-1])
        self._edges[0] = float(peaks[0]) if self._at == 0 else self._edges[0]
        self._edges[1] = float(peaks[-1])
        self._peaks = np.maximum(self._peaks, np.abs(block).max(axis=1))
        self._full.hear(block)
        self._codes.hear(block)
        self._hear_bands(block, middle)
        self._at += block.shape[1]

    def _hear_bands(self, block: Block, middle: Block) -> None:
        if len(block) == 2:
            self._apart = max(self._apart, float(np.abs(block[0] - block[1]).max()))
            sides = np.stack([block[0] + block[1], block[0] - block[1]]) * 0.5
            low = self._low.filtered(sides)
            self._powers[:2] += np.square(low).sum(axis=1)
        sibilance, voice = (each.filtered(middle) for each in self._bands)
        self._powers[2:] += np.square(sibilance).sum(), np.square(voice).sum()
        held = np.concatenate([self._left, sibilance], axis=1)
        whole = held.shape[1] // self._window
        if whole:
            rows = held[0, : whole * self._window].reshape(whole, self._window)
            powers = np.square(rows).mean(axis=1)
            if powers.max() > self._loudest_sibilance:
                self._loudest_sibilance = float(powers.max())
                self._loudest_window = self._windows + int(powers.argmax())
            self._windows += whole
        self._left = held[:, whole * self._window :]

    def facts(self) -> FileFacts:
        """What it all comes to."""
        rate_hz, frames = self._header.sample_rate_hz, max(1, self._at)
        measures, fold = self._meter.result(), self._fold.result()
        silent = self._first_loud is None
        voice = self._powers[3] / frames
        return FileFacts(
            header=self._header,
            measures=measures,
            head_s=frames / rate_hz if silent else (self._first_loud or 0) / rate_hz,
            tail_s=frames / rate_hz if silent else (self._at - 1 - self._last_loud) / rate_hz,
            clipped_runs=self._full.runs,
            edge_dbfs=amplitude_db(max(self._edges)) if max(self._edges) else -math.inf,
            mono_loss_lu=_mono_loss_lu(measures, fold),
            dead_channels=tuple(np.flatnonzero(self._peaks < _dead(self._header)).tolist()),
            dual_mono=len(self._peaks) == 2 and self._apart < 2.0 * _dead(self._header),
            side_below_150_hz_db=_ratio_db(self._powers[1], self._powers[0]),
            sibilance_db=_ratio_db(self._loudest_sibilance, voice),
            sibilance_at_s=self._loudest_window * self._window / rate_hz,
            moving_bits=self._codes.moving_bits,
            quietest_lsb2=self._codes.quietest_lsb2,
        )


class _Band:
    """A filter that goes on where it ended."""

    def __init__(self, sections: Block, channels: int) -> None:
        self._sections = sections
        self._state = np.zeros((len(sections), channels, 2))

    def filtered(self, block: Block) -> Block:
        found, self._state = signal.sosfilt(self._sections, block, axis=1, zi=self._state)
        out: Block = found
        return out


class _FullScale:
    """Counts runs of equal samples at or over full scale, over the blocks' cuts.

    Peaks of floats and of decoded lossy files go over it and are no plateaus: no two are equal.
    """

    def __init__(self, header: Header) -> None:
        self._least = 1.0 - _STEPS.get(header.subtype, _STEPS["PCM_16"])
        self._last = np.full((header.channels, 1), np.nan)
        self._running = np.zeros(header.channels, np.int64)
        self.runs = 0

    def hear(self, block: Block) -> None:
        full = np.abs(block) >= self._least
        if full.any():
            before = np.concatenate([self._last, block[:, :-1]], axis=1)
            for channel, row in enumerate(full & (block == before)):
                self._hear_channel(channel, row)
        else:
            self._running[:] = 0
        self._last = block[:, -1:].copy()

    def _hear_channel(self, channel: int, row: npt.NDArray[np.bool_]) -> None:
        """Of each sample of a channel, whether it is full and as the one before it."""
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            had = int(self._running[channel]) if first == 0 else 0
            self.runs += had < _FULL_CODES - 1 <= had + stop - first
        whole = bool(row.all())
        length = len(row) if whole else int(len(row) - edges[-2]) if row[-1] else 0
        self._running[channel] = length + (self._running[channel] if whole else 0)


class _Codes:
    """The integer codes: which bits move, and how loud the quietest second's steps are."""

    def __init__(self, header: Header) -> None:
        self._bits = {"PCM_16": 16, "PCM_24": 24}.get(header.subtype)
        self._seen = 0
        self._frames = round(header.sample_rate_hz * _WINDOW_S)
        self._quiet: list[float] = []

    def hear(self, block: Block) -> None:
        if self._bits is None:
            return
        codes = np.rint(block * 2.0 ** (self._bits - 1)).astype(np.int64)
        self._seen |= int(np.bitwise_or.reduce(np.abs(codes), axis=None))
        whole = codes.shape[1] // self._frames
        rows = codes[0, : whole * self._frames].reshape(whole, self._frames).astype(np.float64)
        powers = np.square(rows - rows.mean(axis=1, keepdims=True)).mean(axis=1)
        self._quiet = sorted([*self._quiet, *powers.tolist()])[:_QUIET_WINDOWS]

    @property
    def moving_bits(self) -> int | None:
        if self._bits is None:
            return None
        lowest = (self._seen & -self._seen).bit_length() if self._seen else self._bits + 1
        return self._bits - lowest + 1

    @property
    def quietest_lsb2(self) -> float | None:
        return float(np.mean(self._quiet)) if self._quiet else None


def _mono_loss_lu(measures: Measures, fold: Measures) -> float:
    loud = measures.integrated_lufs
    if not math.isfinite(loud):
        return 0.0  # nothing that could be lost
    # A mono file reads 3 LU under the same signal on two sides (ITU-R BS.1770).
    return loud - fold.integrated_lufs - (3.01 if measures.channels > 1 else 0.0)


def _dead(header: Header) -> float:
    """A side under this peak has nothing but its dither."""
    return max(1e-5, 2.5 * _STEPS.get(header.subtype, 0.0))


def _inside(band: tuple[float, float], rate_hz: int) -> list[float]:
    return [min(each, 0.45 * rate_hz) * (0.9 if each > 0.45 * rate_hz else 1.0) for each in band]


def _ratio_db(power: float, over: float) -> float:
    if power <= 0.0:
        return -math.inf
    return 10.0 * math.log10(power / over) if over > 0.0 else math.inf
