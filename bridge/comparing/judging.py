"""From figures to one word."""

from __future__ import annotations

import math
from dataclasses import replace

from bridge.audio.decode import Header
from bridge.comparing.dithering import is_dither
from bridge.comparing.limits import VERDICTS, Limits, Verdict
from bridge.comparing.model import FileDiff, Missed
from bridge.comparing.residual import Residual
from bridge.comparing.sound import Sound
from bridge.comparing.tail import Tail
from stemwright.decibels import amplitude_db

_UNHEARD_DB = -70.0


def judge(found: FileDiff, heads: tuple[Header, Header]) -> FileDiff:
    """Return `found` with its verdict, from the raw residual and both sounds."""
    if found.raw is None or found.sounds is None:
        return found
    missed = _missed(found.raw, found.sounds, found.limits)
    verdict = "changed" if missed else _word(found.raw, heads, found.limits)
    within = found.limits.passes(verdict)
    if not within and not missed:
        missed = (Missed("accept", verdict, found.limits.accept),)
    return replace(found, verdict=verdict, within=within, missed=missed)


def judge_tail(found: FileDiff, tail: Tail) -> FileDiff:
    """Return a judged pair with its verdict on the longer file too: the other is silent there.

    Not every sample is equal then, so that `float` is the best there is.
    """
    equal = found.raw is not None and found.raw.peak == 0.0
    tail = replace(tail, shared="exact" if equal else found.verdict)
    found = replace(found, tail=tail, reasons=(*found.reasons, tail.text))
    over = _over(found, tail)
    if over or found.verdict == "changed":
        return replace(found, verdict="changed", within=False, missed=(*found.missed, *over))
    least: Verdict = "float" if amplitude_db(tail.peak) <= found.limits.float_dbfs else "tolerant"
    verdict = max(found.verdict, least, key=VERDICTS.index)
    within = found.limits.passes(verdict)
    missed = () if within else (Missed("accept", verdict, found.limits.accept),)
    return replace(found, verdict=verdict, within=within, missed=missed)


def _over(found: FileDiff, tail: Tail) -> tuple[Missed, ...]:
    """The limits that the tail does not keep, by itself: the song's length hides nothing of it."""
    checks = (
        ("rms of the tail", amplitude_db(tail.rms), found.limits.rms_dbfs),
        ("peak of the tail", amplitude_db(tail.peak), found.limits.peak_dbfs),
    )
    return tuple(Missed(*check, "dBFS") for check in checks if not check[1] <= check[2])


def _word(left: Residual, heads: tuple[Header, Header], limits: Limits) -> Verdict:
    if left.peak_dbfs <= limits.float_dbfs:
        return "float"
    return "dither" if is_dither(left, heads) else "tolerant"


def _apart(a: float, b: float) -> float:
    """How far two levels lie apart, silence and what nobody hears being the same.

    0 where one has none: loudness without known speakers is left out.
    """
    if math.isnan(a) or math.isnan(b):
        return 0.0
    return abs(max(a, _UNHEARD_DB) - max(b, _UNHEARD_DB))


def _missed(left: Residual, sounds: tuple[Sound, Sound], limits: Limits) -> tuple[Missed, ...]:
    one, other = (sound.measures for sound in sounds)
    loudness = _apart(one.integrated_lufs, other.integrated_lufs)
    peak = _apart(one.true_peak_dbtp, other.true_peak_dbtp)
    checks = (
        ("rms", left.rms_dbfs, limits.rms_dbfs, "dBFS"),
        ("peak", left.peak_dbfs, limits.peak_dbfs, "dBFS"),
        ("loudness", loudness, limits.loudness_lu, "LU"),
        ("true_peak", peak, limits.true_peak_db, "dB"),
    )
    return tuple(Missed(*check) for check in checks if not check[1] <= check[2])
