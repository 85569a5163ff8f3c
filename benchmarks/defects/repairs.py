"""What repairs are worth: stems with a known fault, checked and mended as `check --repair` does.

Each damaged sample is held to the sound as it was before the fault, and so is every file as a
whole: a repair that makes one worse is worse than none. libsonare and ffmpeg mend the same files.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.apart import LeftOutError
from benchmarks.defects import ours, peers_mending, peers_mending_ffmpeg
from benchmarks.defects.clean import CleanStem, Part, seeded, sounds, stems
from benchmarks.defects.faults.every import LEVELS, queue_of
from benchmarks.defects.peers_mending import mended_by_libsonare
from benchmarks.defects.peers_mending_ffmpeg import mended_by_ffmpeg
from benchmarks.defects.sound import Sound, write
from benchmarks.defects.truth import Damaged, Level, whole
from benchmarks.figures import progress
from bridge.audio import Block
from bridge.checking import CheckReport, Finding, Severity, StemFindings
from bridge.checking.repairing import StemPlace, planned_repairs
from bridge.checking.repairing.mending import StemMending
from bridge.checking.stem_audio import stem_audio

_MEASURED = (
    *(("clicks", name) for name in ("+6 dB over RMS", "+12 dB over RMS", "+18 dB over RMS")),
    *(("dropout", f"{ms} ms") for ms in (1, 2, 5)),
    *(("corrupt_samples", name) for name in ("NaN and infinity", "full-scale bursts")),
    *(("clipped", f"-{db} dB") for db in (1, 3, 6)),
    *(("hum", f"{hz} Hz at {level} dBFS") for hz in (50, 60) for level in (-50, -60, -70)),
)
_OFFSETS = (0.001, 0.01)
_STEMS = 6
_STEM = "stem"
_OURS = "ours"
_PEERS: dict[str, tuple[Callable[[Path, Level], Block], frozenset[str]]] = {
    "libsonare": (mended_by_libsonare, peers_mending.CODES),
    "ffmpeg": (mended_by_ffmpeg, peers_mending_ffmpeg.CODES),
}
_MENDERS = (_OURS, *_PEERS)
_SOUND_ROOM = 0.9


@dataclass
class Mender:
    """What one of them made of a fault, over its stems.

    `after_db` are SDR of the damaged samples, `elsewhere` the largest change of any other.
    """

    after_db: list[float] = field(default_factory=list)
    elsewhere: float | None = None
    worse: int = 0


@dataclass
class Worth:
    """What mending one fault at one strength gave, over its stems; SDR in dB.

    `there_db` are those before and after of the samples that a repair of ours touched.
    """

    code: str
    level: str
    stems: int = 0
    places: int = 0
    mended: int = 0
    before_db: list[float] = field(default_factory=list)
    there_db: list[tuple[float, float]] = field(default_factory=list)
    outside: float = 0.0
    menders: dict[str, Mender] = field(default_factory=dict)


@dataclass(frozen=True)
class _Case:
    level: Level
    stem: CleanStem
    true: Block
    damaged: Damaged

    @property
    def places(self) -> npt.NDArray[np.bool_]:
        """(channels, frames) what the fault changed."""
        return np.asarray(self.true != self.damaged.sound.samples)


def ran(
    part: Part, folder: Path, share: float, only: list[str]
) -> tuple[list[Worth], dict[str, str]]:
    """Every fault on its stems; and which peers were left out, and why."""
    found: list[Worth] = []
    left_out: dict[str, str] = {}
    for level in _levels():
        if only and level.code not in only:
            continue
        worth = Worth(level.code, level.name)
        for case in _cases(level, part, max(2, round(_STEMS * share))):
            progress(f"{level.code} {level.name}: {case.stem.name}")
            path = folder / f"{case.stem.file}.wav"
            write(case.damaged.sound, path)
            _ours(case, path, worth)
            for name, (mend, codes) in _PEERS.items():
                if name not in left_out and level.code in codes:
                    try:
                        _judge(case, mend(path, level), worth, name)
                    except LeftOutError as why:
                        left_out[name] = str(why)
            path.unlink()
        found.append(worth)
    return found, left_out


def _levels() -> Iterator[Level]:
    for level in LEVELS:
        if (level.code, level.name) in _MEASURED:
            yield level
    for amount in _OFFSETS:
        yield Level("dc_offset", f"{amount:g}", _offset(amount))


def _offset(amount: float) -> Callable[..., Damaged]:
    def damage(sound: Sound, _rng: object) -> Damaged:
        moved = sound.holding(sound.samples + amount)
        return Damaged(moved, whole("dc_offset", sound, amount))

    return damage


def _cases(level: Level, part: Part, count: int) -> Iterator[_Case]:
    order = seeded("order").permutation(len(stems(part)))
    every = [stems(part)[each] for each in order]
    for stem in queue_of(level, every):
        sound = stem.make()
        if count and sounds(sound):
            if level.code == "dc_offset":
                sound = sound.holding(_SOUND_ROOM * sound.samples)
            made = level.damage(sound, seeded(level.code, level.name, stem.name))
            if made is not None:
                count -= 1
                yield _Case(level, stem, sound.samples, made)
        if not count:
            return


def _ours(case: _Case, path: Path, worth: Worth) -> None:
    made, touched = _mended(path, case.level.code)
    before, after = _heard(case.damaged.sound.samples), _heard(made)
    worth.stems += 1
    for truth in case.damaged.truths:
        rate_hz = case.damaged.sound.rate_hz
        runs = truth.runs or ((round(truth.start_s * rate_hz), round(truth.end_s * rate_hz)),)
        worth.places += len(runs)
        worth.mended += sum(bool(touched[:, start:stop].any()) for start, stop in runs)
    places, there = case.places, case.places & touched
    worth.before_db.append(_sdr_db(case.true[places], before[places]))
    if there.any():
        true = case.true[there]
        worth.there_db.append((_sdr_db(true, before[there]), _sdr_db(true, after[there])))
    outside = np.abs(after - before)[~touched]
    worth.outside = max(worth.outside, float(outside.max(initial=0.0)))
    _judge(case, after, worth, _OURS)


def _judge(case: _Case, after: Block, worth: Worth, name: str) -> None:
    mender = worth.menders.setdefault(name, Mender())
    places, before = case.places, _heard(case.damaged.sound.samples)
    mender.after_db.append(_sdr_db(case.true[places], after[places]))
    if not places.all():
        changed = float(np.abs(after - before)[~places].max())
        mender.elsewhere = max(mender.elsewhere or 0.0, changed)
    mender.worse += _energy(case.true - after) > _energy(case.true - before) * (1.0 + 1e-9)


def _mended(path: Path, code: str) -> tuple[Block, npt.NDArray[np.bool_]]:
    """The samples after the repairs of a code, where it was found, and which were touched."""
    audio = stem_audio(_STEM, _STEM, "", (path,))
    found = tuple(_finding(each, at) for at, each in enumerate(ours.of_stem(path, _STEM, {code})))
    report = CheckReport((StemFindings(_STEM, found),))
    place = StemPlace(0, audio.facts.frames, audio.facts.sample_rate_hz)
    plan = planned_repairs(report, {_STEM: place})
    mending = StemMending(audio, plan.steps)
    after = np.concatenate([*mending.blocks()], axis=1)
    touched = np.zeros(after.shape, bool)
    for each in mending.mended():
        for part in each.ranges:
            touched[part.channel, part.first : part.stop] = True
    if not mending.changes:
        after = audio.stretch(0, audio.facts.frames)
    return after, touched


def _finding(told: ours.Told, at: int) -> Finding:
    named = f"{told.code}-{at}"
    severity: Severity = "major" if told.severity == "major" else "minor"
    return Finding(named, told.code, severity, (_STEM,), told.start_s, told.end_s, told.value)


def _heard(samples: Block) -> Block:
    """Samples that are no numbers as a player takes them: silence, and full scale."""
    return np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)


def _sdr_db(true: Block, found: Block) -> float:
    return 10.0 * math.log10(max(_energy(true), 1e-20) / max(_energy(true - found), 1e-20))


def _energy(samples: Block) -> float:
    return float(np.square(samples).sum())


def printed(found: list[Worth], left_out: dict[str, str]) -> str:
    """The table as Markdown."""
    head = (
        *("fault", "strength", "stems", "before, dB", *_MENDERS, "mended by ours", "there, dB"),
        *(f"elsewhere, {name}" for name in _MENDERS),
        "worse",
    )
    rows = [head, ("---",) * len(head), *map(_row, found)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    outside = max((each.outside for each in found), default=0.0)
    lines += ["", f"Largest change by ours outside the ranges of its record: {_dbfs(outside)}."]
    lines += [f"Left out: {name}: {why}." for name, why in left_out.items()]
    return "\n".join(lines)


def _row(worth: Worth) -> tuple[str, ...]:
    each = [worth.menders.get(name) for name in _MENDERS]
    there = [_mean(list(values)) for values in zip(*worth.there_db, strict=True)]
    worse = ", ".join("-" if some is None else str(some.worse) for some in each)
    return (
        *(worth.code, worth.level, str(worth.stems), _mean(worth.before_db)),
        *("-" if some is None else _mean(some.after_db) for some in each),
        f"{worth.mended} of {worth.places}",
        " to ".join(there),
        *(
            "-" if some is None or some.elsewhere is None else _dbfs(some.elsewhere)
            for some in each
        ),
        worse,
    )


def _dbfs(level: float) -> str:
    return f"{20 * math.log10(level):.0f} dBFS" if level else "nothing"


def _mean(values: list[float]) -> str:
    return f"{np.mean(values):.1f}" if values else ""
