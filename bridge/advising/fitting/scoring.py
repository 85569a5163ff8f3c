"""How far what is heard lies from a target: sample by sample, or in tone and dynamics."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from bridge.comparing import tone_distance, tone_of
from stemwright.decibels import amplitude_db

Sound = npt.NDArray[np.float64]
"""(2, frames)."""
Vector = npt.NDArray[np.float64]

FLOOR_DB = -200.0
"""What no difference counts as."""
_MOST_SAMPLES = 20000
_WINDOW_S = 0.05
_PARTS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
_QUIET_DB = -100.0


class Score(Protocol):
    """What a sound is held to."""

    @property
    def unit(self) -> str:
        """What `distance` counts: dBFS of a residual, dB between two pictures of a sound."""
        ...

    @property
    def floor(self) -> float:
        """A distance that nothing is worth going below."""
        ...

    @property
    def target(self) -> Sound:
        """What it is held to: (2, frames)."""
        ...

    @property
    def from_frame(self) -> int:
        """Where what counts begins in what is heard."""
        ...

    def distance(self, heard: Sound) -> float:
        """One number, the less the nearer."""
        ...

    def differences(self, heard: Sound) -> Vector:
        """What the distance is the size of; all zero where there is none."""
        ...

    def broadly(self, heard: Sound) -> Vector:
        """Differences that lead to the target from far away; all zero where it is reached."""
        ...


class SamePerformance:
    """The target is the same playing: what is left when it is subtracted, as RMS in dBFS.

    Only frames from `from_frame` to the target's end count. With `any_level` one gain over the
    excerpt is free, as that of a fader or a drive would be.
    """

    unit = "dBFS"
    floor = -140.0

    def __init__(self, target: Sound, from_frame: int, *, any_level: bool = False) -> None:
        self.target = target[:, from_frame:]
        self.from_frame = from_frame
        self.any_level = any_level
        self._step = max(1, self.target.size // _MOST_SAMPLES) | 1
        """Odd, so that no rhythm of the samples is heard alone."""
        bands = _band_powers(self.target)
        loudest = bands.max(axis=1, keepdims=True)
        self._faint = np.maximum(_FAINT * loudest, _SILENT * max(float(bands.max()), _LEAST))
        self._picture = self._seen(bands)

    @property
    def level_db(self) -> float:
        """The target's own RMS in dBFS."""
        return _size_db(self.target)

    def distance(self, heard: Sound) -> float:
        """The residual's RMS in dBFS over both channels."""
        return _size_db(self.residual(heard))

    def peak_db(self, heard: Sound) -> float:
        """The residual's peak in dBFS."""
        top = float(np.abs(self.residual(heard)).max(initial=0.0))
        return max(FLOOR_DB, amplitude_db(top)) if top else FLOOR_DB

    def differences(self, heard: Sound) -> Vector:
        """Every so many samples of the residual."""
        found: Vector = self.residual(heard).reshape(-1)[:: self._step]
        return found

    def broadly(self, heard: Sound) -> Vector:
        """Differences in dB of bands over time, mid and side: settings in dB move them evenly."""
        found: Vector = self._seen(_band_powers(self.own(heard))) - self._picture
        return found - np.mean(found) if self.any_level else found

    def _seen(self, bands: Vector) -> Vector:
        """Levels in dB of bands over time, those faint in their own band left out."""
        found: Vector = 10.0 * np.log10(bands + self._faint).reshape(-1)
        return found

    def own(self, heard: Sound) -> Sound:
        """What counts of what is heard: as long as the target is."""
        return heard[:, self.from_frame : self.from_frame + self.target.shape[1]]

    def residual(self, heard: Sound) -> Sound:
        """What is left of what is heard when the target is taken off."""
        own = self.own(heard)
        if self.any_level:
            power = float(np.vdot(own, own))
            own = own * (float(np.vdot(own, self.target)) / power if power else 1.0)
        left: Sound = own - self.target
        return left


class Likeness:
    """The target is other music: its tone, mid and side, and how its level moves.

    Tone is that of bridge.comparing; the level's movement is that of 50 ms windows: how far six
    percentiles of them stand over their median. Both leave the overall level out.
    """

    unit = "dB"
    floor = 0.05

    def __init__(self, reference: Sound, from_frame: int, rate_hz: int) -> None:
        self.target = reference
        self.from_frame = from_frame
        self._rate_hz = rate_hz
        self._tone = tone_of([reference], rate_hz)
        self._moves = _moves(reference, rate_hz)

    def distance(self, heard: Sound) -> float:
        """Root mean square of all differences in dB."""
        found = self.differences(heard)
        return float(np.sqrt(np.mean(np.square(found))))

    def differences(self, heard: Sound) -> Vector:
        """A difference in dB a band of mid and of side, and a percentile of the level."""
        own = heard[:, self.from_frame :]
        tone = tone_distance(tone_of([own], self._rate_hz), self._tone)
        bands = [side for each in tone.bands for side in (each.mid_db, each.side_db)]
        moves = _moves(own, self._rate_hz) - self._moves
        return np.concatenate([[each or 0.0 for each in bands], moves])

    def broadly(self, heard: Sound) -> Vector:
        """The same: they are broad."""
        return self.differences(heard)


_WINDOW = 2048
_HANN = np.hanning(_WINDOW + 1)[:-1]
_EDGES = np.unique(np.round(np.geomspace(1, _WINDOW // 2, 25)).astype(int))
_FAINT, _SILENT, _LEAST = 1e-3, 1e-10, 1e-20
"""Of a band's own loudest moment, and of the loudest band's: what lies below leads nowhere."""


def _band_powers(sound: Sound) -> Vector:
    """Powers of bands about a third of an octave wide: (2, moments, bands), mid and side."""
    mid_side = np.stack([sound[0] + sound[1], sound[0] - sound[1]]) * 0.5
    frames = np.lib.stride_tricks.sliding_window_view(mid_side, _WINDOW, axis=1)
    spectra = np.fft.rfft(frames[:, :: _WINDOW // 2] * _HANN, axis=2)
    powers = np.square(spectra.real) + np.square(spectra.imag)
    found: Vector = np.add.reduceat(powers[:, :, : _EDGES[-1]], _EDGES[:-1], axis=2)
    return found


def _moves(sound: Sound, rate_hz: int) -> Vector:
    size = round(_WINDOW_S * rate_hz)
    whole = sound[:, : sound.shape[1] // size * size].reshape(2, -1, size)
    powers = np.mean(np.square(whole), axis=(0, 2))
    levels = 10.0 * np.log10(np.maximum(powers, 10.0 ** (_QUIET_DB / 10.0)))
    found: Vector = np.quantile(levels, _PARTS) - np.median(levels)
    return found


def _size_db(sound: Sound) -> float:
    rms = float(np.sqrt(np.mean(np.square(sound)))) if sound.size else 0.0
    return max(FLOOR_DB, amplitude_db(rms)) if rms else FLOOR_DB
