"""The stems against the rough mix: placed in it, fitted to it, and what that says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.checking.between.port import span_s
from bridge.checking.findings import Finding, MixFit, StemInMix
from bridge.checking.hearing import Heard
from bridge.checking.mix.beside import beside
from bridge.checking.mix.fitting import Fit, copies_of, fitted
from bridge.checking.mix.mastered import doubtful, is_mastered
from bridge.checking.mix.missing import missing
from bridge.checking.mix.outside import sounds_in, with_outside
from bridge.checking.mix.placing import placed
from bridge.checking.mix.products import Placed, Products, products
from bridge.checking.mix.refining import refined, rests_db
from bridge.checking.mix.telling import (
    POOR_DB,
    InMix,
    common_gain_db,
    held_share,
    of_stems,
    other_version,
)
from bridge.checking.stem_audio import StemAudio
from stemwright.words import counted

_SUMS_DB = 35.0
_BUS_GAINS_DB = 3.0
"""What a gain that moves must explain more, so that a bus on the mix is what is left."""
_LITTLE_DB = 1.0
_MOST_LOOKS, _MOST_BROUGHT_BACK, _BETTER_DB = 3, 4, 0.2
_MOST_HELD = 0.7
"""The part of the time below which the stems are not the mix's: it is another version."""
_HARDLY_HELD = 0.1
_NOTHING = "it has nothing of the stems: another song, or another version of this one"
_ANOTHER = "the stems are what sounds in it for {share:.0%} of the time: another version"


@dataclass(frozen=True)
class _Held:
    """The stems held to the mix; `by_bus_db` is what a gain that moves explains more."""

    places: list[Placed]
    given: Products
    fit: Fit
    by_bus_db: float


def against_mix(stems: Sequence[Heard], mix: StemAudio, tempo_bpm: float | None = None) -> MixFit:
    """How the stems are in a mix, and what is otherwise there.

    Raises InputError as `StemAudio.read` does.
    """
    rates = Counter(stem.audio.facts.sample_rate_hz for stem in stems)
    if not rates:
        return MixFit(0.0, (), (), "unrelated", "no stem can be held to it")
    rate_hz = rates.most_common(1)[0][0]
    ways = placed(stems, mix, rate_hz)
    late = ways[0][0]
    inside = [stem for stem in stems if sounds_in(stem, mix, late / rate_hz)]
    if 0 < len(inside) < len(stems):
        fit = against_mix(inside, mix, tempo_bpm)
        return with_outside(fit, [stem.audio.facts.id for stem in stems], late)
    held = _held_at(stems, mix, ways[0], rate_hz)
    if float(held.given.total[-1, -1]) <= 0.0:
        return MixFit(0.0, (), (), "unrelated", "the rough mix is silent")
    for way in ways[1:]:
        held = _better(held, _held_at(stems, mix, way, rate_hz))
    held = _brought_back(stems, mix, held, ways[0])
    held = _looked_again(stems, mix, held)
    found = _in_mix(stems, held)
    explained_db = held.fit.explained_db
    in_mix = tuple(
        StemInMix(each.stem, each.gain_db, each.offset, each.polarity, each.right_polarity)
        for each in found
    )
    share = held_share(held.fit)
    if share < _MOST_HELD:
        nothing = explained_db < _LITTLE_DB and share < _HARDLY_HELD
        words = _NOTHING if nothing else _ANOTHER.format(share=share)
        length_s = mix.facts.frames / mix.facts.sample_rate_hz
        told = other_version(explained_db, length_s, words)
        verdict = "unrelated" if nothing else "other_version"
        return MixFit(explained_db, in_mix, (told,), verdict, words)
    changes = (
        *of_stems(found, rate_hz, tempo_bpm, explained_db),
        *missing(held.given, held.fit, moving=held.by_bus_db > 0.0),
    )
    if explained_db < POOR_DB and is_mastered(mix, common_gain_db(found)):
        words = f"a finished master, no rough mix: {_said(held.fit)}, which proves little"
        return MixFit(explained_db, in_mix, doubtful(changes), "master", words)
    verdict, words = _verdict(held.fit, held.by_bus_db, changes)
    offsets = [place.late for place in held.places]
    words = "; ".join((words, *beside(stems, mix, rate_hz, offsets)))
    return MixFit(explained_db, in_mix, changes, verdict, words)


def _held_at(stems: Sequence[Heard], mix: StemAudio, offsets: Sequence[int], rate_hz: int) -> _Held:
    places = [Placed(stem.audio, late) for stem, late in zip(stems, offsets, strict=True)]
    given = products(places, mix, rate_hz)
    return _Held(places, given, *_fit(given))


def _better(one: _Held, other: _Held) -> _Held:
    """The other where it explains clearly more."""
    return other if other.fit.explained_db > one.fit.explained_db + _BETTER_DB else one


def _brought_back(
    stems: Sequence[Heard], mix: StemAudio, held: _Held, common: Sequence[int]
) -> _Held:
    """With stems that were moved back at their common place, where that explains more.

    The return of a delay may have taken the place of what it repeats, beside a stem that is late.
    """
    moved = [row for row, place in enumerate(held.places) if place.late != common[row]]
    for row in moved[:_MOST_BROUGHT_BACK]:
        if len(moved) < 2 or held.fit.explained_db >= _SUMS_DB:
            break
        offsets = [place.late for place in held.places]
        offsets[row] = common[row]
        held = _better(held, _held_at(stems, mix, offsets, held.given.rate_hz))
    return held


def _looked_again(stems: Sequence[Heard], mix: StemAudio, held: _Held) -> _Held:
    """With stems that did not fit elsewhere, as long as that explains more."""
    for _ in range(_MOST_LOOKS):
        places = refined(stems, held.places, mix, held.given, held.fit)
        if places == held.places:
            break
        given = products(places, mix, held.given.rate_hz)
        again = _better(held, _Held(places, given, *_fit(given)))
        if again is held:
            break
        held = again
    return held


def _in_mix(stems: Sequence[Heard], held: _Held) -> list[InMix]:
    rests = rests_db(held.given, held.fit)
    copies = copies_of(held.given, held.fit)
    return [
        InMix(
            stem.audio.facts.id,
            float(gain),
            place.late,
            *span_s(stem),
            rest_db,
            is_turned=place.is_turned,
            copies=of_it,
        )
        for stem, gain, place, rest_db, of_it in zip(
            stems, held.fit.gains, held.places, rests, copies, strict=True
        )
    ]


def _fit(given: Products) -> tuple[Fit, float]:
    """The fit with one gain for all time, or one with a bus; and what the bus explains more."""
    plain = fitted(given, moving=False)
    if plain.explained_db >= _SUMS_DB:
        return plain, 0.0
    moving = fitted(given, moving=True)
    more_db = moving.explained_db - plain.explained_db
    return (moving, more_db) if more_db >= _BUS_GAINS_DB else (plain, 0.0)


def _said(fit: Fit) -> str:
    return f"the stems explain it down to {fit.explained_db:.1f} dB below it"


def _verdict(fit: Fit, by_bus_db: float, told: Sequence[Finding]) -> tuple[str, str]:
    said = _said(fit)
    changes = [each for each in told if each.severity != "info"]
    if changes:
        return "sums_with_changes", f"{said}, but for {counted(len(changes), 'change')}"
    if by_bus_db:
        share = f"{by_bus_db:.1f} dB of that by a gain that moves"
        return "bus_processing", f"{said}, {share}: its bus was processed"
    if fit.explained_db >= _SUMS_DB:
        return "sums", said
    return "sums_with_changes", f"{said}: something was processed otherwise"
