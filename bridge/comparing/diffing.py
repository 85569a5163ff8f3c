"""`diff`: two files or two folders, one verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bridge.audio import BLOCK_FRAMES
from bridge.comparing.causes.first_step import compare_renders
from bridge.comparing.judging.limits import Limits, Policy
from bridge.comparing.judging.noise_floor import Floor
from bridge.comparing.model import Diff, FileDiff
from bridge.comparing.pair_diff import diff_files
from bridge.comparing.pairing import Paired, paired


def diff(
    a: Path | str,
    b: Path | str,
    limits: Limits | Policy = Limits(),  # noqa: B008 - frozen
    *,
    floor: Path | str | None = None,
    block_frames: int = BLOCK_FRAMES,
) -> Diff:
    """Compare B with A: audio files, or folders, whose files pair by name.

    `floor` is a second render of the same as A: what those two differ by is allowed. Nothing
    depends on `block_frames`, the frames decoded at once.
    Raises InputError for what cannot be read: missing_file, unlike_places, no_audio, same_name,
    not_finite, and what `bridge.audio.decode` raises.
    """
    floors = {} if floor is None else learnt(Path(a), Path(floor), block_frames)
    return diff_above(a, b, limits, floors, block_frames)


def diff_above(
    a: Path | str,
    b: Path | str,
    limits: Limits | Policy,
    floors: Mapping[str, Floor],
    block_frames: int = BLOCK_FRAMES,
) -> Diff:
    """Compare B with A as `diff` does, with what was `learnt` allowed, by file name."""
    one, other = Path(a), Path(b)
    policy = limits if isinstance(limits, Policy) else Policy(limits)
    files = tuple(
        _compared(pair, policy.limits_for(pair.name), floors.get(pair.name), block_frames)
        for pair in paired(one, other)
    )
    return Diff(str(a), str(b), files, compare_renders(one, other))


def learnt(a: Path, again: Path, block_frames: int = BLOCK_FRAMES) -> dict[str, Floor]:
    """What every file of A varies by, from A rendered `again`; a file's own name is A's."""
    found: dict[str, Floor] = {}
    for pair in paired(a, again):
        if pair.a is None or pair.b is None:
            continue
        floor = Floor.learnt(diff_files(pair.a, pair.b, Limits(), block_frames=block_frames))
        if floor is not None:
            found[pair.name] = floor
    return found


def _compared(pair: Paired, limits: Limits, floor: Floor | None, block_frames: int) -> FileDiff:
    if pair.a is None or pair.b is None:
        return _alone(pair, limits)
    return replace(
        diff_files(pair.a, pair.b, limits, pair.name, floor, block_frames), name=pair.name
    )


def _alone(pair: Paired, limits: Limits) -> FileDiff:
    side = "A" if pair.b is None else "B"
    return FileDiff(
        name=pair.name,
        a=None if pair.a is None else str(pair.a),
        b=None if pair.b is None else str(pair.b),
        verdict="incomparable",
        within=False,
        limits=limits,
        reasons=(f"only {side} has {pair.name}",),
    )
