"""Five mistakes in one export: which of them the mail to the client tells, and what else.

`python -m benchmarks.defects --story [--kept]`: several seeds over every song, synthesised and
shared; the songs without a mistake as well, whose mail should have nothing to tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.defects.clean import Part, seeded
from benchmarks.defects.faults import mixes
from benchmarks.defects.faults.between import DamagedSong
from benchmarks.defects.judging import judged
from benchmarks.defects.mixed import told_of
from benchmarks.defects.songs import songs, with_return
from benchmarks.defects.sound import write
from benchmarks.figures import progress
from bridge.checking import CheckReport, letters
from bridge.road import ToCheck, checked_stems

SEEDS = 3
_TRUE_OF_SHARED = frozenset({"lossy_source", "upsampled", "clicks", "dropout"})
"""What two of the shared songs are by their making; the third has samples set to zero."""


@dataclass(frozen=True)
class Story:
    """Of one song and seed: the mistakes the mail tells, those it does not, and what else."""

    song: str
    told: tuple[str, ...]
    missed: tuple[str, ...]
    others: tuple[str, ...]

    def __str__(self) -> str:
        said = f"{self.song}: {len(self.told)} of {len(self.told) + len(self.missed)} told"
        said += f"; missed {', '.join(self.missed)}" if self.missed else ""
        return said + f"; else {', '.join(self.others) or 'nothing'}"


def stories(part: Part, folder: Path) -> Iterator[Story]:
    """Each song as it is, then with five mistakes, by seed."""
    for song in songs(part):
        whole = with_return(song)
        known = frozenset() if song.bpm else _TRUE_OF_SHARED
        progress(f"{part} story of {song.name}")
        yield heard(f"{song.name}, clean", mixes.plain(whole, seeded("plain")), folder, known)
        for seed in range(SEEDS):
            made = mixes.story(whole, seeded("story", song.name, seed))
            yield heard(f"{song.name}, seed {seed}", made, folder, known)


def heard(name: str, made: DamagedSong, folder: Path, known: frozenset[str]) -> Story:
    """Check a song, and hold what its mail tells to what was done; `known` is true of it anyway."""
    found = letters("en").told(_checked(made, folder))
    mail = [told_of(each) for each in found if each.code not in known]
    hit = [truth.code for truth in made.truths if judged(mail, [truth]).hit]
    missed = [truth.code for truth in made.truths if truth.code not in hit]
    others = [
        " ".join((each.code, "+".join(each.stems))).strip()
        for each in mail
        if not judged([each], made.truths).right
    ]
    return Story(name, tuple(hit), tuple(missed), tuple(others))


def _checked(made: DamagedSong, folder: Path) -> CheckReport:
    """As the command checks it: all checks, all files, one report."""
    place, mix = folder / "song", folder / "mix.wav"
    place.mkdir()
    try:
        for name, sound in made.stems.items():
            write(sound, place / f"{name}.wav")
        if made.mix is not None:
            write(made.mix, mix)
        report = checked_stems(ToCheck((place,), mix=mix, store=folder / "store"))
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


def summary(told: list[Story]) -> str:
    """All of them in a line."""
    mistakes = sum(len(each.told) + len(each.missed) for each in told)
    hit = sum(len(each.told) for each in told)
    others = sum(len(each.others) for each in told)
    return f"{hit} of {mistakes} mistakes told, {others} other findings in {len(told)} mails"
