"""What went into a step and what came out of it, found again in the store by render.json's keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridge.audio import Block, Part, inspect, probe, read_blocks, summed
from bridge.finished import Record, Row, Source, Version
from bridge.gathering import cut, group_blocks, kept_signal
from bridge.planning import Engine, Stem, StemFile, built_in
from bridge.rendering import run_again
from bridge.storing import Store
from chains import Chain, Group, Insert
from stemwright.decibels import linear
from stemwright.problems import InputError, Problem

Blocks = Callable[[], Iterator[Block]]


@dataclass(frozen=True)
class Folder:
    """A finished folder, read: render.json, the chain, the lock's sources, the engine."""

    path: Path
    record: Record
    chain: Chain
    engine: Engine
    sources: Sequence[Source]
    store: Store
    stems: Callable[[str], Blocks] | None = field(default=None, compare=False, repr=False)
    """A group's trimmed sum by its id, where it is at hand; else the sources are read again."""

    @property
    def frames(self) -> int:
        """Length of the master."""
        return self.record.frames


@dataclass(frozen=True)
class Taps:
    """An insert's input and output as stereo streams of the master's length."""

    before: Blocks
    after: Blocks


def taps(folder: Folder, step_id: str) -> Taps:
    """Find what went into `step_id` and what came out.

    `step_id` is a step or an insert of render.json, with `@version` for a further version's master
    insert. Raises InputError: unknown_step, bypass_gone.
    """
    for row in folder.record.steps:
        if row.id == step_id and step_id.startswith("finish/"):
            return _finish_taps(folder, row)
    row, name = _row(folder, step_id)
    before = entered(folder, row)
    inserts = inserts_of(folder, row)[: row.inserts.index(name) + 1]
    last = name == row.inserts[-1]
    after = left(folder, row) if last else lambda: through(folder, inserts, before())
    return Taps(lambda: through(folder, inserts[:-1], before()), after)


def _row(folder: Folder, step_id: str) -> tuple[Row, str]:
    """The step an insert was rendered in, and the insert's id."""
    wanted, _, version = step_id.partition("@")
    owner, _, name = wanted.rpartition("/")
    known = []
    for row in folder.record.steps:
        there, _, its_version = row.id.partition("@")
        known += [row.id.replace(there, f"{row.owner}/{each}") for each in row.inserts]
        if row.owner == owner and name in row.inserts and version == its_version:
            return row, name
    known += [row.id for row in folder.record.steps if row.id.startswith("finish/")]
    raise InputError(
        Problem(
            "unknown_step",
            f"no insert {step_id} was rendered here",
            {"file": str(folder.path)},
            expected=f"one of {', '.join(known)}",
            hint="an insert that is bypassed in the chain was not rendered",
        )
    )


def _finish_taps(folder: Folder, row: Row) -> Taps:
    version = row.id.partition("/")[2]
    path = folder.path / f"{version}.wav"
    suffix = "" if version == "main" else version
    bus = [
        each
        for each in folder.record.steps
        if each.id.partition("@")[0] == "sum" or each.owner == "master"
        if each.version == suffix
    ]
    return Taps(left(folder, bus[-1]), lambda: read_blocks(path))


def left(folder: Folder, row: Row) -> Blocks:
    """The stored output of a step. Raises InputError `bypass_gone`."""
    signal, frames = kept_signal(folder.store, row.key, row.pcm), folder.frames
    if signal is None:
        raise _gone(folder, f"the store no longer holds the output of {row.id}")
    start = round(folder.record.preroll_s * folder.engine.sample_rate_hz)
    return lambda: cut(signal.blocks(), frames, start)


def _gone(folder: Folder, message: str) -> InputError:
    return InputError(
        Problem(
            "bypass_gone",
            message,
            {"file": str(folder.path)},
            hint="render into this folder again, with the same store, and repeat this",
        )
    )


