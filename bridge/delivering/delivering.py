"""Making a delivery: every file made, tagged and checked, the folder whole or not there at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from bridge.audio import pcm_sha256
from bridge.delivering.checks import (
    Checked,
    checks_of,
    coding_checks,
    outcome_of,
    side_checks,
    tag_checks,
)
from bridge.delivering.cue_sheet import cue_path, cue_sheet
from bridge.delivering.enclosing import Enclose, Enclosure, enclosed, nothing
from bridge.delivering.files import LOSSY, FileFacts, MadeFile, MasteredMoment, make_file
from bridge.delivering.full_scale import OverFullScaleError, check_full_scale, edit_of
from bridge.delivering.manifest import (
    MANIFEST,
    DeliveredFile,
    Manifest,
    manifest_text,
)
from bridge.delivering.names import name_faults, naming_of
from bridge.delivering.overs import (
    TOLD_ALONE,
    LossyPeaks,
    MomentOf,
    OversSource,
    with_overs_told,
    without_overs,
)
from bridge.delivering.placing import at_last, check_place, put, staging_of
from bridge.delivering.planning import PlannedFile, SongToDeliver
from bridge.delivering.profiles import Profile
from bridge.delivering.sheet import PAGE, SHEET, sheet_text
from bridge.delivering.sides import Side
from bridge.delivering.tags import Loudness, TagOptions, write_tags
from bridge.delivering.version_sums import SumsOf, no_sums, with_sums_told
from bridge.storing import file_digest
from stemwright.problems import Diagnostic, MachineError, Problem, StemwrightError

FloatMaster = Callable[[Profile, str], Path]
"""Where a version's float master for a profile lies, rendered by then."""

PageOf = Callable[[Manifest, Sequence[Problem]], str]
"""The delivery's page as HTML, of its manifest and of what is left out."""

Progress = Callable[[str, int, int], None]
"""Told (path in the delivery, files done, files in all)."""


