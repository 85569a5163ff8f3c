"""The song a page is about, as far as its audio can be read: overviews, and any stretch of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bridge.audio import Block
from bridge.checking import CheckReport, Finding, SongAudio, StemAudio, StemInMix, excerpt
from bridge.pages.check.overviews import Overview, overview
from bridge.pages.check.places import Place, place_of
from bridge.pages.check.scenes import Lane, Scene
from stemwright.decibels import linear
from stemwright.problems import InputError

_MOST_HZ = 48000
LOUDEST = 4.0
"""What corrupt samples are held to, so that the rest is seen and heard."""
_MOST_LANES = 3
_LOOKS = 12
_LOOK_S = 0.5
"""How often, and for how long, what is left of a mix is looked at."""
_COLOURS = ("s1", "s2", "s3")
_MIX = "rough mix"


@dataclass(frozen=True)
class SeenSong:
    """Stems and rough mix that could be read to their ends, from end to end in small.

    `fit` is how each stem is in the mix, `of_mix` the findings that the two together have.
    """

    audio: SongAudio
    stems: Mapping[str, Overview]
    mix: Overview | None
    fit: Mapping[str, StemInMix]
    of_mix: frozenset[str]

    @property
    def seconds(self) -> float:
        """How long the song is: to the end of what is longest."""
        every = [*self.stems.values(), *([self.mix] if self.mix else [])]
        return max((each.start_s + each.seconds for each in every), default=0.0)

    def audio_of(self, name: str) -> StemAudio:
        """The audio of a stem that could be read, or of the mix where that is told of as one."""
        mix = self.audio.mix
        return mix if mix is not None and mix.facts.id == name else self.audio.stems[name]

    def scene(self, finding: Finding) -> Scene | None:
        """What there is to see and hear of a finding; None where that is nothing.

        Raises InputError as `StemAudio.read` does.
        """
        if finding.id in self.of_mix:
            return self._in_mix(finding)
        named = [name for name in finding.stems[:_MOST_LANES] if name in self.stems]
        seen = [self.stems[name] for name in named]
        place = place_of(finding, seen, paired=len(named) > 1)
        if place is None or place.seconds <= 0.0:
            return None
        stems = [self.audio_of(name) for name in named]
        rate_hz = played_hz(stems[0].facts.sample_rate_hz)
        lanes = [
            Lane(name, colour, _taken(stem, place, rate_hz))
            for name, colour, stem in zip(named, _COLOURS, stems, strict=False)
        ]
        return Scene(place, tuple(lanes), rate_hz)

    def _in_mix(self, finding: Finding) -> Scene | None:
        """The mix beside the stem, or beside all stems where it is about no one of them."""
        mix = self.audio.mix
        if mix is None or self.mix is None:
            return None
        named = [name for name in finding.stems if name in self.stems]
        seen = [self.stems[name] for name in named] or [self.mix]
        rate_hz = played_hz(self.audio.rate_hz)
        shown = finding if named else self._where_most_is_left(finding, rate_hz)
        place = place_of(shown, seen, paired=True)
        if place is None or place.seconds <= 0.0:
            return None
        place = place.told_from(finding.start_s, finding.end_s)
        there = _taken(mix, place, rate_hz)
        made = self._sum(place, rate_hz, len(there))
        lanes = [Lane(_MIX, "s1", there)]
        if named:
            stem = _taken(self.audio.stems[named[0]], place, rate_hz)
            lanes += [Lane(named[0], "s2", stem), Lane("all stems, fitted", "s3", made)]
        else:
            lanes += [
                Lane("all stems, fitted", "s2", made),
                Lane("what is left", "n", _widened(there, len(made)) - made),
            ]
        return Scene(place, tuple(lanes), rate_hz)

    def _where_most_is_left(self, finding: Finding, rate_hz: int) -> Finding:
        """The same of a part of its time: where what no stem makes of the mix is loudest."""
        mix, step_s = self.audio.mix, (finding.end_s - finding.start_s) / _LOOKS
        if mix is None or step_s <= _LOOK_S:
            return finding
        parts = [
            replace(finding, start_s=start_s, end_s=start_s + _LOOK_S)
            for start_s in (finding.start_s + step_s * (n + 0.5) for n in range(_LOOKS))
        ]
        return max(parts, key=lambda each: self._left(mix, each, rate_hz))

    def _left(self, mix: StemAudio, part: Finding, rate_hz: int) -> float:
        place = Place(part.start_s, part.end_s, part.start_s, part.end_s)
        there = _taken(mix, place, rate_hz)
        made = self._sum(place, rate_hz, len(there))
        return float(np.square(_widened(there, len(made)) - made).mean())

    def _sum(self, place: Place, rate_hz: int, channels: int) -> Block:
        """All stems with the gains and places at which they explain most of the mix."""
        frames = round(place.seconds * rate_hz)
        added = np.zeros((channels, frames))
        for name, fitted in self.fit.items():
            if name not in self.stems or not math.isfinite(fitted.gain_db):
                continue
            late = fitted.offset_frames * rate_hz / self.audio.rate_hz
            start = round(place.start_s * rate_hz) - late
            audio = replace(self.audio.stems[name], slower_ppm=fitted.drift_ppm)
            samples = excerpt(audio, start, frames, rate_hz)
            samples[1:2] *= fitted.right_polarity
            part = fitted.polarity * linear(fitted.gain_db) * samples
            if len(part) > len(added):
                added = _widened(added, len(part))
            added = added + _widened(part, len(added))
        return np.clip(added, -LOUDEST, LOUDEST)


def seen_song(report: CheckReport, audio: SongAudio) -> SeenSong:
    """Read every stem once; what cannot be read to its end is left out."""
    stems = dict(_overviews(audio.stems))
    mix = None if audio.mix is None else _overview(audio.mix)
    if report.mix is None:
        return SeenSong(audio, stems, mix, {}, frozenset())
    told = {each.id for each in report.stems}
    if mix is not None and audio.mix is not None and audio.mix.facts.id in told:
        stems[audio.mix.facts.id] = mix
    fit = {each.id: each for each in report.mix.stems}
    return SeenSong(audio, stems, mix, fit, frozenset(each.id for each in report.mix.findings))


def _overviews(stems: Mapping[str, StemAudio]) -> Iterator[tuple[str, Overview]]:
    for name, stem in stems.items():
        seen = _overview(stem)
        if seen is not None:
            yield name, seen


def _overview(audio: StemAudio) -> Overview | None:
    try:
        return overview(audio)
    except InputError:
        return None


def played_hz(rate_hz: int) -> int:
    """What rate a browser is given: the file's own up to 48 kHz, else one of its family."""
    if rate_hz <= _MOST_HZ:
        return rate_hz
    return 44100 if rate_hz % 44100 == 0 else _MOST_HZ


def _taken(audio: StemAudio, place: Place, rate_hz: int) -> Block:
    start, frames = round(place.start_s * rate_hz), max(1, round(place.seconds * rate_hz))
    return np.clip(excerpt(audio, start, frames, rate_hz), -LOUDEST, LOUDEST)


def _widened(samples: Block, channels: int) -> Block:
    """One channel on as many as there are."""
    return np.repeat(samples, channels, axis=0) if len(samples) == 1 else samples