def entered(folder: Folder, row: Row) -> Blocks:
    """What went into a step: the one before it, else the stems, the sends, the sum."""
    owner, version = row.owner, row.version
    earlier: Row | None = None
    for each in folder.record.steps:
        if each is row:
            break
        if each.owner == owner and each.version == version:
            earlier = each
    if earlier is not None:
        return left(folder, earlier)
    if owner == "master":
        wanted = "sum" + (f"@{version}" if version else "")
        return left(folder, next(r for r in folder.record.steps if r.id == wanted))
    group = next((one for one in folder.chain.groups if one.id == owner), None)
    if group is None:
        return _sent(folder, owner, version)
    return _stems(folder, group, version)


def _named_version(folder: Folder, version: str) -> Version | None:
    """What sounds in a version; an older record does not say."""
    return next((row for row in folder.record.versions if row.id == version), None)


def _sent(folder: Folder, back: str, version: str) -> Blocks:
    """What the groups' faders and sends bring to a return."""
    named = _named_version(folder, version)
    sounding = named.groups if named else [row.id for row in folder.record.groups]
    parts = [
        (linear(group.gain_db) * linear(gain_db), _group_output(folder, group, version))
        for group in folder.chain.groups
        if group.id in sounding
        for name, gain_db in group.sends
        if name == back
    ]
    frames = folder.frames
    return lambda: summed([Part(gain, blocks()) for gain, blocks in parts], frames)


def _group_output(folder: Folder, group: Group, version: str) -> Blocks:
    """A group after its inserts: the version's own lane, where it has one, else the main's."""
    rows = [row for row in folder.record.steps if row.owner == group.id]
    own = [row for row in rows if row.version == version]
    found = own or [row for row in rows if not row.version]
    return left(folder, found[-1]) if found else _stems(folder, group, version)


def _stems(folder: Folder, group: Group, version: str) -> Blocks:
    """The trimmed sum of a group's stems, read again. Raises InputError `bypass_gone`."""
    named = _named_version(folder, version)
    without = named.without if named else ()
    if folder.stems is not None and not without:
        return folder.stems(group.id)
    rows = [row for row in folder.sources if row.group == group.id and row.stem not in without]
    stems = tuple(_stem(folder, row) for row in rows)
    rate_hz, frames = folder.engine.sample_rate_hz, folder.frames
    part = folder.record.range
    start = round(part.start_s * rate_hz) if part else 0
    trim, last = linear(group.trim_db), start + frames
    return lambda: cut(group_blocks(stems, trim, rate_hz, last, folder.store), frames, start)


def _stem(folder: Folder, row: Source) -> Stem:
    files = tuple(_stem_file(folder, each.path, each.pcm) for each in row.files)
    return Stem(row.stem, row.stem, "other", files, row.offset_s)


def _stem_file(folder: Folder, relative: str, pcm: str) -> StemFile:
    path = folder.path.resolve() / relative
    try:
        header = probe(path)
    except InputError as error:
        raise _gone(folder, f"the stem {relative} cannot be read any more") from error
    found = inspect(path)
    if found.pcm_hash != pcm:
        raise _gone(folder, f"the stem {relative} is not the one that was rendered")
    return StemFile(
        path, pcm, header.channels, header.sample_rate_hz, header.frames, prints=found.prints
    )


def inserts_of(folder: Folder, row: Row) -> list[Insert]:
    """What was rendered in one step, in order."""
    known = {insert.id: insert for insert in folder.chain.rack(row.owner)}
    if not known.keys() >= {*row.inserts}:
        raise _gone(folder, f"chain.toml no longer holds the inserts of {row.id}")
    return [known[each] for each in row.inserts]


def through(folder: Folder, inserts: Sequence[Insert], blocks: Iterable[Block]) -> Iterator[Block]:
    """Built-ins of one step rendered again: the store holds only what comes after all of them."""
    natives = [built_in(insert, folder.chain.target) for insert in inserts]
    return run_again(natives, blocks, folder.engine.sample_rate_hz)
