"""The stems against the rough mix: placed in it, fitted to it, and what that says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.checking.between.port import span_s
from bridge.checking.findings import Finding, MixFit, StemInMix
from bridge.checking.hearing import Heard
from bridge.checking.mix.cut_off import as_cut_off
from bridge.checking.mix.doubted_place import apart, apart_words, common_s, is_rival, rivals_words
from bridge.checking.mix.far_away import far_offsets_s
from bridge.checking.mix.fitting import Fit, copies_of, sure_gains
from bridge.checking.mix.holding import SUMS_DB, Held, held_to
from bridge.checking.mix.missing import missing
from bridge.checking.mix.otherwise.beside import beside
from bridge.checking.mix.otherwise.fades import Fades, fades
from bridge.checking.mix.otherwise.mastered import doubtful, is_mastered
from bridge.checking.mix.otherwise.outside import sounds_in, with_outside
from bridge.checking.mix.placing import SAME_PLACE_S, placed
from bridge.checking.mix.refining import rests_db
from bridge.checking.mix.telling import (
    POOR_DB,
    InMix,
    as_told,
    common_gain_db,
    held_share,
    of_stems,
    other_version,
)
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import amplitude_db
from stemwright.words import counted

_LITTLE_DB = 1.0
_MOST_HELD = 0.7
"""The part of the time below which the stems are not the mix's: it is another version."""
_HARDLY_HELD = 0.1
_PPM_DIGITS = 2
_NOTHING = "it has nothing of the stems: another song, or another version of this one"
_ANOTHER = "the stems are what sounds in it for {share:.0%} of the time: another version"


@dataclass(frozen=True)
class AgainstMix:
    """What a mix says of stems, `fit`, and how those that sound in it were `held` to it.

    `inside` are these stems; without any, and against a silent mix, nothing was held.
    `doubted_place` says why it may lie elsewhere in the song, "" where that is sure.
    """

    fit: MixFit
    inside: tuple[Heard, ...] = ()
    held: Held | None = None
    doubted_place: str = ""


def against_mix(stems: Sequence[Heard], mix: StemAudio, tempo_bpm: float | None = None) -> MixFit:
    """How the stems are in a mix, and what is otherwise there.

    Raises InputError as `StemAudio.read` does.
    """
    return held_against(stems, mix, tempo_bpm).fit


def held_against(
    stems: Sequence[Heard], mix: StemAudio, tempo_bpm: float | None = None
) -> AgainstMix:
    """The same, with what it rests on. Raises as `against_mix` does.

    Where the stems do not sum to it, all other places are tried in which it may lie as a whole.
    """
    found = _held_near(stems, mix, tempo_bpm, None)
    return found if found.held is None else _elsewhere(found, found.held, stems, mix, tempo_bpm)


def _held_near(
    stems: Sequence[Heard], mix: StemAudio, tempo_bpm: float | None, near: int | None
) -> AgainstMix:
    """With most stems about `near` frames later than they lie in the song, if that is given."""
    rates = Counter(stem.audio.facts.sample_rate_hz for stem in stems)
    if not rates:
        return AgainstMix(MixFit(0.0, (), (), "unrelated", "no stem can be held to it"))
    rate_hz = rates.most_common(1)[0][0]
    ways = placed(stems, mix, rate_hz, near)
    late = ways[0][0]
    inside = [stem for stem in stems if sounds_in(stem, mix, late / rate_hz)]
    if 0 < len(inside) < len(stems):
        found = _held_near(inside, mix, tempo_bpm, near)
        told = with_outside(found.fit, [stem.audio.facts.id for stem in stems], late)
        return replace(found, fit=told)
    held = held_to(stems, mix, ways, rate_hz)
    if held is None:
        return AgainstMix(MixFit(0.0, (), (), "unrelated", "the rough mix is silent"))
    return AgainstMix(_told(stems, held, tempo_bpm), tuple(stems), held)


def _elsewhere(
    found: AgainstMix, held: Held, stems: Sequence[Heard], mix: StemAudio, tempo_bpm: float | None
) -> AgainstMix:
    """What explains most of all places that the mix may have as a whole."""
    if not _may_lie_elsewhere(held, stems, mix):
        return found
    tried = [(found, held)]
    for late_s in far_offsets_s(stems, mix):
        if all(abs(common_s(each) - late_s) > SAME_PLACE_S for _, each in tried):
            near = round(late_s * held.given.rate_hz)
            there = _held_near(stems, mix, tempo_bpm, near)
            tried += [(there, there.held)] if there.held is not None else []
    best, held = max(
        tried, key=lambda each: (round(each[1].fit.explained_db), -len(apart(each[1])))
    )
    rivals = [each for other, each in tried if each is not held and is_rival(best.fit, other.fit)]
    if rivals:
        doubt = rivals_words(held, rivals[0])
        fit = replace(best.fit, words=f"{best.fit.words}; {doubt}")
        return replace(best, fit=fit, doubted_place=doubt)
    ids = [stem.audio.facts.id for stem in best.inside]
    return replace(best, doubted_place=apart_words(held, ids))


