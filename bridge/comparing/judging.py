"""From figures to one word."""

from __future__ import annotations

from dataclasses import replace

from bridge.audio.decode import Header
from bridge.comparing.dithering import is_dither
from bridge.comparing.limits import Limits, Verdict
from bridge.comparing.model import FileDiff, Missed
from bridge.comparing.residual import Residual
from bridge.comparing.sound import Sound

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


def _word(left: Residual, heads: tuple[Header, Header], limits: Limits) -> Verdict:
    if left.peak_dbfs <= limits.float_dbfs:
        return "float"
    return "dither" if is_dither(left, heads) else "tolerant"


def _apart(a: float, b: float) -> float:
    """How far two levels lie apart, silence and what nobody hears being the same."""
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
