"""A diff in words: the verdict first, then where, then how much."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bridge.comparing.aligning.alignment import alignment_words
from bridge.comparing.diff_values import Diff, FileDiff
from bridge.comparing.first_step import Renderings
from bridge.comparing.residual import Residual

VERDICT_MEANINGS = {
    "exact": "every sample is equal",
    "float": "equal but for rounding of floating-point numbers",
    "dither": "the difference is what dither explains",
    "tolerant": "different, within the limits",
    "changed": "different",
    "incomparable": "cannot be compared",
}
_ROWS = (
    ("integrated", "integrated_lufs", "LUFS"),
    ("loudness range", "loudness_range_lu", "LU"),
    ("max short-term", "short_term_max_lufs", "LUFS"),
    ("true peak", "true_peak_dbtp", "dBTP"),
    ("PLR", "plr_db", "dB"),
    ("PSR, lowest", "psr_min_db", "dB"),
)
_SHOWN = 3
_CHANGES = 20


def diff_lines(found: Diff) -> Iterator[str]:
    """Yield the lines a person reads."""
    yield diff_headline(found)
    if found.renderings is not None:
        yield from _renderings(found.renderings)
    for each in found.files:
        if len(found.files) > 1 or each.verdict != "exact":
            yield f"{each.name}: {each.verdict}, {verdict_meaning(each)}"
        yield from (f"  {line}" for line in file_lines(each))


def verdict_meaning(found: FileDiff) -> str:
    """What the verdict on one pair means, lengths included."""
    one, other = found.frames
    if found.tail is not None and found.tail.only:
        return "the same, but for a tail"
    if one is None or other is None or one == other or not found.within:
        return VERDICT_MEANINGS[found.verdict]
    apart = f"B is {abs(other - one)} samples {'longer' if other > one else 'shorter'} than A"
    equal = found.raw is not None and found.raw.peak == 0.0
    said = "every sample that both have is equal" if equal else VERDICT_MEANINGS[found.verdict]
    return f"{said}; {apart}"


def diff_headline(found: Diff) -> str:
    """The verdict over everything, in one line."""
    count = len(found.files)
    failing = sum(not each.within for each in found.files)
    of = (
        ""
        if count == 1
        else f" ({failing} of {count} files fail)"
        if failing
        else f" ({count} files)"
    )
    word = "within the limits" if found.within else "NOT within the limits"
    verdict = found.verdict
    return (
        f"{verdict}: {VERDICT_MEANINGS[verdict]}{of}"
        if verdict == "exact"
        else f"{verdict}: {word}{of}"
    )


def file_lines(found: FileDiff) -> Iterator[str]:
    """Yield what is known of one pair, nothing for equal files."""
    yield from (f"why           {reason}" for reason in found.reasons)
    yield from (f"over          {missed.text}" for missed in found.missed)
    if found.first_frame is not None:
        digits = len(str(found.sample_rate_hz))  # so that no two samples share a time
        yield f"first sample  {found.first_frame} ({found.first_s:.{digits}f} s)"
    if found.aligned is not None:
        yield from _where(found.aligned)
    if found.raw is not None:
        yield f"residual      {levels(found.raw)}"
    if found.raw is not None:
        yield from _alignment(found)
    yield from _sound(found)


def levels(left: Residual) -> str:
    """Peak and rms of a residual."""
    return f"peak {_db(left.peak_dbfs)} dBFS, rms {_db(left.rms_dbfs)} dBFS"


def _alignment(found: FileDiff) -> Iterator[str]:
    alignment = found.alignment
    if alignment is None:
        yield f"alignment     none found (correlation {found.confidence:.2f})"
    elif (words := alignment_words(alignment)) and found.aligned is not None:
        yield f"B is          {words}"
        yield f"  aligned     {levels(found.aligned)}"


def _renderings(found: Renderings) -> Iterator[str]:
    if found.first is not None:
        yield f"first to differ, in signal order: {found.first.name} ({_kind(found.first.kind)})"
    yield from (f"changed: {each}" for each in found.changed[:_CHANGES])
    if len(found.changed) > _CHANGES:
        yield f"changed: {len(found.changed) - _CHANGES} more, see --json"
    groups = [each.id for each in found.groups if not each.same]
    if groups:
        yield f"groups that differ: {', '.join(groups)}"
    yield from (f"engine: {each}" for each in found.engine)


def _kind(kind: str) -> str:
    return {
        "source": "another stem file",
        "insert": "set otherwise",
        "plugin": "another plugin binary",
        "state": "another state",
        "order": "in another order",
        "not_repeatable": "the same step and input gave another result",
        "unknown": "for a reason the folders do not hold",
    }.get(kind, kind)


def _where(left: Residual) -> Iterator[str]:
    if left.windows:
        worst = [f"{each.start_s:.2f} s ({_db(each.rms_dbfs)})" for each in left.windows[:_SHOWN]]
        yield f"most at       {', '.join(worst)} dBFS rms"
    bands = [each for each in left.bands if math.isfinite(each.residual_dbfs)]
    if bands:
        worst = [f"{_hz(each.hz)} ({_db(each.residual_dbfs)})" for each in bands[:_SHOWN]]
        yield f"most around   {', '.join(worst)} dBFS rms"
    if len(left.channels) > 1:
        sides = [f"{each.name} {_db(each.rms_dbfs)}" for each in left.channels]
        yield f"sides         {', '.join(sides)} dBFS rms"


def _sound(found: FileDiff) -> Iterator[str]:
    if found.sounds is None or found.aligned is None:
        return
    one, other = found.sounds
    if found.loudness_delta_lu is None:
        yield f"loudness      left out: where the {found.channels} channels are heard is not said"
    for name, reading, unit in _ROWS:
        yield _row(name, getattr(one.measures, reading), getattr(other.measures, reading), unit)
    if found.channels == 2:
        yield _row("width", one.width_db, other.width_db, "dB")
        yield _row("lost in mono", one.mono_loss_db, other.mono_loss_db, "dB")
    distance = found.aligned.perceptual_db
    yield f"advice        {found.advice} ({distance:.3f} dB in critical bands)"


def _row(name: str, a: float, b: float, unit: str) -> str:
    change = f"{b - a:+.3f}" if math.isfinite(b - a) else "-"
    return f"{name:<14}{_db(a):>8} {_db(b):>8}  {change} {unit}"


def _db(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "-inf" if value < 0 else "-"


def _hz(value: float) -> str:
    return f"{value / 1000:g} kHz" if value >= 1000 else f"{value:g} Hz"
