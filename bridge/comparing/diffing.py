"""`diff`: two files or two folders, one verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from bridge.audio import BLOCK_FRAMES
from bridge.comparing.aligning.alignment import Alignment, align, aligned_blocks, aligned_overlap
from bridge.comparing.diff_values import Diff, FileDiff
from bridge.comparing.file_pairs import Paired, paired
from bridge.comparing.first_step import compare_renders
from bridge.comparing.judging.limits import Limits, Policy
from bridge.comparing.judging.noise_floor import Floor
from bridge.comparing.judging.tail import tail_of
from bridge.comparing.judging.verdict import judge, judge_tail
from bridge.comparing.paired_streams import Pair, first_difference, opened_streams, side_by_side
from bridge.comparing.residual import NoSoundError, Residual, Residuals
from bridge.comparing.sound import sound
from stemwright.problems import InputError, Problem


def diff_files(
    a: Path,
    b: Path,
    limits: Limits,
    name: str = "",
    floor: Floor | None = None,
    block_frames: int = BLOCK_FRAMES,
) -> FileDiff:
    """Compare B with A; `floor` widens the limits by what the chain varies by itself.

    Memory does not grow with the files beyond a few kilobytes a second. Raises InputError for a
    file that cannot be read or holds NaN.
    """
    pair = opened_streams(a, b, block_frames)
    one, other = pair.heads
    start = FileDiff(
        name=name or a.name,
        a=str(a),
        b=str(b),
        verdict="incomparable",
        within=False,
        limits=limits if floor is None else floor.widened(limits),
        sample_rate_hz=one.sample_rate_hz,
        channels=one.channels,
        frames=(one.frames, other.frames),
        floor=None if floor is None else floor.as_json(),
    )
    if not pair.alike:
        return replace(start, reasons=_unlike(pair))
    first = first_difference(pair)
    if first is None:
        return replace(start, verdict="exact", within=True, alignment=Alignment(), confidence=1.0)
    return _differing(pair, replace(start, first_frame=first), limits, floor)


def _unlike(pair: Pair) -> tuple[str, ...]:
    one, other = pair.heads
    checks = (
        ("sample rate", one.sample_rate_hz, other.sample_rate_hz, "Hz"),
        ("channels", one.channels, other.channels, ""),
    )
    return tuple(
        f"{what}: A has {first}{' ' * bool(unit)}{unit}, B has {second}{' ' * bool(unit)}{unit}"
        for what, first, second, unit in checks
        if first != second
    )


def _differing(pair: Pair, found: FileDiff, plain: Limits, floor: Floor | None) -> FileDiff:
    with ThreadPoolExecutor(max_workers=2) as pool:
        shared = (pair.block_frames, pair.frames)
        meters = [pool.submit(sound, path, *shared) for path in (pair.a, pair.b)]
        try:
            raw = _residual(pair, None)
        except NoSoundError as error:
            for meter in meters:
                meter.result()  # names the file and the sample, where it is NaN or Inf
            raise InputError(_no_sound(pair)) from error
        alignment, confidence = align(pair.streams)
        aligned, alignment = _aligned(pair, raw, alignment)
        sounds = (meters[0].result(), meters[1].result())
    found = replace(
        found,
        raw=raw,
        aligned=aligned,
        alignment=alignment,
        confidence=confidence,
        sounds=sounds,
    )
    judged = judge(found, pair.heads)
    if floor is not None:
        judged = floor.checked(judged, plain)
    if abs(pair.heads[1].frames - pair.heads[0].frames) <= found.limits.length_frames:
        return judged
    tail = tail_of(pair)
    if not tail.peak < math.inf:
        raise InputError(_no_sound(pair))
    return judge_tail(judged, tail)


def _no_sound(pair: Pair) -> Problem:
    return Problem(
        "not_finite",
        f"{pair.a} or {pair.b} holds samples beyond any level",
        {"file": str(pair.a)},
        hint="export them again; such a file cannot be played",
    )


def _aligned(
    pair: Pair, raw: Residual, alignment: Alignment | None
) -> tuple[Residual, Alignment | None]:
    """The residual after alignment, which is dropped where the whole file contradicts it."""
    if alignment is None or alignment.identity:
        return raw, alignment
    aligned = _residual(pair, alignment)
    if aligned.rms < raw.rms or alignment.drift is not None:
        return aligned, alignment
    return raw, replace(alignment, offset_frames=0.0, gain_db=0.0, signs=(), swapped=False)


def _residual(pair: Pair, alignment: Alignment | None) -> Residual:
    """B minus A over what both have, B brought to A first."""
    if alignment is None:
        residuals = Residuals(pair.rate_hz, pair.channels)
        for a, b in side_by_side(pair):
            residuals.add(a, b)
        return residuals.result()
    first, _ = aligned_overlap(pair, alignment)
    residuals = Residuals(pair.rate_hz, pair.channels, first / pair.rate_hz)
    for a, b in aligned_blocks(pair, alignment, pair.rate_hz):
        residuals.add(a, b)
    return residuals.result()


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
    floors = {} if floor is None else learnt_noise_floor(Path(a), Path(floor), block_frames)
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


def learnt_noise_floor(a: Path, again: Path, block_frames: int = BLOCK_FRAMES) -> dict[str, Floor]:
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
