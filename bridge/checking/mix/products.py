"""Products of the stems and the mix by window and band, from one streaming pass over all.

Whatever gains are asked for later, what they leave of the mix is known from them by cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block
from bridge.checking.excerpts import excerpt
from bridge.checking.stem_audio import StemAudio

WINDOW_S = 0.05
_BANDS = 20
_LOWEST_HZ = 60.0
_HEARD_HZ = 20.0
"""Below it lies what no loudspeaker plays: offsets, and what moves with them."""
_READ_WINDOWS = 60
_MOST_BYTES = 120e6
_RESAMPLED = 0.44
"""The part of a sample rate up to which what was resampled is the same."""

Cells = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Products:
    """`cells` (windows, bands, stems + 1, stems + 1): real products of spectra, the mix last;
    of one with itself its mean square.

    `edges_hz` are the bands' borders, `window_s` how long a window is.
    """

    cells: Cells
    edges_hz: tuple[float, ...]
    window_s: float
    rate_hz: int

    @property
    def total(self) -> npt.NDArray[np.float64]:
        """(stems + 1, stems + 1) of everything."""
        return np.asarray(self.cells.sum(axis=(0, 1), dtype=np.float64))


@dataclass(frozen=True)
class Placed:
    """A stem `late` frames later in the mix than in the song; with its right side turned over.

    Between whole frames where it has a fraction; `audio` has the clock on which it runs there.
    """

    audio: StemAudio
    late: float
    is_turned: bool = False

    def excerpt(self, start: int, frames: int, rate_hz: int) -> Block:
        """(channels, frames) from frame `start` of the mix on, as `bridge.checking.excerpts`."""
        found = excerpt(self.audio, start - self.late, frames, rate_hz)
        if self.is_turned:
            found[1] *= -1.0
        return found


def products(stems: Sequence[Placed], mix: StemAudio, rate_hz: int) -> Products:
    """Hear all at once, each stem where it lies in the mix.

    Raises InputError as `StemAudio.read` does.
    """
    channels = mix.width
    length_s = mix.facts.frames / mix.facts.sample_rate_hz
    bytes_a_window = 4 * _BANDS * (len(stems) + 1) ** 2
    window_s = WINDOW_S * max(1, -(-int(length_s / WINDOW_S * bytes_a_window) // int(_MOST_BYTES)))
    size = round(window_s * rate_hz)
    heard = (*(stem.audio for stem in stems), mix)
    slowest_hz = min(rate_hz, *(each.facts.sample_rate_hz for each in heard))
    is_resampled = slowest_hz < rate_hz or any(each.slower_ppm for each in heard)
    top_hz = _RESAMPLED * slowest_hz if is_resampled else rate_hz / 2
    starts, stop = _first_lines(size, rate_hz, top_hz), round(top_hz * size / rate_hz) + 1
    total = max(1, -(-round(length_s * rate_hz) // size))
    cells = np.zeros((total, len(starts), len(stems) + 1, len(stems) + 1), np.float32)
    for first, count in _pieces(total, max(1, round(_READ_WINDOWS * WINDOW_S / window_s))):
        begin, frames = first * size, count * size
        rows = [
            of_width(each.excerpt(begin, frames, rate_hz), channels)
            for each in (*stems, Placed(mix, 0))
        ]
        cells[first : first + count] = crossed(np.stack(rows), count, starts, stop)
    edges = tuple(min(float(each) * rate_hz / size, rate_hz / 2) for each in (*starts, stop))
    return Products(cells, edges, window_s, rate_hz)


def crossed(rows: Block, windows: int, starts: npt.NDArray[np.int64], stop: int) -> Cells:
    """(windows, bands, rows, rows) of (rows, channels, frames), below line `stop`."""
    count, channels, _ = rows.shape
    parts = rows.reshape(count, channels, windows, -1)
    spectra = fft.rfft(parts, axis=3)
    out = np.zeros((windows, len(starts), count, count), np.float32)
    for band, (low, high) in enumerate(zip(starts, (*starts[1:], stop), strict=True)):
        lines = np.ascontiguousarray(spectra[..., low:high].transpose(2, 0, 1, 3))
        flat = lines.reshape(windows, count, -1).view(np.float64)
        out[:, band] = flat @ flat.transpose(0, 2, 1) * (2.0 / (parts.shape[3] ** 2 * channels))
    return out


def _first_lines(size: int, rate_hz: int, top_hz: float) -> npt.NDArray[np.int64]:
    edges = np.geomspace(_LOWEST_HZ, top_hz, _BANDS)[:-1] * size / rate_hz
    first = max(1, round(_HEARD_HZ * size / rate_hz))
    return np.unique(np.concatenate([[first], np.round(edges).astype(np.int64)]))


def of_width(samples: Block, channels: int) -> Block:
    """(channels, frames): both sides alike of a mono one, the mean of both for a mono mix."""
    if len(samples) == channels:
        return samples
    if channels == 1:
        return np.asarray(samples.mean(axis=0, keepdims=True))
    return np.repeat(samples[:1], 2, axis=0) if len(samples) == 1 else samples[:2]


def _pieces(total: int, size: int) -> Iterator[tuple[int, int]]:
    return ((first, min(size, total - first)) for first in range(0, total, size))