def _may_lie_elsewhere(held: Held, stems: Sequence[Heard], mix: StemAudio) -> bool:
    """Whether nearly nothing fits, stems lie far apart, or the mix is no full length."""
    if apart(held):
        return True
    if held.fit.explained_db >= SUMS_DB:
        return False
    most_s, length_s = common_s(held), mix.facts.frames / mix.facts.sample_rate_hz
    lacks_s = max(span_s(stem)[1] for stem in stems) + most_s - length_s
    return held.fit.explained_db < _LITTLE_DB or max(abs(most_s), lacks_s) > SAME_PLACE_S


def _told(stems: Sequence[Heard], held: Held, tempo_bpm: float | None) -> MixFit:
    mix, rate_hz = held.mix, held.given.rate_hz
    found = _in_mix(stems, held)
    explained_db = held.fit.explained_db
    in_mix = tuple(
        StemInMix(
            each.stem,
            each.gain_db,
            each.offset,
            each.polarity,
            each.right_polarity,
            each.drift_ppm - round(mix.slower_ppm, _PPM_DIGITS) + 0.0,  # no minus zero
        )
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
    absent = missing(held.given, held.fit, moving=held.by_bus_db > 0.0)
    changes = (
        *of_stems(found, rate_hz, tempo_bpm, explained_db),
        *as_cut_off(absent, found, rate_hz),
    )
    if explained_db < POOR_DB and is_mastered(mix, common_gain_db(found)):
        words = f"a finished master, no rough mix: {_said(held.fit)}, which proves little"
        return MixFit(explained_db, in_mix, doubtful(changes), "master", words)
    faded = fades(held.fit, held.given.window_s) if held.by_bus_db else Fades()
    verdict, words = _verdict(held, changes, bus_moves=not faded.is_all)
    offsets = [place.late for place in held.places]
    words = "; ".join((words, *faded.words(), *beside(stems, mix, rate_hz, offsets)))
    return MixFit(explained_db, in_mix, changes, verdict, words)


def _in_mix(stems: Sequence[Heard], held: Held) -> list[InMix]:
    rests = rests_db(held.given, held.fit)
    gains = sure_gains(held.given, held.fit)
    copies = copies_of(held.given, held.fit)
    return [
        InMix(
            stem.audio.facts.id,
            float(gain),
            as_told(place.late),
            *span_s(stem),
            rest_db,
            is_turned=place.is_turned,
            copies=of_it,
            drift_ppm=round(place.audio.slower_ppm, _PPM_DIGITS),
        )
        for stem, gain, place, rest_db, of_it in zip(
            stems, gains, held.places, rests, copies, strict=True
        )
    ]


def _width_words(side_gain: float) -> str:
    if side_gain == 1.0:
        return ""
    if not side_gain:
        return ", as mono"
    width_db = -amplitude_db(side_gain)
    return f", with its sides {abs(width_db):.1f} dB {'up' if width_db > 0.0 else 'down'}"


def _said(fit: Fit) -> str:
    return f"the stems explain it down to {fit.explained_db:.1f} dB below it"


def _verdict(held: Held, told: Sequence[Finding], *, bus_moves: bool) -> tuple[str, str]:
    wide = _width_words(held.mix.side_gain)
    said = _said(held.fit) + wide
    changes = [each for each in told if each.severity != "info"]
    if changes:
        return "sums_with_changes", f"{said}, but for {counted(len(changes), 'change')}"
    shares = [f"{held.by_bus_db:.1f} dB of that by a gain that moves"] if bus_moves else []
    if held.by_tone_db:
        shares.append(f"{held.by_tone_db:.1f} dB of that by a tone that all stems share")
    if shares or wide:
        return "bus_processing", f"{', '.join((said, *shares))}: its bus was processed"
    if held.fit.explained_db >= SUMS_DB:
        return "sums", said
    return "sums_with_changes", f"{said}: something was processed otherwise"
