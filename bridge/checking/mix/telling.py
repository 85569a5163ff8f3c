"""What a fit to the rough mix says of each stem, and of all together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.checking.between.clock_drift import drift_words
from bridge.checking.codes import Severity
from bridge.checking.findings import Finding, finding_id
from bridge.checking.mix.fitting import Fit
from stemwright.decibels import amplitude_db
from stemwright.words import counted

_ALIKE_DB, _SAME_DB = 1.0, 0.15
_MUCH_DB = 2.0
POOR_DB = 8.0
"""Explained of the mix, below which a stem may be in it and not be seen."""
_FITS_AT_ALL_DB = -6.0
"""What is left where a stem is alone, above which its place is not sure by that."""
_OTHERS_GAIN_DB = 0.5
"""So near to the gain that most stems have, a place is sure all the same: no other gives that."""
_ITSELF_DB = -15.0
"""What is left where a stem is alone, above which it was processed otherwise in the mix."""
_ABSENT_DB = -24.0
"""Gain, against the others', below which a stem is not in the mix."""
_LEAST_LATE_S, _LEAST_LATE_FRAMES = 0.0005, 0.1
"""From which on it counts that a stem is late, and from which on it is worth a word."""
_SAME_FRAMES = 0.1
_FRAME_DIGITS = 2
_BEAT_OFF_S = 0.005
_FLOOR_DB = -99.0
_OVER = "it is upside down against the rough mix"
_TURNED = f"with its right side turned over {_OVER}: its left side is the wrong one"
_DIGITS = 3

_Facts = Mapping[str, float]


@dataclass(frozen=True)
class InMix:
    """A stem as the fit has it in the mix; `offset` is how many frames later it lies there.

    `drift_ppm` is how much slower the stem runs than it does there.

    `gain` is signed, NaN for a stem that other stems make up. `rest_db` is what is left where it
    is alone, against it. `is_turned` says that it fits with its right side turned over.
    `copies` are the gains over it of stems that are the same, which have none of their own.
    """

    stem: str
    gain: float
    offset: float
    start_s: float
    end_s: float
    rest_db: float
    is_turned: bool = False
    copies: tuple[float, ...] = ()
    drift_ppm: float = 0.0

    @property
    def gain_db(self) -> float:
        """Minus infinity where it is not there, NaN where it cannot be told."""
        if math.isnan(self.gain):
            return self.gain
        return round(amplitude_db(abs(self.gain)), _DIGITS) + 0.0  # no minus zero

    @property
    def votes_db(self) -> tuple[float, ...]:
        """Its gain, and that with which all its copies are in the mix as well."""
        together = abs(1.0 + sum(self.copies))
        if not self.copies or not together:
            return (self.gain_db,)
        return self.gain_db, self.gain_db - amplitude_db(together)

    def off_db(self, common_db: float) -> float:
        """How much louder it is in the mix than by a gain, once or with its copies."""
        return min((each - common_db for each in self.votes_db), key=abs)

    @property
    def polarity(self) -> int:
        """1, or -1 for upside down."""
        return -1 if self.gain < 0.0 else 1

    @property
    def right_polarity(self) -> int:
        """1, or -1 where its right side alone is upside down."""
        return -1 if self.is_turned else 1


def common_gain_db(stems: Sequence[InMix]) -> float:
    """The gain that most stems have, of those that were not processed otherwise in the mix.

    Copies have one voice, and count where as many stems have one gain as another; then the one
    nearer to 0 dB is it.
    """
    known = _sure([each for each in stems if math.isfinite(each.gain_db)])
    gains = [gain_db for each in known for gain_db in each.votes_db]

    def rank(gain_db: float) -> tuple[int, int, float]:
        near = [each for each in known if abs(each.off_db(gain_db)) < 0.5 * _ALIKE_DB]
        return len(near), sum(len(each.copies) for each in near), -abs(gain_db)

    return max(gains, key=rank, default=0.0)


def of_stems(
    stems: Sequence[InMix], rate_hz: int, tempo_bpm: float | None, explained_db: float
) -> Iterator[Finding]:
    """Stems that are in the mix otherwise than the others: by level, place, polarity; or not."""
    common_db = common_gain_db(stems)
    known = [each for each in stems if math.isfinite(each.gain_db)]
    there = [each for each in known if each.gain_db - common_db > _ABSENT_DB]
    is_mixed = _is_mixed([each.off_db(common_db) for each in _sure(there)])
    place = common_place([each.offset for each in there])
    spans = Counter((each.start_s, each.end_s) for each in there)
    absent: Severity = "major" if explained_db > POOR_DB else "minor"
    for each in known:
        if each not in there:
            level_db = max(_FLOOR_DB, round(each.gain_db - common_db, _DIGITS))
            yield _finding("extra", absent, each, level_db, "the rough mix has not got it", {})
            continue
        facts: _Facts = {
            "offset_frames": each.offset,
            "drift_ppm": each.drift_ppm,
            "gain_db": each.gain_db,
            "polarity": each.polarity,
        }
        off_db = each.off_db(common_db)
        has_others_gain = len(there) > 2 and not is_mixed and abs(off_db) < _OTHERS_GAIN_DB
        is_sure = each.rest_db < _FITS_AT_ALL_DB or has_others_gain
        yield from _level(each, off_db, facts, is_mixed=is_mixed)
        late_frames = place - each.offset
        of_place = {**facts, "file_as_others": spans[each.start_s, each.end_s] > 1}
        yield from _place(each, late_frames, rate_hz, tempo_bpm, of_place, is_sure=is_sure)
        yield from _drift(each, facts)
        if each.polarity < 0:
            words = _TURNED if each.is_turned else _OVER
            yield _finding("polarity", "major", each, -1.0, words, facts)


