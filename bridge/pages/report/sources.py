"""What the report hears: references, the stems' plain sum, groups and masters, named by content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain as joined
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from bridge.gathering import (
    DamagedEntryError,
    Signal,
    cut,
    group_blocks,
    kept_signal,
    silence,
    stored_signal,
)
from bridge.hosting import own_file
from bridge.pages.report.heard_signal import Heard, Kind
from bridge.planning import Lane, Plan, Stem, Stems, group_digest
from bridge.rendering import Context, Output, Rendering, lane_source
from bridge.storing import Signature, Store, digest, signature
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.audio import Block
    from bridge.finished import Lock, Record

LONGEST_S = 600
"""As much of both is compared."""

_VERSION = 1
_HEAD_VERSION = 1
_FAR_TRUSTED = 0.7
"""Less than `diff` asks for: a rough mix has other faders, and a master was driven."""

Reference = tuple[str, str, Path]
"""(kind, name, path) of a file that lay beside the stems."""


def references_heard(
    references: Iterable[Reference], plan: Plan, frames: int, store: Store
) -> tuple[Heard, ...]:
    """Name what lies beside the stems of `plan`, of which a range renders `frames`.

    Each is heard from where the master begins, as far as that can be told: it is compared with the
    plain sum of the whole song's stems, once: the store remembers. Where no place is sure it stays
    as it lies. In a range it is the part that is rendered, but all of what is another song.
    """
    found = [_reference(*reference, store) for reference in references]
    return tuple(_placed(heard, plan, frames, store) for heard in found)


def _placed(heard: Heard, plan: Plan, rendered: int, store: Store) -> Heard:
    if heard.blocks is None:
        return heard
    rate_hz = plan.engine.sample_rate_hz
    found, start = _in_time(heard, _song(plan, store), rate_hz, store)
    frames = heard.frames - start
    if plan.window is not None and found.beside:
        scale = heard.rate_hz / rate_hz
        start += round(plan.window.start * scale)
        frames = min(round(rendered * scale), heard.frames - start)
    return _from(found, start, frames)


def placed_beside(heard: Heard, song: Signal, rate_hz: int, store: Store) -> Heard:
    """The same of other music beside `song`, the plain sum of all stems, all of which is heard."""
    if heard.blocks is None:
        return heard
    frames = min(song.frames, LONGEST_S * rate_hz)
    compared = Signal(song.digest, frames, lambda: cut(song.blocks(), frames))
    found, start = _in_time(heard, compared, rate_hz, store)
    return _from(found, start, heard.frames - start)


def _in_time(heard: Heard, song: Signal, rate_hz: int, store: Store) -> tuple[Heard, int]:
    """A signal that knows how late it is against the song, and the frame where it begins."""
    offset_s = _offset_s(heard, song, rate_hz, store)
    return replace(heard, offset_s=offset_s), round((offset_s or 0.0) * heard.rate_hz)


def _from(heard: Heard, start: int, frames: int) -> Heard:
    """A signal from its frame `start` on, which may lie before its first."""
    blocks = heard.blocks
    if blocks is None or frames <= max(0, -start):
        return replace(heard, blocks=None, fault="it has nothing of what is rendered")
    if not start and frames == heard.frames:
        return heard
    before = max(0, -start)
    return replace(
        heard,
        digest=digest("report.part", of=heard.digest, start=start) if start else heard.digest,
        frames=frames,
        blocks=lambda: joined(silence(before), cut(blocks(), frames - before, max(0, start))),
    )


def _offset_s(heard: Heard, song: Signal, rate_hz: int, store: Store) -> float | None:
    """How late the music of a signal is; None where that is not sure."""
    key = digest(
        "report.placed",
        version=_VERSION,
        source=heard.digest,
        rate_hz=heard.rate_hz,
        song=song.digest,
        song_hz=rate_hz,
    )
    entry = store.get(key)
    if entry is None:
        found = _compared(heard, song, rate_hz)
        entry = store.put(key, {"pcm": None, "offset_s": found})
    found = entry.meta["offset_s"]
    return None if found is None else float(found)


def _compared(heard: Heard, song: Signal, rate_hz: int) -> float | None:
    from bridge.audio import resampled, resampled_frames
    from bridge.comparing import Streams, align  # loads scipy, which a stored place never needs

    blocks = heard.blocks
    assert blocks is not None  # noqa: S101 - narrows for the type checker
    most = LONGEST_S * rate_hz
    frames = min(most, resampled_frames(heard.frames, heard.rate_hz, rate_hz))
    both = Streams(
        song.blocks,
        lambda: cut(resampled(blocks(), 2, heard.rate_hz, rate_hz), frames),
        (song.frames, frames),
        rate_hz,
        2,
    )
    try:
        found, _ = align(both, _FAR_TRUSTED)
    except (InputError, DamagedEntryError):  # told where it is played
        return None
    return None if found is None else round(found.offset_frames) / rate_hz


def _song(plan: Plan, store: Store) -> Signal:
    """The plain sum of all stems, from the start of the song whatever range is rendered."""
    rate_hz = plan.engine.sample_rate_hz
    stems = tuple(stem for lane in plan.lanes for stem in lane.stems)
    longest = max((stem.frames_at(rate_hz) for stem in stems), default=0)
    frames = min(longest, LONGEST_S * rate_hz)
    return Signal(
        group_digest(stems, 1.0, rate_hz, frames),
        frames,
        lambda: group_blocks(stems, 1.0, rate_hz, frames, store),
    )


def listen(
    context: Context, rendering: Rendering, references: Iterable[Reference] = ()
) -> tuple[Heard, ...]:
    """Name everything the report of `rendering` speaks of.

    Nothing is decoded yet but what tells where the `references` lie on the song's time.
    """
    plan = context.plan
    lanes = plan.lanes
    plain = lane_source(context, replace(lanes[0], stems=_stems(plan), trim=1.0, pre_rides=()))
    return (
        *references_heard(references, plan, rendering.frames, context.store),
        _signal("stems", "plain sum of the stems", plain, plan, rendering),
        *(
            _signal("group", lane.id, _lane(context, rendering, lane), plan, rendering)
            for lane in lanes
        ),
        *(_rendered(output, plan, rendering) for output in rendering.outputs),
    )


def _rendered(output: Output, plan: Plan, rendering: Rendering) -> Heard:
    """A file of this very render, whose header need not be read."""

    def blocks() -> Iterator[Block]:
        from bridge.audio import read_blocks

        return read_blocks(output.path)

    rate_hz, frames = plan.engine.sample_rate_hz, rendering.frames
    return Heard("version", output.version, output.pcm_sha256, rate_hz, frames, blocks)


def remembered(record: Record, folder: Path, store: Store) -> tuple[Heard, ...]:
    """The same for the finished `folder` of a render, as far as folder and store still hold it.

    Raises InputError `bad_record` for a record that names a file outside the folder.
    """
    steps = {step.pcm: step.key for step in record.steps}
    found = []
    if record.heard is None:  # it still tells of its files
        outputs = [(output.version, output.pcm_sha256) for output in record.outputs]
        return tuple(_master(folder, name, pcm_sha256) for name, pcm_sha256 in outputs)
    for row in record.heard:
        if row.kind == "version":
            found.append(_master(folder, row.name, row.digest))
            continue
        key = steps.get(row.digest)
        signal = None if key is None else kept_signal(store, key, row.digest)
        blocks = None if signal is None else _first(signal, row.frames)
        found.append(Heard(**dict(row), blocks=blocks))
    return tuple(found)


def _master(folder: Path, version: str, pcm_sha256: str) -> Heard:
    path = own_file(folder, f"{version}.wav")
    return _file("version", version, path, pcm_sha256, lambda: _head(path))


def with_stems(heard: Iterable[Heard], lock: Lock, stems: Stems, store: Store) -> tuple[Heard, ...]:
    """The same, with the plain sum of `stems` read again, if they are those of the lock."""
    asked = [file.pcm for source in lock.sources for file in source.files]
    if asked != [file.pcm_hash for stem in stems.stems for file in stem.files] or lock.range:
        return tuple(heard)

    def summed(row: Heard) -> Heard:
        if row.kind != "stems" or row.blocks is not None:
            return row
        return replace(
            row, blocks=lambda: group_blocks(stems.stems, 1.0, row.rate_hz, row.frames, store)
        )

    return tuple(map(summed, heard))


def _stems(plan: Plan) -> tuple[Stem, ...]:
    return tuple(stem for lane in plan.lanes for stem in lane.stems)


def _lane(context: Context, rendering: Rendering, lane: Lane) -> Signal:
    if not lane.steps:
        return lane_source(context, lane)
    key = next(step.key for step in rendering.steps if step.id == lane.steps[-1].id)
    entry = context.store.get(key)
    if entry is None:
        raise LookupError(f"{key} is not in the store although it was just rendered")
    return stored_signal(context.store, entry)


def _signal(kind: Kind, name: str, signal: Signal, plan: Plan, rendering: Rendering) -> Heard:
    """As much of a signal as the master has; a range's pre-roll is left out."""
    start = plan.unheard_frames
    named = signal.digest if not start else digest("report.part", of=signal.digest, start=start)
    frames, rate_hz = rendering.frames, plan.engine.sample_rate_hz
    return Heard(kind, name, named, rate_hz, frames, lambda: cut(signal.blocks(), frames, start))


