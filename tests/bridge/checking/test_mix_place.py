"""Where a rough mix of a part of a looped song lies in it: by what all stems say together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile

from bridge.audio import Block
from bridge.checking.hearing import sketched
from bridge.checking.mix.against_mix import AgainstMix, held_against
from bridge.checking.stem_audio import StemAudio, stem_audio

RATE_HZ = 8000
LOOP_S = 2.5


def _notes(seed: int, hz: float, seconds: float) -> Block:
    """(1, frames): decaying notes, no two alike."""
    dice = np.random.default_rng(seed)
    frames, time_s = round(seconds * RATE_HZ), np.arange(RATE_HZ // 4) / RATE_HZ
    sound = np.zeros((1, frames + len(time_s)))
    for at in dice.integers(0, frames - len(time_s), round(4 * seconds)):
        note = np.sin(2 * np.pi * hz * (1 + dice.random()) * time_s)
        grain = 0.3 * dice.standard_normal(len(time_s))
        sound[0, at : at + len(time_s)] += 0.1 * np.exp(-time_s / 0.06) * (note + grain)
    return sound[:, :frames]


LOOPS = {
    "bass": np.tile(_notes(1, 90.0, LOOP_S), 4),
    "keys": np.tile(_notes(2, 400.0, LOOP_S), 4),
    "pad": np.tile(_notes(5, 250.0, LOOP_S), 4),
}
"""Ten seconds, four times the same."""


def _audio(path: Path, samples: Block) -> StemAudio:
    soundfile.write(path, samples.T, RATE_HZ, subtype="FLOAT")
    return stem_audio(path.stem, path.stem, "other", (path,))


def _held(folder: Path, stems: Mapping[str, Block], mix: Block) -> AgainstMix:
    known = [sketched(_audio(folder / f"{name}.wav", each)) for name, each in stems.items()]
    return held_against(known, _audio(folder / "rough mix.wav", mix))


def test_a_part_of_a_looped_song_is_no_other_repeat_of_the_loop(tmp_path: Path) -> None:
    """A stem is looked for 6 s around its own place, where loops fit on another repeat."""
    lead = np.concatenate([_notes(3, 1500.0, 5.0), _notes(4, 1500.0, 5.0)], axis=1)
    stems = {**LOOPS, "lead": lead}
    begins = round(6.3 * RATE_HZ)
    mix = np.asarray(sum(stems.values()))[:, begins:]
    found = _held(tmp_path, stems, mix)
    assert {each.offset_frames for each in found.fit.stems} == {-begins}
    assert found.doubted_place == ""
    assert all(abs(each.gain_db) < 0.1 for each in found.fit.stems)


def test_a_place_is_not_sure_where_another_repeat_with_other_gains_explains_as_much(
    tmp_path: Path,
) -> None:
    """The lead comes again at half its level; something else in the mix hides which it is."""
    part = _notes(3, 1500.0, 2 * LOOP_S)
    stems = {**LOOPS, "lead": np.concatenate([part, 0.5 * part], axis=1)}
    mix = np.asarray(sum(stems.values()))[:, : part.shape[1]]
    strange = np.random.default_rng(7).standard_normal(mix.shape)
    found = _held(tmp_path, stems, mix + 0.005 * strange)
    assert found.doubted_place == "it fits nearly as well 5.000 s later in the song"
    assert found.doubted_place in found.fit.words


def test_a_place_is_not_sure_where_stems_say_another_and_little_is_explained(
    tmp_path: Path,
) -> None:
    stems = {**LOOPS, "lead": _notes(3, 1500.0, 10.0)}
    late = np.roll(stems["lead"], 2 * RATE_HZ, axis=1)
    strange = np.random.default_rng(7).standard_normal(late.shape)
    found = _held(tmp_path, stems, late + sum(LOOPS.values()) + 0.005 * strange)
    assert found.doubted_place == "lead says another place in the song than the other stems"
