"""Does this machine compute what every other does? Digests of a fixed signal through our own code.

The signal comes from whole numbers alone (Philox), so two machines feed the very same samples.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from blake3 import blake3

from bridge.native import numpy_path, running
from chains import (
    Bell,
    CompressedBand,
    Compressor,
    Deesser,
    DynamicBand,
    DynamicEq,
    Eq,
    Gain,
    Gate,
    InsertSettings,
    Limiter,
    Multiband,
    Pass,
    Reverb,
    Saturation,
    Shelf,
    Width,
)

if TYPE_CHECKING:
    from bridge.audio import Block
    from bridge.metering import Measures

RATE_HZ = 48000
_FRAMES = 48000
_BURST_FRAMES = 1200
_LEVELS = (0.0, 0.01, 0.3, 0.9, 0.1)
_BLOCK_FRAMES = 10007
_DIGEST_CHARACTERS = 16
_SHOWN_LU = 0.005
_GAINS_OF_SECONDS = (1.0, 0.5, 0.125, 0.75, 1.0)

_BAND = CompressedBand(threshold_db=-30.0, ratio=3.0, attack_ms=2.0, release_ms=40.0)

_BUILT_INS: tuple[InsertSettings, ...] = (
    Gain(gain_db=-2.5),
    Eq(
        bands=(
            Pass(shape="high_pass", hz=2494.3, slope_db_per_octave=24),
            Bell(shape="bell", hz=1000.0, gain_db=4.0),
            Shelf(shape="high_shelf", hz=9000.0, gain_db=1.5),
        )
    ),
    Compressor(threshold_db=-24.0, attack_ms=5.0, release_ms=80.0),
    Multiband(crossovers_hz=(200.0, 3000.0), bands=(_BAND, _BAND, _BAND)),
    DynamicEq(bands=(DynamicBand(hz=2500.0, threshold_db=-40.0, max_cut_db=6.0),)),
    Deesser(threshold_db=-40.0),
    Gate(threshold_db=-24.0, hold_ms=10.0, release_ms=30.0),
    Saturation(drive_db=9.0),
    Width(width=1.3, mono_below_hz=120.0),
    Limiter(ceiling_dbtp=-6.0),
    Reverb(predelay_ms=7.0),
)

_OF_A_LIBRARY: Mapping[str, str] = {
    "reverb": "pedalboard's",
    "sample-rate conversion": "soxr's",
}
"""Parts whose bits are another library's build."""

KNOWN: Mapping[str, str] = {
    "gain": "6a874ebcc4e85137",
    "eq": "136d0ee8cab72c0e",
    "compressor": "a20591fb509a42b3",
    "multiband": "8b9f3cdaa1483cf0",
    "dynamic_eq": "5eaad8b565d14801",
    "deesser": "20caf2cce7ab89ce",
    "gate": "7ec673167923aceb",
    "saturation": "add3373712275bb9",
    "width": "bbcb4f00f0945cc1",
    "limiter": "ac667db61c4c156d",
    "reverb": "9b1c0596197ab44d",
    "16 bit with dither": "355b59987e817d81",
    "24 bit with dither": "a64c494622ffdda7",
    "measures": "ab7a02e0fb5ad559",
    "repairs": "c202982048226a92",
    "sample-rate conversion": "4aff22b081757808",
}
"""What each part makes of the signal; it changes with the version of a sound, never by machine."""


@dataclass(frozen=True)
class Proof:
    """What one part makes of the fixed signal here, and whether it should.

    `numpy_digest` is None where numpy is what runs; `library` names whose build the bits are,
    where they are not ours.
    """

    part: str
    digest: str
    numpy_digest: str | None
    known_digest: str | None
    library: str | None

    @property
    def holds(self) -> bool:
        """Whether it is as known, on both paths."""
        return self.digest == self.known_digest and self.numpy_digest in (None, self.digest)


