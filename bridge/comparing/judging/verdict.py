"""From figures to one word."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product

from bridge.audio import Header
from bridge.comparing.diff_values import FileDiff, Missed
from bridge.comparing.judging.limits import VERDICTS, Limits, Verdict
from bridge.comparing.judging.tail import Tail
from bridge.comparing.residual import Residual
from bridge.comparing.sound import Sound
from stemwright.decibels import amplitude_db

BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
_DITHERED, _ROUNDED, _UNTOUCHED = (0.25, 1.5), (1.0 / 12.0, 0.5), (0.0, 0.0)
_SIGMAS = 6.0
_SLACK = 0.02
_FEWEST_FRAMES = 4096

_SIDES = ("mid", "side")


@dataclass(frozen=True)
class Explanation:
    """Errors that two files may differ by: variances of A's and of both, largest sum, linear."""

    of_a: float
    variance: float
    largest: float


def is_dither(left: Residual, heads: tuple[Header, Header]) -> bool:
    """Say whether level, largest value, whiteness and independence of the signal all fit."""
    if left.active_frames < _FEWEST_FRAMES or not _white(left):
        return False
    return any(_fits(left, each) for each in explanations(heads))


def explanations(heads: tuple[Header, Header]) -> list[Explanation]:
    """The errors two files may differ by, where at least one of them was dithered."""
    found = []
    for one, other in product(*(_errors(head) for head in heads)):
        if _DITHERED in (one[0], other[0]):
            of_a, of_b = (kind[0] * lsb * lsb for kind, lsb in (one, other))
            largest = one[0][1] * one[1] + other[0][1] * other[1]
            found.append(Explanation(of_a, of_a + of_b, largest))
    return found


def _fits(left: Residual, by: Explanation) -> bool:
    samples = left.active_frames * len([each for each in left.channels if each.name not in _SIDES])
    level = abs(left.active_power / by.variance - 1.0)
    # A holds its own error, which the residual holds negated: so much correlation is expected.
    leak = abs(left.with_a + by.of_a * left.active_frames / left.frames)
    chance = math.sqrt(by.variance * left.a_power * left.active_frames / left.frames / samples)
    return (
        level <= _SLACK + _SIGMAS * math.sqrt(2.0 / samples)
        and leak <= _SIGMAS * chance + _SLACK * by.of_a
        and left.peak < by.largest * (1 + 1e-9)
    )


def _errors(head: Header) -> list[tuple[tuple[float, float], float]]:
    bits = BITS.get(head.subtype)
    if bits is None:
        return [(_UNTOUCHED, 0.0)]
    return [(kind, 2.0 ** (1 - bits)) for kind in (_DITHERED, _ROUNDED)]


def _white(left: Residual) -> bool:
    """Whether every third-octave holds white noise's share, within chance."""
    found = left.whiteness
    active = left.frames / left.active_frames  # fewer averages where parts do not differ
    return all(
        abs(ratio - 1.0) <= 0.05 + _SIGMAS * deviation * math.sqrt(active)
        for ratio, deviation in zip(found.ratios, found.deviations, strict=True)
    )


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
