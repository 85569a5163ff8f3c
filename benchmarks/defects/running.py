"""Puts every defect on its stems and songs, one at a time, and has them checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.defects import clean, mixed, ours
from benchmarks.defects.clean import CleanStem, Part, seeded, sounds, stems, true_of
from benchmarks.defects.faults import between
from benchmarks.defects.faults.every import LEVELS, queue_of
from benchmarks.defects.judging import Alarms, Tally, judged
from benchmarks.defects.songs import Song, songs
from benchmarks.defects.sound import Sound, write
from benchmarks.defects.truth import Damaged, Level
from benchmarks.figures import progress

_TRIED = 2.5
Ear = Callable[[Path, str, Collection[str] | None], list[ours.Told]]
"""(file, name, codes or all) -> findings"""


@dataclass
class Results:
    """All that one part of the set gave; seconds are CPU time."""

    part: Part
    tallies: list[Tally] = field(default_factory=list)
    alarms: Alarms = field(default_factory=Alarms)
    song_alarms: Alarms = field(default_factory=Alarms)
    heard_s: float = 0.0
    checking_s: float = 0.0
    left_out: dict[str, str] = field(default_factory=dict)
    mix: mixed.MixResults | None = None


class StemRun:
    """The defects of a stem alone."""

    def __init__(
        self,
        part: Part,
        only: Collection[str],
        folder: Path,
        share: float,
        ear: Ear = ours.of_stem,
        tells: Collection[str] | None = None,
    ) -> None:
        self._folder, self._only, self._ear = folder, only, ear
        tells = ours.checkable() if tells is None else tells
        self._stems = _shuffled(stems(part))
        self._levels = [
            level for level in LEVELS if level.code in tells and _wanted(level.code, only)
        ]
        self._tried = {id(level): self._names(level, share) for level in self._levels}
        self._most = {id(level): max(2, round(level.stems * share)) for level in self._levels}
        self._tallies = {
            id(level): Tally(level.code, level.name, level.goal, level.told)
            for level in self._levels
        }

    def _names(self, level: Level, share: float) -> set[str]:
        wanted = max(3, round(_TRIED * level.stems * share))
        return {stem.name for stem in queue_of(level, self._stems)[:wanted]}

    def run(self, results: Results) -> None:
        """Check every clean stem, then what each level makes of it."""
        for number, stem in enumerate(self._stems):
            progress(f"{results.part} stem {number + 1} of {len(self._stems)}: {stem.name}")
            sound = stem.make()
            if not sounds(sound):
                continue
            self._clean(stem, sound, results)
            for level in self._levels:
                if stem.name in self._tried[id(level)]:
                    self._one(level, stem, sound)
        results.tallies += self._tallies.values()
        for tally in self._tallies.values():
            if not tally.stems:
                results.left_out[f"{tally.code} {tally.level}"] = "no stem it can be put on here"

    def _clean(self, stem: CleanStem, sound: Sound, results: Results) -> None:
        path = self._folder / f"{stem.file}.wav"
        write(sound, path)
        began = time.process_time()
        told = self._ear(path, stem.file, self._only or None)
        results.checking_s += time.process_time() - began
        results.heard_s += sound.seconds
        if self._only:
            told = [each for each in told if each.code in self._only]
        already = stem.already | true_of(sound)
        results.alarms.add(stem.name, sound.seconds, told, already)
        path.unlink()

    def _one(self, level: Level, stem: CleanStem, sound: Sound) -> None:
        tally = self._tallies[id(level)]
        if tally.stems >= self._most[id(level)]:
            return
        made = level.damage(sound, seeded(level.code, level.name, stem.name))
        if made is not None:
            told = self._told(made, stem, level.code)
            tally.add(stem.name, judged(told, made.truths))

    def _told(self, made: Damaged, stem: CleanStem, code: str) -> list[ours.Told]:
        name = made.file or stem.file
        path = self._folder / f"{name}.wav"
        if made.raw is None:
            write(made.sound, path)
        else:
            path.write_bytes(made.raw)
        told = self._ear(path, name, {code})
        path.unlink()
        return [each for each in told if each.code == code]


def _wanted(code: str, only: Collection[str]) -> bool:
    return not only or code in only


def _shuffled(found: Sequence[CleanStem]) -> list[CleanStem]:
    order = seeded("order").permutation(len(found))
    return [found[each] for each in order]


class SongRun:
    """The defects between the stems of a song."""

    def __init__(self, part: Part, only: Collection[str], folder: Path) -> None:
        self._part, self._only, self._folder = part, only, folder
        self._levels = [
            level
            for level in between.LEVELS
            if level.code in ours.checkable() and _wanted(level.code, only)
        ]
        self._tallies = [Tally(level.code, level.name, level.goal) for level in self._levels]

    def run(self, results: Results) -> None:
        """Check every song as it is, then what each level makes of it."""
        if not self._levels:
            return
        for song in songs(self._part):
            progress(f"{self._part} song {song.name}")
            self._song(song, results)
        results.tallies += self._tallies

    def _song(self, song: Song, results: Results) -> None:
        ears, paths = ours.SongEars(), {}
        for number, (name, sound) in enumerate(song.stems.items()):
            paths[name] = self._folder / f"clean {number}.wav"
            write(sound, paths[name])
        told = ears.between(paths, song.bpm, self._only or None)
        results.song_alarms.add(song.name, song.mix.shape[1] / song.rate_hz, told, frozenset())
        for level, tally in zip(self._levels, self._tallies, strict=True):
            made = level.damage(song, seeded(level.code, level.name, song.name))
            if made is None:
                continue
            codes = {code for truth in made.truths for code in (truth.code, *truth.also)}
            found = self._between(ears, song, made, paths, codes)
            tally.add(song.name, judged([e for e in found if e.code in codes], made.truths))
        for path in paths.values():
            path.unlink()

    def _between(
        self,
        ears: ours.SongEars,
        song: Song,
        made: between.DamagedSong,
        paths: dict[str, Path],
        codes: Collection[str],
    ) -> list[ours.Told]:
        sent, written = {}, []
        for number, (name, sound) in enumerate(made.stems.items()):
            if song.stems.get(name) is sound:
                sent[name] = paths[name]
                continue
            sent[name] = self._folder / f"sent {number}.wav"
            write(sound, sent[name])
            written.append(sent[name])
        found = ears.between(sent, song.bpm, codes)
        for path in written:
            ears.forget(path)
            path.unlink()
        return found


def ran(part: Part, only: Collection[str], folder: Path, share: float) -> Results:
    """Run one part of the set; `only` are the codes wanted, all where there are none."""
    results = Results(part)
    if not only or any(level.code in only for level in LEVELS):
        StemRun(part, only, folder, share).run(results)
    SongRun(part, only, folder).run(results)
    results.mix = mixed.ran(part, only, folder)
    results.tallies += results.mix.tallies
    codes = {level.code for level in LEVELS} | {level.code for level in between.LEVELS}
    untold = codes - ours.checkable()
    results.left_out.update(dict.fromkeys(sorted(untold), "no check tells it"))
    for song in ("caesium", "potassium", "crunkdemo-lmms"):
        if not clean.shared_paths(song):
            results.left_out[f"the shared song {song}"] = "not under STEMWRIGHT_TEST_DATA"
    return results
