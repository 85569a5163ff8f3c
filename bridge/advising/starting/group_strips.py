"""A group's strip from what it measures: high-pass, esses, gentle levelling, a mono bottom."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from bridge.advising.starting.grouping import VOICES, StarterGroup
from bridge.advising.starting.listening import ESSES_HZ, LOWS_HZ, OFFSET_HZ, Listened
from bridge.advising.starting.strips import (
    BandLine,
    Setting,
    StarterInsert,
    Strip,
    near_threshold_db,
)
from bridge.checking import offset_words
from bridge.comparing import Tone
from bridge.metering import THIRDS, nominal_hz
from stemwright.decibels import linear_power, power_db
from stemwright.values import dataclass

_CORNERS_HZ = (20.0, 25.0, 30.0, 35.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 120.0)
_UNDER_CORNER = 0.85
_SOUNDS_DB = 30.0
"""The lowest band of a group is the first within so much of its loudest one."""

_NOTHING_DB = 70.0
"""Rumble that far under the loudest band is none."""

_EVEN_DB = 4.0
_ESSES_DB = 10.0
"""Esses further under the loud parts disturb nobody."""

_WIDE_LOWS_DB = -20.0


@dataclass(frozen=True)
class _Levelling:
    """How a role is levelled: at most `most_db` off its loud parts."""

    ratio: float
    attack_ms: float
    release_ms: float
    most_db: float
    whole: bool
    why: str


_LEVELLING: Mapping[str, _Levelling] = {
    "drums": _Levelling(2.0, 30.0, 120.0, 2.0, False, "the hits pass before it moves"),
    "bass": _Levelling(2.5, 25.0, 180.0, 3.0, True, "an even bottom lets the limiter work unheard"),
    "vocals": _Levelling(2.0, 10.0, 120.0, 3.0, False, "every word at one level"),
    "backing": _Levelling(2.0, 15.0, 150.0, 2.5, False, "behind the lead, and steady there"),
}
_GENTLE = _Levelling(1.5, 30.0, 200.0, 1.5, False, "no more than leaning on it")
_UNLEVELLED = frozenset({"fx"})


def group_strip(group: StarterGroup, heard: Listened) -> Strip:
    """Return the strip of a group that measures so; make-up is set when it was heard."""
    inserts = [*_clean(heard), *_esses(group, heard), *_level(group, heard), *_bottom(group, heard)]
    names = ", ".join(stem.name for stem in group.taken)
    return Strip(
        "group",
        group.id,
        (Setting("stems", group.stems, names),),
        tuple(inserts),
        why=tuple(_measured(group, heard)),
    )


def _measured(group: StarterGroup, heard: Listened) -> Iterator[str]:
    if heard.peak_dbfs is None or heard.loud_dbfs is None:
        yield f"{group.id}: silent in this song"
        return
    yield (
        f"{group.id}: peaks {heard.peak_dbfs:.1f} dBFS; loud {heard.loud_dbfs:.1f}, "
        f"usual {heard.usual_dbfs:.1f}, quiet {heard.quiet_dbfs:.1f} dBFS (10 ms peaks over 100 Hz)"
    )


def _clean(heard: Listened) -> Iterator[StarterInsert]:
    found, offset = rumble(heard.tone), heard.offset
    if found is None and offset is None:
        return
    corner_hz, whys = OFFSET_HZ, []
    if found is not None:
        lowest_hz, corner_hz, under_db = found
        said = f"what is there lies {under_db:.0f} dB under the music"
        whys.append(f"nothing but rumble below {lowest_hz:g} Hz: {said}")
    if offset is not None:
        whys.append(f"{offset_words(offset)}: `stemwright check` names the stems of which it is")
    yield StarterInsert("clean", "eq", "; ".join(whys), bands=(_high_pass(corner_hz),))


def _high_pass(hz: float) -> BandLine:
    return BandLine(
        (
            Setting("shape", "high_pass"),
            Setting("hz", hz),
            Setting("slope_db_per_octave", 12),
        )
    )


def rumble(tone: Tone) -> tuple[float, float, float] | None:
    """Where music begins, a high-pass under it, and how far under it all below lies, in dB.

    None where music goes down to the lowest band, and where nothing is below it.
    """
    both = [
        power_db(linear_power(mid) + linear_power(side))
        for mid, side in zip(tone.mid_db, tone.side_db, strict=True)
    ]
    loudest_db = max(both)
    if not math.isfinite(loudest_db):
        return None
    first = next(n for n, level in enumerate(both) if level > loudest_db - _SOUNDS_DB)
    below_db = power_db(math.fsum(map(linear_power, both[:first])))
    edge_hz = THIRDS.centres_hz(96000)[first] * 10.0**-0.05
    fits = [hz for hz in _CORNERS_HZ if hz <= _UNDER_CORNER * edge_hz]
    if below_db < loudest_db - _NOTHING_DB or not fits:
        return None
    whole_db = power_db(math.fsum(map(linear_power, both[first:])))
    return nominal_hz(THIRDS.centres_hz(96000)[first]), fits[-1], whole_db - below_db


def _esses(group: StarterGroup, heard: Listened) -> Iterator[StarterInsert]:
    loud, esses = heard.loud_dbfs, heard.esses_dbfs
    if group.role not in VOICES or loud is None or esses is None or esses < loud - _ESSES_DB:
        return
    yield StarterInsert(
        "esses",
        "deesser",
        f"esses reach {esses:.1f} dBFS where the voice is loud at {loud:.1f}",
        (
            Setting("hz", ESSES_HZ),
            Setting("threshold_db", near_threshold_db(esses - 3.0), "only the sharpest ones"),
            Setting("max_cut_db", 3.0),
        ),
    )


def _level(group: StarterGroup, heard: Listened) -> Iterator[StarterInsert]:
    way = _LEVELLING.get(group.role, _GENTLE)
    loud, quiet = heard.loud_dbfs, heard.quiet_dbfs
    if way.whole:
        loud, quiet = heard.whole_loud_dbfs, heard.whole_quiet_dbfs
    if group.role in _UNLEVELLED or loud is None or quiet is None or loud - quiet < _EVEN_DB:
        return
    depth_db = min(way.most_db, (loud - quiet) / 4.0)
    threshold_db = near_threshold_db(loud - depth_db / (1.0 - 1.0 / way.ratio))
    listens = () if way.whole else (Setting("sidechain_hz", 100.0, "the bottom moves nothing"),)
    yield StarterInsert(
        "level",
        "compressor",
        f"loud and quiet lie {loud - quiet:.1f} dB apart; {way.why}",
        (
            Setting("threshold_db", threshold_db, f"takes {depth_db:.1f} dB off the loud parts"),
            Setting("ratio", way.ratio),
            Setting("attack_ms", way.attack_ms),
            Setting("release_ms", way.release_ms),
            Setting("knee_db", 6.0),
            *listens,
        ),
    )


def _bottom(group: StarterGroup, heard: Listened) -> Iterator[StarterInsert]:
    side = heard.low_side_db
    if group.role not in ("bass", "drums") or side is None or side < _WIDE_LOWS_DB:
        return
    yield StarterInsert(
        "centre",
        "width",
        f"below {LOWS_HZ:g} Hz the side is only {-side:.0f} dB under the mid: weak in mono",
        (Setting("width", 1.0), Setting("mono_below_hz", 100.0)),
    )
