"""The master's strip: a tone towards the reference, glue that hardly moves, a limiter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.advising.starting.listening import Listened
from bridge.advising.starting.strips import (
    BandLine,
    Setting,
    StarterInsert,
    Strip,
    near_threshold_db,
)
from bridge.advising.starting.tone_match import MOST_GAIN_DB, matching_bells
from bridge.comparing import ToneDistance
from chains import Bell
from stemwright.decibels import linear
from stemwright.values import dataclass

_GLUE_DB = 1.5
_GLUE_RATIO = 1.5
_QUIET_DBFS = -30.0
_USUAL_PEAK_DBFS = -6.0
_MOST_LIFT_DB = 60.0
"""As far as a chain's gain goes."""

_LEAST_WIDTH_DB = 0.25
_MOST_WIDTH_DB = 4.0


@dataclass(frozen=True)
class Wanted:
    """What a master still lacks to its reference, by nominal thirds of an octave, in dB.

    `side_gain_db` is what the whole side lacks beside the mid.
    """

    mid_db: Mapping[float, float]
    side_db: Mapping[float, float]
    side_gain_db: float

    @staticmethod
    def of(found: ToneDistance) -> Wanted:
        """What is wanted of a master that lies so far from its reference."""
        mid = {each.hz: -each.mid_db for each in found.bands if each.mid_db is not None}
        side = {each.hz: -each.side_db for each in found.bands if each.side_db is not None}
        mid_mean, side_mean = _mean(mid), _mean(side)
        return Wanted(
            {hz: level - mid_mean for hz, level in mid.items()},
            {hz: level - side_mean for hz, level in side.items()},
            side_mean - mid_mean if mid and side else 0.0,
        )


def master_strip(heard: Listened, wanted: Wanted | None, sample_rate_hz: int, near: str) -> Strip:
    """Return the master's strip behind a bus that measures so; `near` is the reference's name."""
    tone = () if wanted is None else tuple(_tone(wanted, sample_rate_hz, near))
    lift_db = _lift_db(heard)
    last = StarterInsert(
        "last",
        "limiter",
        "driven until the target is met; keeps the ceiling",
        (Setting("lookahead_ms", 2.0), Setting("release_ms", 100.0)),
    )
    return Strip("master", inserts=(*_lifted(heard, lift_db), *tone, *_glue(heard, lift_db), last))


def _lift_db(heard: Listened) -> float:
    """What brings a sum up that is so quiet that no drive would reach a target."""
    if heard.peak_dbfs is None or heard.peak_dbfs > _QUIET_DBFS:
        return 0.0
    return min(_MOST_LIFT_DB, float(round(_USUAL_PEAK_DBFS - heard.peak_dbfs)))


def _lifted(heard: Listened, lift_db: float) -> Iterator[StarterInsert]:
    if lift_db:
        why = f"the stems are very quiet: their sum peaks at {heard.peak_dbfs:.1f} dBFS"
        yield StarterInsert("level", "gain", why, (Setting("gain_db", lift_db),))


def _tone(wanted: Wanted, sample_rate_hz: int, near: str) -> Iterator[StarterInsert]:
    for part, gains_db in (("mid", wanted.mid_db), ("side", wanted.side_db)):
        bells = matching_bells(gains_db, sample_rate_hz).bells
        if bells:
            yield StarterInsert(
                f"tone-{part}",
                "eq",
                f"the {part} towards {near}: thirds of an octave from 50 Hz to 16 kHz, within"
                f" {MOST_GAIN_DB:g} dB; what the reference has not got is left alone",
                (Setting("on", part),),
                tuple(map(_band, bells)),
            )
    gain_db = max(-_MOST_WIDTH_DB, min(_MOST_WIDTH_DB, wanted.side_gain_db))
    if abs(gain_db) >= _LEAST_WIDTH_DB:
        yield StarterInsert(
            "width",
            "width",
            f"the side of {near} lies {abs(wanted.side_gain_db):.1f} dB"
            f" {'higher' if gain_db > 0 else 'lower'} against its mid",
            (Setting("width", round(linear(gain_db), 2)),),
        )


def _band(bell: Bell) -> BandLine:
    return BandLine(
        (
            Setting("shape", bell.shape),
            Setting("hz", bell.hz),
            Setting("gain_db", bell.gain_db),
            Setting("q", bell.q),
        )
    )


def _glue(heard: Listened, lift_db: float) -> Iterator[StarterInsert]:
    if heard.loud_dbfs is None or heard.usual_dbfs is None:
        return
    loud, usual = heard.loud_dbfs + lift_db, heard.usual_dbfs + lift_db
    threshold_db = near_threshold_db(loud - _GLUE_DB / (1.0 - 1.0 / _GLUE_RATIO))
    yield StarterInsert(
        "glue",
        "compressor",
        f"the sum is loud at {loud:.1f} dBFS, usual at {usual:.1f}: about {_GLUE_DB:g} dB off the"
        " loud parts",
        (
            Setting("threshold_db", threshold_db),
            Setting("ratio", _GLUE_RATIO),
            Setting("attack_ms", 40.0, "kick and snare pass before it moves"),
            Setting("release_ms", 200.0),
            Setting("knee_db", 8.0),
            Setting("sidechain_hz", 90.0, "the kick's bottom moves nothing"),
        ),
    )


def _mean(levels_db: Mapping[float, float]) -> float:
    return sum(levels_db.values()) / len(levels_db) if levels_db else 0.0