def proofs() -> Iterator[Proof]:
    """Yield a proof of every built-in, the finish's writing, the meter, repairs, the conversion."""
    for part, digest in _parts().items():
        numpy_digest = None
        if running().path == "compiled":
            with numpy_path():
                numpy_digest = digest()
        library = _OF_A_LIBRARY.get(part)
        yield Proof(part, digest(), numpy_digest, KNOWN.get(part), library)


class Loudness(NamedTuple):
    """The signal's integrated loudness by our meter and by pyloudnorm, which shares no code."""

    ours_lufs: float
    pyloudnorm_lufs: float

    @property
    def agrees(self) -> bool:
        """Within what a meter shows."""
        return abs(self.ours_lufs - self.pyloudnorm_lufs) < _SHOWN_LU


def loudness_beside_pyloudnorm() -> Loudness:
    """Measure the signal by both."""
    from pyloudnorm import Meter as Other

    second = np.concatenate(list(_blocks()), axis=1)
    samples = np.concatenate([second * gain for gain in _GAINS_OF_SECONDS], axis=1)
    other = Other(RATE_HZ, filter_class="DeMan").integrated_loudness(samples.T)
    return Loudness(_measures().integrated_lufs, float(other))


def _parts() -> dict[str, Callable[[], str]]:
    parts: dict[str, Callable[[], str]] = {
        each.use: lambda each=each: _built_in(each)  # type: ignore[misc]  # bound now
        for each in _BUILT_INS
    }
    return {
        **parts,
        "16 bit with dither": lambda: _quantised("pcm16"),
        "24 bit with dither": lambda: _quantised("pcm24"),
        "measures": _measured,
        "repairs": _repaired,
        "sample-rate conversion": _resampled,
    }


def _built_in(settings: InsertSettings) -> str:
    from bridge.processing import build, run

    return _digest(run([build(settings, RATE_HZ)], _blocks()))


def _quantised(subtype: str) -> str:
    from bridge.audio import Quantiser

    quantiser = Quantiser(subtype, 2, "proof")  # type: ignore[arg-type]  # one of the two above
    return _digest(quantiser.process(block) for block in _blocks())


def _measured() -> str:
    return _shortened(json.dumps(_measures().as_json()).encode())


def _measures() -> Measures:
    from bridge.metering import Meter

    meter = Meter(RATE_HZ, 2)
    for gain in _GAINS_OF_SECONDS:  # windows of 3 s, and a range
        for block in _blocks():
            meter.add(block * gain)
    return meter.result()


def _repaired() -> str:
    """A gap, and peaks that were cut, predicted from what is around them."""
    from bridge.checking import filled

    side = next(_blocks())[0, 2 * _BURST_FRAMES : 6 * _BURST_FRAMES]
    gap = np.zeros(len(side), bool)
    gap[_BURST_FRAMES : _BURST_FRAMES + 60] = True
    wall = np.clip(side, -0.4, 0.4)
    made = filled(side, gap, 32, 2), filled(wall, wall != side, 32, 2, wall)
    return _digest(each[None] for each in made)


def _resampled() -> str:
    from bridge.audio import resampled

    return _digest(resampled(_blocks(), 2, RATE_HZ, 44100))


def _blocks() -> Iterator[Block]:
    """The signal: noise in bursts, silence among them, in blocks that fit no grid."""
    draws = np.random.Philox(key=48000).random_raw(2 * _FRAMES).reshape(2, _FRAMES)
    noise = (draws >> 11).astype(np.float64) * 2.0**-53 - 0.5
    steps = np.arange(_FRAMES) // _BURST_FRAMES % len(_LEVELS)
    signal = noise * np.array(_LEVELS)[steps]
    for at in range(0, _FRAMES, _BLOCK_FRAMES):
        yield signal[:, at : at + _BLOCK_FRAMES]


def _digest(blocks: Iterator[np.ndarray]) -> str:
    made = np.concatenate(list(blocks), axis=1)
    return _shortened(made.astype(made.dtype.newbyteorder("<")).tobytes())


def _shortened(octets: bytes) -> str:
    return blake3(octets).hexdigest()[:_DIGEST_CHARACTERS]
