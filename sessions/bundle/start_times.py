"""Where stems start, from their bext time references (EBU Tech 3285: samples since midnight)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sessions.bundle.stereo_pairs import Source
from stemwright.problems import Diagnostic
from stemwright.words import listed

_FAR_S = 600
_LONG_S = 3 * 3600
_DAY_S = 24 * 3600
MOST_NAMED = 6


def starts_s(
    stems: Sequence[Source], *, long: bool = False
) -> tuple[tuple[Fraction, ...], list[Diagnostic]]:
    """Exact start of each stem in seconds after the earliest, and what was noticed.

    Offsets count only when every stem states one; else all start at 0. Times count from midnight,
    so the earliest is the one after the longest pause of the day. A song that they make longer
    than three hours is told as an error unless `long`.
    """
    times = [_time_s(stem) for stem in stems]
    stated = [time for time in times if time is not None]
    level = tuple(Fraction(0) for _ in stems)
    if not stated:
        return level, []
    if len(stated) < len(stems):
        told = [_partly(stems, times)] if any(time != stated[0] for time in times) else []
        return level, told
    earliest = _earliest(stated)
    starts = tuple((time - earliest) % _DAY_S for time in stated)
    night = _over_midnight(stems, stated, earliest)
    return starts, [*night, *_doubts(stems, starts, long=long)]


def told_lengths(stems: Sequence[Source], starts: Sequence[Fraction]) -> list[Diagnostic]:
    """A note when stems end at different times: the shorter are padded at the end."""
    ends = [start + _length_s(stem) for stem, start in zip(stems, starts, strict=True)]
    shorter = [stem.id for stem, end in zip(stems, ends, strict=True) if end < max(ends)]
    if not shorter:
        return []
    message = (
        f"padded with silence at the end to {float(max(ends)):.3f} s: {listed(shorter, MOST_NAMED)}"
    )
    return [Diagnostic("note", "unequal_lengths", listed(shorter, MOST_NAMED), message)]


def _earliest(times: Sequence[Fraction]) -> Fraction:
    """The time that the longest pause of the day comes before; the smallest where pauses equal."""
    ordered = sorted(set(times))
    pauses = [
        (time - ordered[at - 1]) % _DAY_S or Fraction(_DAY_S) for at, time in enumerate(ordered)
    ]
    return ordered[pauses.index(max(pauses))]


def _over_midnight(
    stems: Sequence[Source], times: Sequence[Fraction], earliest: Fraction
) -> list[Diagnostic]:
    after = [stem.id for stem, time in zip(stems, times, strict=True) if time < earliest]
    if not after:
        return []
    message = (
        f"recorded over midnight by their bext times, these after it: {listed(after, MOST_NAMED)}"
    )
    return [Diagnostic("note", "bext_midnight", listed(after, MOST_NAMED), message)]


def _time_s(stem: Source) -> Fraction | None:
    frames = stem.header.time_reference_frames
    return None if frames is None else Fraction(frames, stem.header.media.sample_rate_hz)


def _length_s(stem: Source) -> Fraction:
    return Fraction(stem.header.media.frames, stem.header.media.sample_rate_hz)


def _partly(stems: Sequence[Source], times: Sequence[Fraction | None]) -> Diagnostic:
    without = [stem.id for stem, time in zip(stems, times, strict=True) if time is None]
    message = (
        "only some stems carry a bext time, so none is moved and all start at 0;"
        f" without one: {listed(without, MOST_NAMED)}"
    )
    return Diagnostic("warning", "bext_partial", listed(without, MOST_NAMED), message)


def _doubts(stems: Sequence[Source], starts: Sequence[Fraction], *, long: bool) -> list[Diagnostic]:
    moved = [stem.id for stem, start in zip(stems, starts, strict=True) if start]
    if not moved:
        return []
    where, doubts = listed(moved, MOST_NAMED), []
    if len({_length_s(stem) for stem in stems}) == 1:
        message = (
            "all stems are equally long, as when exported from the song's start, yet their bext"
            f" times differ; moved as bext says: {where}"
        )
        doubts.append(Diagnostic("warning", "bext_contradicts_lengths", where, message))
    ends = [start + _length_s(stem) for stem, start in zip(stems, starts, strict=True)]
    if max(ends) > _LONG_S >= max(map(_length_s, stems)) and not long:
        hours = float(max(ends)) / 3600
        message = f"bext times make this song {hours:.1f} hours long: {where}"
        doubts.append(Diagnostic("error", "song_too_long", where, message))
    elif max(starts) > _FAR_S:
        message = f"bext times put stems {float(max(starts)):.1f} s apart: {where}"
        doubts.append(Diagnostic("warning", "bext_far_apart", where, message))
    return doubts