def _kind(written: str) -> Kind:
    return next(kind for kind in get_args(Kind) if kind == written)


def _first(signal: Signal, frames: int) -> Callable[[], Iterator[Block]]:
    return lambda: cut(signal.blocks(), frames)


def _reference(kind: str, name: str, path: Path, store: Store) -> Heard:
    try:
        seen = signature(path)
        octets = store.digest_of(path)
        heard = _file(
            _kind(kind), name, path, octets, lambda: _kept_head(path, octets, seen, store)
        )
    except OSError as error:
        return Heard(_kind(kind), name, "", 0, 0, fault=str(error.strerror or "it is not there"))
    blocks = heard.blocks
    return heard if blocks is None else replace(heard, blocks=lambda: _still(blocks(), path, seen))


def _still(blocks: Iterator[Block], path: Path, seen: Signature) -> Iterator[Block]:
    """What is heard of a file that nobody writes to meanwhile, or an InputError at its end."""
    yield from blocks
    if signature(path) != seen:
        message = f"{path.name} was written to while the report listened to it"
        hint = "wait until its export or copy is done, and render again"
        raise InputError(Problem("source_changed", message, {"file": str(path)}, hint=hint))


def _file(
    kind: Kind, name: str, path: Path, digest: str, read_head: Callable[[], Mapping[str, int]]
) -> Heard:
    try:
        head = read_head()
    except InputError as error:
        return Heard(kind, name, digest, 0, 0, fault=_without_path(error, path))
    if head["channels"] > 2:
        return Heard(kind, name, digest, 0, 0, fault=f"it has {head['channels']} channels")
    return Heard(
        kind, name, digest, head["rate_hz"], head["frames"], lambda: both_sides(_samples(path))
    )


def _head(path: Path) -> Mapping[str, int]:
    """What a file says of itself. Raises InputError."""
    from bridge.audio import probe

    found = probe(path)
    return {"rate_hz": found.sample_rate_hz, "channels": found.channels, "frames": found.frames}


def _kept_head(path: Path, octets: str, seen: Signature, store: Store) -> Mapping[str, int]:
    """The same, from the store where it knows a file of these octets.

    So an unchanged song is told without what decodes samples. Raises OSError too.
    """
    key = digest("reference_head", version=_HEAD_VERSION, file=octets)
    entry = store.get(key)
    if entry is not None:
        return entry.meta
    head = _head(path)
    if signature(path) == seen:  # what was read is what was hashed
        store.put(key, {"pcm": None, **head})
    return head


def _without_path(error: InputError, path: Path) -> str:
    return error.problems[0].message.replace(str(path), path.name)


def _samples(path: Path) -> Iterator[Block]:
    from bridge.audio import read_blocks

    return read_blocks(path)


def both_sides(blocks: Iterable[Block]) -> Iterator[Block]:
    """Mono sounds on both sides, as it does in a sum."""
    import numpy as np

    for block in blocks:
        yield block if len(block) == 2 else np.concatenate([block, block])
