"""What went into a step and what came out of it, found again in the store by render.json's keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field

from bridge.audio import Block, read_blocks
from bridge.finished import (
    FinishedFolder,
    MixerRow,
    Row,
    Source,
    SourceFile,
    Version,
    as_rides,
    recall_file,
)
from bridge.gathering import Signal, ridden_signal
from bridge.planning import Stem, StemFile, built_in
from bridge.rendering import group_source, run_again, sent_parts, weighted_sum
from bridge.storing import Store
from chains import Group, Insert
from stemwright.decibels import linear
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

Blocks = Callable[[], Iterator[Block]]


@dataclass(frozen=True)
class StepSignals:
    """A finished folder and the store that holds what came out of its steps.

    Every signal is stereo, as long as the masters and beginning with them.
    """

    folder: FinishedFolder
    store: Store
    stems: Callable[[str], Signal] | None = field(default=None, compare=False, repr=False)
    """A group's trimmed sum by its id, where it is at hand; else the sources are read again."""


@dataclass(frozen=True)
class Taps:
    """An insert's input and output as stereo streams of the master's length."""

    before: Blocks
    after: Blocks


def taps(signals: StepSignals, step_id: str) -> Taps:
    """Find what went into `step_id` and what came out.

    `step_id` is a step or an insert of render.json, with `@version` for a further version's master
    insert. Raises InputError: unknown_step, bypass_gone.
    """
    folder = signals.folder
    finish = folder.step(step_id) if step_id.startswith("finish/") else None
    if finish is not None:
        path = folder.path / f"{finish.version}.wav"
        return Taps(entered(signals, finish).blocks, lambda: read_blocks(path))
    row, name = _row(folder, step_id)
    before, mains = entered(signals, row).blocks, _mains(signals, row)
    inserts = inserts_of(folder, row)[: row.inserts.index(name) + 1]
    last = name == row.inserts[-1]

    def again(run: Sequence[Insert]) -> Iterator[Block]:
        return through(folder, run, before(), mains)

    after = left(signals, row).blocks if last else lambda: again(inserts)
    return Taps(lambda: again(inserts[:-1]), after)


def _mains(signals: StepSignals, row: Row) -> Signal | None:
    """What goes into the main master's same step, where a version has the gains of that."""
    version = _named_version(signals.folder, row.version)
    step_id = row.id.partition("@")[0]
    main = next((each for each in signals.folder.steps if each.id == step_id), None)
    if version is None or version.dynamics == "own" or main is None or len(row.inserts) == 1:
        return None
    return entered(signals, main)


def _row(folder: FinishedFolder, step_id: str) -> tuple[Row, str]:
    """The step an insert was rendered in, and the insert's id."""
    wanted, _, version = step_id.partition("@")
    owner, _, name = wanted.rpartition("/")
    known = []
    for row in folder.steps:
        there, _, its_version = row.id.partition("@")
        known += [row.id.replace(there, f"{row.owner}/{each}") for each in row.inserts]
        if row.owner == owner and name in row.inserts and version == its_version:
            return row, name
    known += [row.id for row in folder.steps if row.id.startswith("finish/")]
    raise InputError(
        Problem(
            "unknown_step",
            f"no insert {step_id} was rendered here",
            {"file": str(folder.path)},
            expected=f"one of {', '.join(known)}",
            hint="an insert that is bypassed in the chain was not rendered",
        )
    )


def left(signals: StepSignals, row: Row) -> Signal:
    """The stored output of a step. Raises InputError `bypass_gone`."""
    found = signals.folder.output(row, signals.store)
    if found is None:
        raise _gone(signals.folder, f"the store no longer holds the output of {row.id}")
    return found


def _gone(folder: FinishedFolder, message: str) -> InputError:
    return InputError(
        Problem(
            "bypass_gone",
            message,
            {"file": str(folder.path)},
            hint="render into this folder again, with the same store, and repeat this",
        )
    )


def entered(signals: StepSignals, row: Row) -> Signal:
    """What went into a step: the one before it, else the stems or what is sent.

    Raises InputError `bypass_gone`.
    """
    folder = signals.folder
    before = folder.before(row)
    if before is not None:
        return left(signals, before)
    group = next((one for one in folder.chain.groups if one.id == row.owner), None)
    if group is None:
        return _sent(signals, row.owner, row.version)
    return _stems(signals, group, row.version)


