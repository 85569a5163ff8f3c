"""Songs against their rough mix: gains, places, polarities, what is missing, what is another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.defects.clean import Part, seeded
from benchmarks.defects.faults import between, mixes
from benchmarks.defects.faults.between import SongLevel
from benchmarks.defects.judging import Alarms, Tally, judged
from benchmarks.defects.ours import SongEars, Told
from benchmarks.defects.songs import Song, songs
from benchmarks.defects.sound import Sound, write
from benchmarks.figures import progress
from bridge.checking import Finding, MixFit

_LEVELS = (*between.WITH_A_MIX, *mixes.LEVELS)


@dataclass
class MixResults:
    """What a part's songs gave against their mixes."""

    part: Part
    tallies: list[Tally] = field(default_factory=list)
    alarms: Alarms = field(default_factory=Alarms)


def ran(part: Part, only: Collection[str], folder: Path) -> MixResults:
    """Hold the songs of a part, damaged and not, to their mixes."""
    results = MixResults(part)
    levels = [level for level in _LEVELS if not only or level.code in only]
    results.tallies = [Tally(level.code, level.name, level.goal) for level in levels]
    if not levels:
        return results
    for song in songs(part):
        progress(f"{part} mix of {song.name}")
        run = MixRun(song, folder)
        plain = run.fit(song.stems, mixes.plain(song, seeded("plain")).mix)
        told = [told_of(each) for each in plain.findings]
        results.alarms.add(song.name, song.mix.shape[1] / song.rate_hz, told, frozenset())
        for level, tally in zip(levels, results.tallies, strict=True):
            _level(run, level, tally)
        run.end()
    return results


class MixRun:
    """A song whose stems are heard once, however often one of them is another."""

    def __init__(self, song: Song, folder: Path) -> None:
        self.song, self._folder, self._ears = song, folder, SongEars()
        self._paths = {
            name: folder / f"clean {number}.wav" for number, name in enumerate(song.stems)
        }
        for name, path in self._paths.items():
            write(song.stems[name], path)

    def fit(self, sent: Mapping[str, Sound], rough: Sound | None) -> MixFit:
        """How the stems that were sent are in the mix."""
        assert rough is not None  # noqa: S101 - every level here has one
        mix, paths, written = self._folder / "mix.wav", {}, []
        write(rough, mix)
        for number, (name, sound) in enumerate(sent.items()):
            if self.song.stems.get(name) is sound:
                paths[name] = self._paths[name]
                continue
            paths[name] = self._folder / f"sent {number}.wav"
            write(sound, paths[name])
            written.append(paths[name])
        fit = self._ears.against(paths, mix, self.song.bpm)
        for path in (*written, mix):
            self._ears.forget(path)
            path.unlink()
        return fit

    def end(self) -> None:
        """Remove the song's files."""
        for path in self._paths.values():
            path.unlink()


def _level(run: MixRun, level: SongLevel, tally: Tally) -> None:
    made = level.damage(run.song, seeded(level.code, level.name, run.song.name))
    if made is None:
        return
    codes = {code for truth in made.truths for code in (truth.code, *truth.also)}
    told = [told_of(each) for each in run.fit(made.stems, made.mix).findings if each.code in codes]
    tally.add(run.song.name, judged(told, made.truths))


def told_of(each: Finding) -> Told:
    """A finding as it is judged."""
    return Told(each.code, each.severity, each.start_s, each.end_s, each.value, each.stems)
