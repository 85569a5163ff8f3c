"""The stems against the rough mix: placed in it, fitted to it, and what that says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bridge.checking.between.port import span_s
from bridge.checking.findings import Finding, MixFit, StemInMix, finding_id
from bridge.checking.hearing import Heard
from bridge.checking.mix.fitting import Fit, fitted
from bridge.checking.mix.placing import placed
from bridge.checking.mix.products import Products, products
from bridge.checking.mix.telling import InMix, held_share, of_stems
from bridge.checking.stem_audio import StemAudio
from stemwright.words import counted

_SUMS_DB = 35.0
_BUS_GAINS_DB = 3.0
"""What a gain that moves must explain more, so that a bus on the mix is what is left."""
_LITTLE_DB = 1.0
_MOST_HELD = 0.7
"""The part of the time below which the stems are not the mix's: it is another version."""


def against_mix(stems: Sequence[Heard], mix: StemAudio, tempo_bpm: float | None = None) -> MixFit:
    """How the stems are in a mix, and what is otherwise there.

    Raises InputError as `StemAudio.read` does.
    """
    rates = Counter(stem.audio.facts.sample_rate_hz for stem in stems)
    if not rates:
        return MixFit(0.0, (), (), "unrelated", "no stem can be held to it")
    rate_hz = rates.most_common(1)[0][0]
    offsets = placed(stems, mix, rate_hz)
    given = products([stem.audio for stem in stems], offsets, mix, rate_hz)
    if float(given.total[-1, -1]) <= 0.0:
        return MixFit(0.0, (), (), "unrelated", "the rough mix is silent")
    fit, by_bus_db = _fit(given)
    found = [
        InMix(stem.audio.facts.id, float(gain), offset, *span_s(stem))
        for stem, gain, offset in zip(stems, fit.gains, offsets, strict=True)
    ]
    length_s = mix.facts.frames / mix.facts.sample_rate_hz
    held = held_share(fit)
    in_mix = tuple(StemInMix(each.stem, each.gain_db, each.offset, each.polarity) for each in found)
    if fit.explained_db < _LITTLE_DB and held < 0.1:
        words = "it has nothing of the stems: another song, or another version of this one"
        other = _other_version(fit, length_s, words)
        return MixFit(fit.explained_db, in_mix, (other,), "unrelated", words)
    if held < _MOST_HELD:
        words = f"the stems are what sounds in it for {held:.0%} of the time: another version"
        other = _other_version(fit, length_s, words)
        return MixFit(fit.explained_db, in_mix, (other,), "other_version", words)
    told = tuple(of_stems(found, rate_hz, tempo_bpm))
    verdict, words = _verdict(fit, by_bus_db, told)
    return MixFit(fit.explained_db, in_mix, told, verdict, words)


def _fit(given: Products) -> tuple[Fit, float]:
    """The fit with one gain for all time, or one with a bus; and what the bus explains more."""
    plain = fitted(given, moving=False)
    if plain.explained_db >= _SUMS_DB:
        return plain, 0.0
    moving = fitted(given, moving=True)
    more_db = moving.explained_db - plain.explained_db
    return (moving, more_db) if more_db >= _BUS_GAINS_DB else (plain, 0.0)


def _verdict(fit: Fit, by_bus_db: float, told: Sequence[Finding]) -> tuple[str, str]:
    said = f"the stems explain it down to {fit.explained_db:.1f} dB below it"
    changes = [each for each in told if each.severity != "info"]
    if changes:
        return "sums_with_changes", f"{said}, but for {counted(len(changes), 'change')}"
    if by_bus_db:
        share = f"{by_bus_db:.1f} dB of that by a gain that moves"
        return "bus_processing", f"{said}, {share}: its bus was processed"
    if fit.explained_db >= _SUMS_DB:
        return "sums", said
    return "sums_with_changes", f"{said}: something was processed otherwise"


def _other_version(fit: Fit, length_s: float, words: str) -> Finding:
    return Finding(
        id=finding_id("other_version", ("rough mix",), 0, round(1000 * length_s)),
        code="other_version",
        severity="major",
        stems=(),
        start_s=0.0,
        end_s=length_s,
        value=fit.explained_db,
        words=words,
    )