def as_told(frames: float) -> float:
    """Whole where it is a whole number of frames, else to the hundredth."""
    return round(frames) if frames == round(frames) else round(frames, _FRAME_DIGITS)


def common_place(offsets: Sequence[float]) -> float:
    """Where most stems lie; of equals the place that is nearer to their own."""

    def rank(offset: float) -> tuple[int, float]:
        near = sum(abs(each - offset) < _SAME_FRAMES for each in offsets)
        return near, -abs(offset)

    return max(offsets, key=rank, default=0)


def _sure(stems: list[InMix]) -> list[InMix]:
    """Those that were not processed otherwise, where there are two of them; else all."""
    fitting = [each for each in stems if each.rest_db < _ITSELF_DB]
    return fitting if len(fitting) > 1 else stems


def _is_mixed(off_db: Sequence[float]) -> bool:
    """Whether the mix has a gain of its own for most stems: then no single one is a mistake.

    Faders that were moved do not meet within 0.15 dB.
    """
    alike = sum(abs(each) < _ALIKE_DB for each in off_db)
    same = sum(abs(each) < _SAME_DB for each in off_db)
    return 2 * alike < len(off_db) or (2 * alike == len(off_db) and 2 * same < len(off_db))


def held_share(fit: Fit) -> float:
    """The part of the time in which the stems are what sounds in the mix, wherever they should."""
    rows = fit.left.shape[0]
    second = max(1, rows // max(1, round(rows * 0.05)))
    whole = rows // second * second
    if not whole:
        return 1.0
    shared = np.maximum(fit.expected, 0.0)
    right = (fit.left < 0.5 * shared) * shared
    by_second = shared[:whole].sum(axis=1).reshape(-1, second).sum(axis=1)
    right_by_second = right[:whole].sum(axis=1).reshape(-1, second).sum(axis=1)
    sounds = by_second > 1e-3 * float(by_second.max(initial=0.0))
    if not sounds.any():
        return 0.0
    return float((right_by_second[sounds] > 0.25 * by_second[sounds]).mean())


def other_version(explained_db: float, length_s: float, words: str) -> Finding:
    """Of the whole mix, in place of what its stems would say."""
    return Finding(
        id=finding_id("other_version", ("rough mix",), 0, round(1000 * length_s)),
        code="other_version",
        severity="major",
        stems=(),
        start_s=0.0,
        end_s=length_s,
        value=explained_db,
        words=words,
    )


def _level(each: InMix, off_db: float, facts: _Facts, *, is_mixed: bool) -> Iterator[Finding]:
    if abs(off_db) <= _ALIKE_DB:
        return
    is_sure = abs(off_db) > _MUCH_DB and each.rest_db < _ITSELF_DB
    much: Severity = "major" if is_sure else "minor"
    severity: Severity = "info" if is_mixed else much
    way = "quieter" if off_db > 0 else "louder"
    words = f"it is {abs(off_db):.1f} dB {way} than in the rough mix"
    yield _finding("level", severity, each, round(-off_db, _DIGITS), words, facts)


def _place(
    each: InMix,
    late_frames: float,
    rate_hz: int,
    tempo_bpm: float | None,
    facts: _Facts,
    *,
    is_sure: bool,
) -> Iterator[Finding]:
    late_s, way = late_frames / rate_hz, "late" if late_frames > 0 else "early"
    if abs(late_s) < _LEAST_LATE_S:
        if abs(late_frames) > _LEAST_LATE_FRAMES and each.rest_db < _ITSELF_DB:
            size = round(abs(late_frames), _FRAME_DIGITS)
            words = f"it is {size:g} frames {way} against the rough mix"
            yield _finding("offset", "info", each, 1000 * late_s, words, facts)
        return
    beats = late_s * tempo_bpm / 60.0 if tempo_bpm else 0.0
    severity: Severity = "major" if is_sure else "minor"
    if tempo_bpm and round(beats) and abs(beats - round(beats)) * 60.0 / tempo_bpm < _BEAT_OFF_S:
        count = counted(abs(round(beats)), "beat")
        words = f"it is {count} {way} against the rough mix, at {tempo_bpm:g} bpm"
        yield _finding("bar_shift", severity, each, float(round(beats)), words, facts)
        return
    words = f"it is {abs(1000 * late_s):.1f} ms {way} against the rough mix"
    yield _finding("offset", severity, each, 1000 * late_s, words, facts)


def _drift(each: InMix, facts: _Facts) -> Iterator[Finding]:
    if not each.drift_ppm:
        return
    severity: Severity = "major" if each.rest_db < _FITS_AT_ALL_DB else "minor"
    words = f"against the rough mix {drift_words(each.drift_ppm, each.end_s - each.start_s)}"
    yield _finding("drift", severity, each, each.drift_ppm, words, facts)


def _finding(
    code: str, severity: Severity, each: InMix, value: float, words: str, facts: _Facts
) -> Finding:
    span = round(1000 * each.start_s), round(1000 * each.end_s)
    return Finding(
        id=finding_id(code, ("rough mix", each.stem), *span),
        code=code,
        severity=severity,
        stems=(each.stem,),
        start_s=each.start_s,
        end_s=each.end_s,
        value=value,
        words=words,
        facts=facts,
    )