@dataclass(frozen=True)
class Delivery:
    """A delivery as it was written. `left_out` are files that this machine cannot make."""

    folder: Path
    manifest: Manifest
    left_out: tuple[Problem, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check of every file passed."""
        return self.manifest.passed

    def as_json(self) -> dict[str, Any]:
        """What `deliver --json` prints."""
        return {
            "folder": str(self.folder),
            **self.manifest.as_json(),
            "left_out": [each.as_json() for each in self.left_out],
            "diagnostics": [each.as_json() for each in self.diagnostics],
        }


def make_delivery(
    files: Sequence[PlannedFile],
    song: SongToDeliver,
    master: FloatMaster,
    folder: Path,
    *,
    page: PageOf,
    progress: Progress,
    enclose: Enclose = nothing,
    sums: SumsOf = no_sums,
    lossy: LossyPeaks = TOLD_ALONE,
    left_out: Sequence[Problem] = (),
    jobs: int = 1,
    replacing: bool = False,
) -> Delivery:
    """Make every file beside `folder`, and put them in its place in one move.

    `enclose` adds what lies beside them, `lossy` says what is done about encoders' peaks, `sums`
    which versions add up to the main one. So many
    files as `jobs` are made at once. What this machine has no encoder for, and what integers would
    cut (`over_full_scale`), is told with what is `left_out` already; MachineError or
    OverFullScaleError where nothing else is asked for. Raises InputError, RenderError; the folder
    is then as it was.
    """
    check_place(folder, replacing=replacing)
    made: list[tuple[PlannedFile, DeliveredFile]] = []
    left = list(left_out)
    told: list[Diagnostic] = []
    cues: list[Enclosure] = []
    with staging_of(folder) as staging:
        for number, (file, outcome) in enumerate(
            _made_side_by_side(files, song, master, staging, lossy, jobs), 1
        ):
            try:
                row, notes = outcome.result()
            except MachineError as error:
                if any(each.kind != "encoder_missing" for each in error.problems):
                    raise
                left += error.problems
                continue
            except OverFullScaleError as error:
                left += error.problems
                continue
            made.append((file, row))
            told += (at_last(each, staging, folder) for each in notes)
            cues += _with_cue(file, staging)
            progress(file.path, number, len(files))
        if not made:
            raise _nothing_made(left)
        manifest = Manifest(
            song.metadata.title,
            song.metadata.artist,
            song.revision,
            tuple(with_sums_told(made, staging, sums)),
            tuple(enclosed(staging, [*cues, *enclose(staging)])),
        )
        _write(staging / SHEET, sheet_text(manifest, left))
        _write(staging / PAGE, page(manifest, left))
        manifest = _with_sheets(manifest, staging)
        _write(staging / MANIFEST, manifest_text(manifest))
        check_place(folder, replacing=replacing)
        put(staging, folder)
    return Delivery(folder, manifest, tuple(left), tuple(told))


def _nothing_made(left: Sequence[Problem]) -> StemwrightError:
    over = all(each.kind == "over_full_scale" for each in left)
    return OverFullScaleError(left) if over else MachineError(left)


_Made = tuple[DeliveredFile, tuple[Diagnostic, ...]]


def _made_side_by_side(
    files: Sequence[PlannedFile],
    song: SongToDeliver,
    master: FloatMaster,
    staging: Path,
    lossy: LossyPeaks,
    jobs: int,
) -> Iterator[tuple[PlannedFile, Future[_Made]]]:
    """Yield every file in its order, with what making it came to once that is known.

    Encoders leave the interpreter to others while they work, so threads are enough. Masters are
    rendered before, and a moment of one by one thread at a time: those have threads of their own.
    """
    masters = [master(file.profile, file.master) for file in files]
    alone = replace(lossy, moment=_by_one_thread(lossy.moment))
    pool = ThreadPoolExecutor(max_workers=max(1, jobs))
    try:
        futures = [
            pool.submit(_delivered, file, song, of, staging, alone)
            for file, of in zip(files, masters, strict=True)
        ]
        for file, future in zip(files, futures, strict=True):
            wait([future])
            yield file, future
    finally:
        pool.shutdown(cancel_futures=True)


def _by_one_thread(moment: MomentOf) -> MomentOf:
    alone = Lock()

    def asked(profile: Profile, version: str, at_s: float) -> MasteredMoment | None:
        with alone:
            return moment(profile, version, at_s)

    return asked


def _with_cue(file: PlannedFile, staging: Path) -> Iterator[Enclosure]:
    """The cue sheet of a file that is a side of a record, written beside it."""
    if file.side is not None:
        path = cue_path(file.path)
        (staging / path).write_bytes(cue_sheet(file.name, file.side, file.metadata).encode())
        yield Enclosure(path, f"the cue sheet of {file.side.name}")


def _with_sheets(manifest: Manifest, staging: Path) -> Manifest:
    sheets = (Enclosure(name, "the delivery sheet") for name in (SHEET, PAGE))
    return replace(manifest, enclosed=(*manifest.enclosed, *enclosed(staging, sheets)))


def _delivered(
    file: PlannedFile, song: SongToDeliver, master: Path, staging: Path, lossy: LossyPeaks
) -> _Made:
    place = staging / file.path
    place.parent.mkdir(parents=True, exist_ok=True)
    profile = file.profile
    check_full_scale(file, master)
    edit = edit_of(file, master)
    made = make_file(master, place, file.coding, edit, _ceiling_dbtp(profile, song))
    source = OversSource(master, edit, lossy.moment, lossy.dips)
    dips = None
    if lossy.dips:
        made, dips = without_overs(made, file, source)
    notes: tuple[Diagnostic, ...] = ()
    if profile.embeds_tags:
        notes = _tagged(made, file)
    checks = (
        *with_overs_told(_checks(file, made), file, made, source),
        *(() if dips is None else (dips,)),
    )
    return (
        DeliveredFile(
            path=file.path,
            profile=profile.name,
            version=file.version,
            coding=file.coding,
            frames=made.frames,
            sha256=file_digest(place),
            pcm_sha256=None if file.coding.format in LOSSY else pcm_sha256(place),
            trim_db=made.trim_db,
            measures=made.measures,
            checks=checks,
            side=file.side,
        ),
        notes,
    )


def _ceiling_dbtp(profile: Profile, song: SongToDeliver) -> float | None:
    """What a conversion of rate may not lift peaks over."""
    own = song.ceiling_dbtp if profile.aim is None else profile.aim.true_peak_dbtp
    ceilings = [
        each for each in (own, profile.limits.get("max_true_peak_dbtp")) if each is not None
    ]
    return min(ceilings, default=None)


def _tagged(made: MadeFile, file: PlannedFile) -> tuple[Diagnostic, ...]:
    loudness = Loudness.of(made.measures) if file.coding.format == "wav" else None
    options = TagOptions(loudness=loudness, before_audio=file.profile.tags_before_audio)
    return write_tags(made.path, file.metadata, options=options).diagnostics


def _checks(file: PlannedFile, made: MadeFile) -> Iterator[Checked]:
    facts = made.facts  # tags change no sample, which writing them proves
    yield from coding_checks(file.path, facts, file.coding)
    rows = checks_of(file.path, facts, file.profile)
    yield from rows if file.side is None else _with_song(rows, file.side, facts)
    if file.side is not None:
        yield from side_checks(file.path, facts, file.side.record)
    if file.coding.format in LOSSY and "max_true_peak_dbtp" not in file.profile.limits:
        found = facts.measures.true_peak_dbtp
        yield Checked(
            file.path, "codec_over", outcome_of(found <= 0.0, "warn"), round(found, 3), 0.0, "dBTP"
        )
    faults = list(name_faults(naming_of(file.profile.naming), Path(file.name).stem))
    outcome = outcome_of(not faults)
    yield Checked(
        file.path, "name", outcome, file.name, file.profile.naming, words="; ".join(faults)
    )
    yield from tag_checks(file.path, made.path, file.profile, file.version)
    if made.clipped:
        words = "converting the rate lifted peaks over full scale, which cut them"
        yield Checked(file.path, "cut_samples", "fail", made.clipped, 0, "samples", words)
    if made.trim_db:
        words = "converting the rate lifted peaks over the ceiling; so much was taken off"
        yield Checked(file.path, "trim", "warn", round(made.trim_db, 3), 0.0, "dB", words)


def _with_song(rows: Iterable[Checked], side: Side, facts: FileFacts) -> Iterator[Checked]:
    """The checks of a side, that of its sharpest s with the song it is in."""
    song = side.song_at(facts.sibilance_at_s)
    for row in rows:
        told = row.check == "max_sibilance_db" and row.words and song
        yield replace(row, words=f"{row.words}, in {song}") if told else row


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
