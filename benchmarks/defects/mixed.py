"""Songs against their rough mix, as the command checks them: all checks, all files, one report."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.defects.clean import Part, seeded
from benchmarks.defects.faults import between, mixes
from benchmarks.defects.faults.between import DamagedSong, SongLevel
from benchmarks.defects.judging import Alarms, Tally, judged
from benchmarks.defects.ours import Told
from benchmarks.defects.songs import Song, songs
from benchmarks.defects.sound import write
from benchmarks.figures import progress
from bridge.checking import CheckReport, Finding
from bridge.road import ToCheck, checked_stems

_LEVELS = (*between.WITH_A_MIX, *mixes.LEVELS)


@dataclass
class SumErrors:
    """How far off a fit to the mix was over some songs: the worst of all stems."""

    level: str
    songs: int = 0
    gain_db: float = 0.0
    offset_frames: int = 0
    turned: int = 0
    explained_db: list[float] = field(default_factory=list)


@dataclass
class MixResults:
    """What a part's songs gave against their mixes."""

    part: Part
    tallies: list[Tally] = field(default_factory=list)
    alarms: Alarms = field(default_factory=Alarms)
    sums: list[SumErrors] = field(default_factory=list)
    left_out: str = ""


def ran(part: Part, only: Collection[str], folder: Path) -> MixResults:
    """Check the songs of a part, damaged and not, against their mixes."""
    results = MixResults(part)
    levels = [level for level in _LEVELS if not only or level.code in only]
    results.tallies = [Tally(level.code, level.name, level.goal) for level in levels]
    results.sums = [SumErrors(level.name) for level in mixes.SUMS if not only]
    if not levels and not results.sums:
        return results
    for song in songs(part):
        progress(f"{part} mix of {song.name}")
        _clean(song, folder, results)
        if results.left_out:
            break
        for level, tally in zip(levels, results.tallies, strict=True):
            _level(song, level, tally, folder)
        for level, errors in zip(mixes.SUMS if results.sums else (), results.sums, strict=True):
            _sum(song, level, errors, folder)
    return results


def _clean(song: Song, folder: Path, results: MixResults) -> None:
    report = checked(mixes.plain(song, seeded("plain")), folder)
    if report.mix is None:
        results.left_out = "check says nothing of a rough mix"
        return
    told = [told_of(each) for each in _of_songs(report)]
    results.alarms.add(song.name, song.mix.shape[1] / song.rate_hz, told, frozenset())


def _level(song: Song, level: SongLevel, tally: Tally, folder: Path) -> None:
    made = level.damage(song, seeded(level.code, level.name, song.name))
    if made is None:
        return
    report = checked(made, folder)
    codes = {code for truth in made.truths for code in (truth.code, *truth.also)}
    told = [told_of(each) for each in _of_songs(report) if each.code in codes]
    tally.add(song.name, judged(told, made.truths))


def _sum(song: Song, level: SongLevel, errors: SumErrors, folder: Path) -> None:
    made = level.damage(song, seeded(level.code, level.name, song.name))
    if made is None or made.gains_db is None or made.offsets is None or made.polarities is None:
        return
    report = checked(made, folder)
    if report.mix is None:
        return
    found = {each.id: each for each in report.mix.stems}
    names = {name: found[name] for name in made.gains_db if name in found}
    off = sorted(found[name].gain_db - made.gains_db[name] for name in names)
    common = off[len(off) // 2] if "bus" in level.name else 0.0
    errors.songs += 1
    errors.gain_db = max(errors.gain_db, *(abs(each - common) for each in off))
    errors.turned += sum(found[n].polarity != made.polarities[n] for n in names)
    late = (abs(found[n].offset_frames - made.offsets[n]) for n in names)
    errors.offset_frames = max(errors.offset_frames, *late)
    errors.explained_db.append(round(report.mix.explained_db, 1))


def checked(made: DamagedSong, folder: Path) -> CheckReport:
    """The whole report of a song as it was sent, against its mix where there is one."""
    place, mix = folder / "song", folder / "mix.wav"
    place.mkdir()
    try:
        for name, sound in made.stems.items():
            write(sound, place / f"{name}.wav")
        if made.mix is not None:
            write(made.mix, mix)
        report = checked_stems(ToCheck((place,), mix=mix))
        return _by_name(report, made.stems)
    finally:
        for path in (*place.iterdir(), mix):
            path.unlink(missing_ok=True)
        place.rmdir()


def _by_name(report: CheckReport, names: Mapping[str, object]) -> CheckReport:
    """Hold the report to be about these stems: its ids are their files' names."""
    unknown = {stem.id for stem in report.stems} - set(names)
    if unknown:
        raise ValueError(f"check has other names for stems: {', '.join(sorted(unknown))}")
    return report


def _of_songs(report: CheckReport) -> Iterator[Finding]:
    """Findings between stems and against the mix."""
    yield from report.between
    if report.mix is not None:
        yield from report.mix.findings


def told_of(each: Finding) -> Told:
    """A finding as it is judged."""
    return Told(each.code, each.severity, each.start_s, each.end_s, each.value, each.stems)
