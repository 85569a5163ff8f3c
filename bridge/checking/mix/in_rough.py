"""The stems as they lie in the rough mix: with which gain, where, and of which nothing is known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bridge.audio import Block
from bridge.checking.findings import MixFit
from bridge.checking.mix.against_mix import AgainstMix, held_against
from bridge.checking.mix.fitting import alike_of, twins_of
from bridge.checking.mix.following.followed import followed
from bridge.checking.mix.holding import Held
from bridge.checking.mix.otherwise.by_parts import apart_by_parts_db
from bridge.checking.mix.products import Placed, of_width
from bridge.checking.mix.refining import rests_db
from bridge.checking.mix.telling import common_place
from bridge.checking.remembering.stems import known_or_sketched
from bridge.checking.stem_audio import StemAudio
from bridge.storing import Store

Unknown = Literal["silent", "outside", "absent", "twin", "sum"]
"""Why a stem has no gain of its own: it is silent, sounds only outside the mix, is not in it, is
the same as another, or other stems make it up."""

_LITTLE_DB = 20.0
"""Explained of the mix, below which parts of it may each tell other gains: a moving gain that all
share leaves less."""
_PARTS_SAY = 1.5
"""How much more parts that differ say than two ways of counting all of it: each has fewer stems."""
_SILENT = 1e-12
"""Power, all of it, up to which a stem is silent."""


@dataclass(frozen=True)
class StemInRough:
    """A stem as the fit has it: its linear `gain`, negative where it is upside down.

    `rest_db` is what is left of the mix where the stem is alone, against it; -inf where it never
    is. `unknown` says why it has no gain, 0 then; `twin` is the stem it is the same as. `alike`
    is one that it is so much like that what each of them has of the mix is not sure. `doubt_db`
    is how much the gain differs by how the fit is made.
    """

    id: str
    gain: float
    placed: Placed
    rest_db: float = -math.inf
    unknown: Unknown | None = None
    twin: str | None = None
    alike: str | None = None
    doubt_db: float = 0.0


@dataclass(frozen=True)
class InRough:
    """All stems by id, in the song's order; `fit` is what the stem check says of the same, which
    explains more where a bus was followed within its windows.

    `mix` has the clock on which it runs against the stems. `frames` at `rate_hz` are the mix's on
    that, `late` is how many frames later most stems lie in it. `doubted_place` says why they may
    lie elsewhere, "" where that is sure.
    """

    fit: MixFit
    mix: StemAudio
    stems: Mapping[str, StemInRough]
    rate_hz: int
    frames: int
    late: int
    doubted_place: str = ""

    def summed(self, gains: Mapping[str, float], piece: int) -> Iterator[Block]:
        """Stereo blocks of `piece` frames: some stems, where they lie in the mix, times gains.

        Raises InputError as `bridge.checking.StemAudio.read` does.
        """
        for begin in range(0, self.frames, piece):
            frames = min(piece, self.frames - begin)
            total = np.zeros((2, frames))
            for stem, gain in gains.items():
                part = self.stems[stem].placed.excerpt(begin, frames, self.rate_hz)
                total += gain * of_width(part, 2)
            yield total


def in_rough(
    stems: Sequence[StemAudio], mix: StemAudio, store: Store, tempo_bpm: float | None = None
) -> InRough:
    """Hold stems to the rough mix, as the stem check does, and follow a bus that moves faster.

    Raises InputError as `StemAudio.read` does.
    """
    heard = [known_or_sketched(each, store) for each in stems]
    found = _followed(held_against(heard, mix, tempo_bpm))
    known = _known(found)
    late = _late(found.held)
    rows = (known.get(each.facts.id) or _outside(each, late) for each in stems)
    rate_hz = mix.facts.sample_rate_hz if found.held is None else found.held.given.rate_hz
    clocked = mix if found.held is None else replace(found.held.mix, side_gain=1.0)
    own_hz = mix.facts.sample_rate_hz * (1.0 + 1e-6 * clocked.slower_ppm)
    frames = round(mix.facts.frames * rate_hz / own_hz)
    by_id = {each.id: each for each in rows}
    return InRough(found.fit, clocked, by_id, rate_hz, frames, late, found.doubted_place)


def _followed(found: AgainstMix) -> AgainstMix:
    held = found.held and followed(found.held)
    if held is None:
        return found
    if held is found.held:
        return replace(found, held=_doubted(held))
    explained_db = held.fit.explained_db
    words = f"{found.fit.words}; with its bus followed by moments, down to {explained_db:.1f} dB"
    return replace(found, held=held, fit=replace(found.fit, explained_db=explained_db, words=words))


def _doubted(held: Held) -> Held:
    """With gains doubted that parts of the mix tell otherwise, where little of it is explained."""
    if held.fit.explained_db >= _LITTLE_DB:
        return held
    apart_db = apart_by_parts_db(held.given, held.fit)
    doubts_db = np.maximum(held.fit.doubts_db, _PARTS_SAY * apart_db)
    return replace(held, fit=replace(held.fit, doubts_db=doubts_db))


def _outside(audio: StemAudio, late: int) -> StemInRough:
    return StemInRough(audio.facts.id, 0.0, Placed(audio, late), unknown="outside")


def _late(held: Held | None) -> int:
    return 0 if held is None else round(common_place([each.late for each in held.places]))


def _known(found: AgainstMix) -> dict[str, StemInRough]:
    held = found.held
    if held is None:
        return {}
    ids = [stem.audio.facts.id for stem in found.inside]
    absent = {each.stems[0] for each in found.fit.findings if each.code == "extra"}
    twins = {ids[copy]: ids[of] for copy, of in twins_of(held.given, held.fit).items()}
    alike = {ids[one]: ids[other] for one, other in alike_of(held.given, held.fit).items()}
    powers = np.diag(held.given.total)
    rests = rests_db(held.given, held.fit)

    def told(row: int, stem: str) -> StemInRough:
        gain, place = float(held.fit.gains[row]), held.places[row]
        if stem in absent:
            return StemInRough(stem, 0.0, place, unknown="absent")
        if math.isfinite(gain):
            doubt_db = float(held.fit.doubts_db[row])
            return StemInRough(
                stem, gain, place, rests[row], alike=alike.get(stem), doubt_db=doubt_db
            )
        why: Unknown = "twin" if stem in twins else "sum" if powers[row] > _SILENT else "silent"
        return StemInRough(stem, 0.0, place, unknown=why, twin=twins.get(stem))

    return {stem: told(row, stem) for row, stem in enumerate(ids)}
