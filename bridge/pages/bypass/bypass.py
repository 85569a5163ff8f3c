"""An insert bypassed: with it, without it at the same loudness, and the difference between them."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bridge.audio import Block, WavWriter, read_blocks, reblocked
from bridge.finished import recall
from bridge.gathering import DamagedEntryError, link_stems
from bridge.hosting import search_folders, trusted_folders
from bridge.metering import LoudnessCurve, SixthOctaveSpectrum
from bridge.pages import saved
from bridge.pages.bypass.page import FILES, PAGE, Bypassed, Place, Seen, bypass_page
from bridge.pages.report import (
    LONGEST_S,
    StepSignals,
    Taps,
    between,
    insert_words,
    opened,
    reductions_db,
    taps,
)
from bridge.rendering import Output, context_of, render
from bridge.storing import Store, file_digest, leased_folder, sweep
from chains import Chain, Insert
from stemwright.decibels import amplitude_db, linear, rounded_db
from stemwright.files import cannot_write
from stemwright.problems import InputError, Problem, StemwrightError


@dataclass(frozen=True)
class Again:
    """How to render again: where plugins are looked for, and lanes at a time."""

    plugin_folders: tuple[Path, ...] = ()
    jobs: int = 1


def master_without(signals: StepSignals, step_id: str, how: Again) -> Output:
    """Render the master that `step_id` is part of with that insert bypassed, at the same drive.

    The store gives what comes before the insert, and keeps what is made. Raises InputError for a
    range, the finish or sources that are gone; MachineError and RenderError as `render` does.
    """
    folder, store = signals.folder, signals.store
    wanted, _, version = step_id.partition("@")
    if wanted.startswith("finish/") or folder.record.range:
        what = "the finish ends it" if wanted.startswith("finish/") else "this is a range"
        raise InputError(Problem("no_master_without", what, {"file": str(folder.path)}))
    chain = _versioned(_bypassed(folder.chain, wanted), version)
    plan = link_stems(
        recall(folder.lock, folder.path, store),
        chain,
        store,
        plugin_folders=search_folders(how.plugin_folders),
        trusted=trusted_folders(()),
        moves=folder.lock.moves(),
        warm_ups=folder.lock.warm_ups(),
    )
    context = context_of(plan, store, jobs=how.jobs)
    drive_db = None if chain.target is None else folder.record.drive_db or 0.0
    outputs = render(context, folder.lock.subtype, drive_db).outputs
    return next(each for each in outputs if each.version == (version or "main"))


def _versioned(chain: Chain, version: str) -> Chain:
    return replace(chain, versions=tuple(each for each in chain.versions if each.id == version))


def _bypassed(chain: Chain, step_id: str) -> Chain:
    owner, _, name = step_id.rpartition("/")

    def without(here: str, insert: Insert) -> Insert:
        return replace(insert, bypass=True) if (here, insert.id) == (owner, name) else insert

    return chain.with_inserts(without)


_FULL = linear(-0.1)
_PREFIX = "bypass-"
_STAGED = ".stemwright-bypass-"
_MARK = "<!-- stemwright bypass "
"""Begins the last line of the page, which says what all its files were when they were written."""


def bypass(
    folder: Path,
    step_id: str,
    store: Store,
    stems: Path | None = None,
    plugin_folders: Sequence[Path] = (),
    jobs: int = 1,
) -> Bypassed:
    """Write `folder`/bypass-<group>-<insert>/ with 24-bit with.wav, without.wav, difference.wav.

    listen.html beside them plays the place where the difference is largest, of the insert and of
    the master with and without it; what comes after the insert is rendered again for that, and
    where it cannot be, the page says why.

    An earlier folder of the same insert is replaced. `stems` is where the song's stems lie now, if
    that is not where they were rendered from. Raises InputError: not_a_render, unknown_step,
    bypass_gone, output_not_ours; MachineError when the disk refuses.
    """
    found = opened(folder, store, stems)
    target = folder / f"{_PREFIX}{step_id.replace('/', '-').replace('@', '-')}"
    tapped = taps(found, step_id)
    _refuse_foreign(target)
    try:
        return _written(found, tapped, target, step_id, Again(tuple(plugin_folders), jobs))
    except DamagedEntryError as error:
        raise InputError(
            Problem(
                "bypass_gone",
                "the store's copy of this insert's signal was damaged",
                {"file": str(folder)},
                hint="render into this folder again, and repeat this",
            )
        ) from error


def _refuse_foreign(target: Path) -> None:
    """Raise unless `target` is free, or holds an earlier bypass as it was written."""
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_dir() or not _as_written(target):
        raise InputError(
            Problem(
                "output_not_ours",
                f"{target.name} holds files that are not of an earlier bypass",
                {"file": str(target)},
                hint="move them away",
            )
        )


def _as_written(target: Path) -> bool:
    found = {path.name for path in target.iterdir() if path.is_file() and not path.is_symlink()}
    if found != {path.name for path in target.iterdir()} or found != {*FILES, PAGE}:
        return False
    text = (target / PAGE).read_bytes().decode("utf-8", "replace")
    shown, mark, _ = text.rpartition(_MARK)
    return bool(mark) and text == _marked(shown, target)


def _marked(shown: str, folder: Path) -> str:
    """The page with its mark: the digests of the files in `folder` and of its own text."""
    digests = {name: file_digest(folder / name) for name in FILES}
    digests[PAGE] = hashlib.sha256(shown.encode()).hexdigest()
    return f"{shown}{_MARK}{json.dumps(digests, sort_keys=True)} -->\n"


def _written(
    signals: StepSignals, tapped: Taps, target: Path, step_id: str, how: Again
) -> Bypassed:
    folder = signals.folder
    rate_hz = folder.rate_hz
    with_lufs, with_peak = _heard(tapped.after(), rate_hz)
    without_lufs, without_peak = _heard(tapped.before(), rate_hz)
    gain_db = 0.0
    if with_lufs is not None and without_lufs is not None:
        gain_db = with_lufs - without_lufs
    gain = linear(gain_db)
    spectra = SixthOctaveSpectrum(rate_hz), SixthOctaveSpectrum(rate_hz)
    changed = _difference(tapped, gain, spectra)
    loudest = max(with_peak, without_peak * gain, changed.peak)
    pad_db = amplitude_db(loudest / _FULL) if loudest > _FULL else 0.0
    place = _place(tapped, gain, changed, rate_hz)
    master, why = _master(signals, step_id, place, how)
    found = Bypassed(
        step=step_id,
        folder=target,
        with_lufs=_rounded(with_lufs),
        without_lufs=_rounded(without_lufs),
        gain_db=round(gain_db, 3),
        pad_db=round(pad_db, 3),
        difference_peak_dbfs=rounded_db(changed.peak, 2),
        difference_rms_dbfs=rounded_db(changed.rms, 2),
        master_gain_db=None if master is None else round(master.gain_db, 3),
    )
    seen = Seen(
        words=insert_words(folder.record, folder.chain, step_id),
        with_db=tuple(spectra[0].result_db()),
        without_db=tuple(spectra[1].result_db()),
        reduction_db=tuple(reductions_db(folder.record, signals.store).get(step_id, ())),
    )
    shown = bypass_page(found, place, seen, master, why)
    _write(tapped, target, gain, linear(-pad_db), rate_hz, shown)
    return found


def _master(
    signals: StepSignals, step_id: str, place: Place, how: Again
) -> tuple[Place | None, str]:
    """The same place of the master with the insert, and without it; or why it cannot be heard."""
    folder, version = signals.folder, step_id.partition("@")[2] or "main"
    try:
        without = master_without(signals, step_id, how)
    except StemwrightError as error:
        return None, error.problems[0].message
    master = next(each for each in folder.record.outputs if each.version == version)
    lufs = master.measures.integrated_lufs, without.measures["integrated_lufs"]
    gain_db = 0.0 if lufs[0] is None or lufs[1] is None else float(lufs[0] - lufs[1])
    rate_hz = place.rate_hz
    start = round(place.start_s * rate_hz)
    end = start + place.after.shape[1]
    after, before = (
        between(read_blocks(path), start, end) for path in (folder.path / master.path, without.path)
    )
    frames = min(after.shape[1], before.shape[1])
    gain = linear(gain_db)
    heard = Place(rate_hz, place.start_s, after[:, :frames], gain * before[:, :frames], gain_db)
    return (heard, "") if frames else (None, "the master has ended there")


def _heard(blocks: Iterable[Block], rate_hz: int) -> tuple[float | None, float]:
    """Integrated loudness, None without one, and linear peak."""
    curve, peak = LoudnessCurve(rate_hz), 0.0
    for block in blocks:
        curve.add(block)
        peak = max(peak, float(np.abs(block).max(initial=0.0)))
    curve.close()
    return curve.integrated_lufs(), peak


def _pairs(tapped: Taps, gain: float) -> Iterator[tuple[Block, Block]]:
    for after, before in zip(reblocked(tapped.after()), reblocked(tapped.before()), strict=False):
        frames = min(after.shape[1], before.shape[1])
        yield after[:, :frames], gain * before[:, :frames]


@dataclass(frozen=True)
class _Difference:
    """What the insert adds at equal loudness, linear; `at` is the frame of its peak."""

    peak: float
    rms: float
    at: int
    frames: int


def _difference(
    tapped: Taps, gain: float, spectra: tuple[SixthOctaveSpectrum, SixthOctaveSpectrum]
) -> _Difference:
    peak, squares, at, frames, channels = 0.0, 0.0, 0, 0, 1
    for after, before in _pairs(tapped, gain):
        for spectrum, block in zip(spectra, (after, before), strict=True):
            spectrum.add(block)
        changed = after - before
        largest = np.abs(changed).max(axis=0, initial=0.0)
        if largest.max(initial=0.0) > peak:
            peak, at = float(largest.max()), frames + int(largest.argmax())
        squares += float(np.square(changed).sum())
        channels, frames = changed.shape[0], frames + changed.shape[1]
    return _Difference(peak, math.sqrt(squares / max(1, channels * frames)), at, frames)


def _place(tapped: Taps, gain: float, changed: _Difference, rate_hz: int) -> Place:
    """Where the difference is largest."""
    frames = min(changed.frames, LONGEST_S * rate_hz)
    start = min(max(0, changed.at - frames // 2), changed.frames - frames)
    after, before = (
        between(blocks, start, start + frames) for blocks in (tapped.after(), tapped.before())
    )
    return Place(rate_hz, start / rate_hz, after, gain * before)


def _write(tapped: Taps, target: Path, gain: float, pad: float, rate_hz: int, shown: str) -> None:
    try:
        sweep(target.parent, _STAGED)
        with leased_folder(target.parent, _STAGED) as folder:
            staged = folder / "made"
            staged.mkdir()
            with ExitStack() as stack:
                writers = [
                    stack.enter_context(
                        WavWriter(staged / name, rate_hz, 2, "pcm24", f"report/{name}")
                    )
                    for name in FILES
                ]
                for after, before in _pairs(tapped, gain):
                    for writer, block in zip(writers, (after, before, after - before), strict=True):
                        writer.write(pad * block)
            saved(staged / PAGE, _marked(shown, staged))
            _refuse_foreign(target)
            if target.exists():
                target.rename(folder / "before")
            staged.rename(target)
    except OSError as cause:
        raise cannot_write(target, cause) from cause


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