def _named_version(folder: FinishedFolder, version: str) -> Version | None:
    """What sounds in a further version; None for the main master."""
    return next((row for row in folder.record.versions if row.id == version), None)


def _sent(signals: StepSignals, back: str, version: str) -> Signal:
    """What the groups' faders and sends bring to a return."""
    folder = signals.folder
    named = _named_version(folder, version)
    sounding = named.groups if named else folder.groups
    groups = (
        (linear(group.gain_db), [(name, linear(db)) for name, db in group.sends], group)
        for group in folder.chain.groups
        if group.id in sounding
    )
    parts = [
        (gain, _group_output(signals, group, version)) for gain, group in sent_parts(back, groups)
    ]
    return weighted_sum(parts, folder.frames)


def _group_output(signals: StepSignals, group: Group, version: str) -> Signal:
    """A group after its inserts and under its rides, before the fader.

    The version's own lane, where it has one, else the main's.
    """
    found = signals.folder.of(group.id, version) or signals.folder.of(group.id)
    output = left(signals, found[-1]) if found else _stems(signals, group, version)
    row = _mixer_row(signals.folder, group)
    rides = () if row is None else as_rides(row.rides)
    return ridden_signal(output, rides, signals.folder.rate_hz, _start(signals.folder))


def _mixer_row(folder: FinishedFolder, group: Group) -> MixerRow | None:
    return next((row for row in folder.lock.mixer if row.id == group.id), None)


def _start(folder: FinishedFolder) -> int:
    """The frame of the song that the masters begin with."""
    part = folder.record.range
    return round(part.start_s * folder.rate_hz) if part else 0


def _stems(signals: StepSignals, group: Group, version: str) -> Signal:
    """The trimmed sum of a group's stems under its pre rides, read again.

    Raises InputError `bypass_gone`.
    """
    folder = signals.folder
    named = _named_version(folder, version)
    without = named.without if named else ()
    if signals.stems is not None and not without:
        return signals.stems(group.id)
    stems = [
        _stem(signals, source)
        for source in folder.lock.sources
        if source.group == group.id and source.stem not in without
    ]
    trim, rate_hz, start = linear(group.trim_db), folder.rate_hz, _start(folder)
    summed = group_source(stems, trim, rate_hz, folder.frames, start, signals.store)
    row = _mixer_row(folder, group)
    return ridden_signal(summed, () if row is None else as_rides(row.pre_rides), rate_hz, start)


def _stem(signals: StepSignals, source: Source) -> Stem:
    files = tuple(_stem_file(signals, file) for file in source.files)
    moves = source.gain_db, as_rides(source.rides)
    return Stem(source.stem, source.name, source.role, files, source.offset_s, *moves)


def _stem_file(signals: StepSignals, file: SourceFile) -> StemFile:
    folder = signals.folder
    name = file.path if file.member is None else f"{file.path}/{file.member}"
    try:
        found = recall_file(file, folder.path.resolve(), signals.store)
    except InputError as error:
        raise _gone(folder, f"the stem {name} cannot be read any more") from error
    if found.pcm_hash != file.pcm:
        raise _gone(folder, f"the stem {name} is not the one that was rendered")
    return found


def inserts_of(folder: FinishedFolder, row: Row) -> list[Insert]:
    """What was rendered in one step, in order."""
    known = {insert.id: insert for insert in folder.chain.rack(row.owner)}
    if not known.keys() >= {*row.inserts}:
        raise _gone(folder, f"chain.toml no longer holds the inserts of {row.id}")
    return [known[each] for each in row.inserts]


def through(
    folder: FinishedFolder,
    inserts: Sequence[Insert],
    blocks: Iterable[Block],
    mains: Signal | None = None,
) -> Iterator[Block]:
    """Built-ins of one step rendered again: the store holds only what comes after all of them.

    With `mains` their gains are those of that signal.
    """
    natives = [built_in(insert, folder.chain.target) for insert in inserts]
    return run_again(natives, blocks, folder.rate_hz, mains)
