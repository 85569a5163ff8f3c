"""A song's finished revision, or any finished folder, becomes a delivery."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.road.deliveries.asked import ToDeliver
from bridge.road.deliveries.elsewhere import (
    MastersElsewhere,
    is_elsewhere,
    made_elsewhere,
    masters_elsewhere,
    not_solvable,
    song_elsewhere,
)
from bridge.road.deliveries.enclosing import Enclosing
from bridge.road.deliveries.masters import SongMasters
from bridge.road.deliveries.record_masters import RecordMasters
from bridge.road.deliveries.sent_song import SentSong, sent_song
from bridge.road.deliveries.song_versions import song_versions
from stemwright.problems import Diagnostic, InputError, Problem

if TYPE_CHECKING:
    from bridge.comparing import Stand
    from bridge.delivering import (
        AskedRecord,
        Delivery,
        PlannedFile,
        Profile,
        Progress,
        SongToDeliver,
    )
    from bridge.delivering.tags import SongMetadata
    from bridge.finished import Lock
    from bridge.gathering import Events
    from bridge.storing import Store
    from chains import Chain


@dataclass(frozen=True)
class Deliverable:
    """A finished folder with the song it is, read; `job` is its job's file, None without one.

    `made` is None where its masters were made `elsewhere`. `told` is what the user should know
    before anything is made.
    """

    given: ToDeliver
    folder: Path
    made: MadeOf | None
    song: SongToDeliver
    job: Path | None = None
    elsewhere: MastersElsewhere | None = None
    told: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class MadeOf:
    """What a finished folder was made of."""

    chain: Chain
    lock: Lock


@dataclass(frozen=True)
class Planned:
    """The files of a delivery, and what of the profiles cannot be made of this song."""

    files: tuple[PlannedFile, ...]
    left_out: tuple[Problem, ...] = ()


def deliverables(given: Sequence[ToDeliver]) -> tuple[Deliverable, ...]:
    """Find and read all that is delivered. Raises InputError with what is wrong of every song."""
    found: list[Deliverable] = []
    problems: list[Problem] = []
    for each in given:
        try:
            found.append(_deliverable(each))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def _deliverable(given: ToDeliver) -> Deliverable:
    """Find and read what is delivered.

    Raises as `sent_song` and `masters_elsewhere`; InputError `not_found`, `not_a_master`; JobError
    for metadata that are wrong, each with its line.
    """
    from bridge.delivering import SongToDeliver
    from bridge.finished import open_chain_and_lock

    sent = sent_song(given)
    if not sent.folder.exists():
        said, hint = f"{sent.folder} does not exist", "name a job, or a folder of finished masters"
        raise InputError(Problem("not_found", said, {"file": str(sent.folder)}, hint=hint))
    if not given.is_job and is_elsewhere(given.song):
        masters = masters_elsewhere(given)
        song = song_elsewhere(
            given, masters, _metadata(given, sent, list(masters.files)), sent.number
        )
        note = made_elsewhere(given.song)
        return Deliverable(given, sent.folder, None, song, elsewhere=masters, told=(note,))
    chain, lock = open_chain_and_lock(sent.folder)
    if not lock.outputs or lock.range is not None:
        raise InputError(_no_master(sent.folder))
    versions, told = song_versions(given, sent, chain, lock)
    known = dict.fromkeys([*(each.version for each in lock.outputs), *(v.id for v in versions)])
    metadata = _metadata(given, sent, list(known))
    return Deliverable(
        given,
        sent.folder,
        MadeOf(chain, lock),
        SongToDeliver(
            metadata,
            lock.engine.sample_rate_hz,
            versions,
            sent.number,
            None if chain.target is None else chain.target.true_peak_dbtp,
            lock.frames or 0,
        ),
        None if sent.job is None else sent.job.path,
        told=(*sent.told, *told),
    )


def planned_delivery(
    found: Sequence[Deliverable], profiles: Sequence[Profile], asked: AskedRecord
) -> Planned:
    """Every file the delivery will hold, of those profiles that can be made.

    Raises InputError with all that is wrong, and where none of them can; OverFullScaleError where
    integers would cut all of it.
    """
    from bridge.delivering import OverFullScaleError, planned_files

    elsewhere = [each.folder for each in found if each.elsewhere is not None]
    left = [each for each in profiles if each.aim and each.aim.limiter and elsewhere]
    left_out = tuple(not_solvable(each, elsewhere[0]) for each in left)
    wanted = [each for each in profiles if each not in left]
    if not wanted:
        raise InputError(left_out)
    files = planned_files(wanted, [each.song for each in found], asked)
    checked = [(each, _over_full_scale(each, found[0])) for each in files]
    over = [problem for _, problems in checked for problem in problems]
    kept = tuple(each for each, problems in checked if not problems)
    if not kept:
        raise OverFullScaleError([*left_out, *over])
    return Planned(kept, (*left_out, *over))


def _over_full_scale(file: PlannedFile, found: Deliverable) -> tuple[Problem, ...]:
    """Why a file of integers cannot be made of a finished master, where that is known already."""
    from bridge.delivering import OverFullScaleError, check_full_scale

    if file.side is not None or file.profile.aim is not None:
        return ()  # rendered anew, which decides
    master = found.folder / f"{file.master}.wav"
    if found.elsewhere is not None:
        master = found.elsewhere.files[file.master]
    try:
        if master.is_file():
            check_full_scale(file, master)
    except OverFullScaleError as error:
        return error.problems
    return ()


def deliver(
    found: Sequence[Deliverable],
    planned: Planned,
    folder: Path,
    *,
    replace_old: bool = False,
    events: Events,
    progress: Progress,
) -> Delivery:
    """Render what the store has not, and write the delivery.

    Raises as a render does; RenderError `not_as_finished` where a song comes out otherwise than
    it was finished.
    """
    from bridge.delivering import LossyPeaks, check_place, make_delivery
    from bridge.pages import delivery_page
    from bridge.storing import Store, default_root

    check_place(folder, replacing=replace_old)
    files = planned.files
    enclosing = _enclosing(found, files, folder)
    told = [note for each in found for note in each.told]
    told += [note for each in enclosing for note in each.check()]
    store = Store(found[0].given.store or default_root())
    with store.holding(), tempfile.TemporaryDirectory() as work:
        songs = [_song_masters(each, store, events, Path(work)) for each in found]
        masters = RecordMasters(songs, files, Path(work))
        made = make_delivery(
            files,
            _release(found),
            masters.of,
            folder,
            page=delivery_page,
            progress=progress,
            enclose=lambda staging: [row for each in enclosing for row in each(staging)],
            sums=masters.sums,
            lossy=LossyPeaks(masters.moment, found[0].given.dip_overs),
            left_out=planned.left_out,
            jobs=found[0].given.jobs,
            replacing=replace_old,
        )
    return replace(made, diagnostics=(*told, *masters.told, *made.diagnostics))


def _release(found: Sequence[Deliverable]) -> SongToDeliver:
    """What the manifest says the delivery is of: the song, or what several say alike."""
    from bridge.delivering import common_metadata

    if len(found) == 1:
        return found[0].song
    metadata = common_metadata([each.song.metadata for each in found])
    return replace(found[0].song, metadata=metadata, revision=None, ceiling_dbtp=None)


def _enclosing(
    found: Sequence[Deliverable], files: Sequence[PlannedFile], folder: Path
) -> list[Enclosing]:
    profiles = list(dict.fromkeys(each.profile for each in files))
    return [
        Enclosing(
            each.folder,
            None if each.made is None else each.made.lock,
            profiles,
            folder,
            each.given.with_stems,
            "" if len(found) == 1 else f"-{number}",
        )
        for number, each in enumerate(found, 1)
    ]


def _song_masters(
    found: Deliverable, store: Store, events: Events, work: Path
) -> SongMasters | MastersElsewhere:
    from bridge.road.again import FinishedAgain

    if found.elsewhere is not None:
        return found.elsewhere
    assert found.made is not None  # noqa: S101 - it is one of the two
    given = found.given
    again = FinishedAgain(
        found.folder,
        store,
        given.plugin_folders,
        given.trusted,
        given.jobs,
        events=events,
        stand=_stand(found.job),
    )
    return SongMasters(again, found.made.chain, found.made.lock, found.song, work)


def _metadata(given: ToDeliver, sent: SentSong, versions: Sequence[str]) -> SongMetadata:
    """The job's, and what was said over it, also of one of its `versions`."""
    from bridge.delivering.tags import SongMetadata
    from bridge.road.tagging import set_metadata, song_metadata

    own = SongMetadata() if sent.job is None else song_metadata(sent.job, sent.said_in)
    return own.with_over(set_metadata(given.settings, versions))


def _stand(job: Path | None) -> Stand | None:
    from bridge.road.asking import stand_of

    return None if job is None else stand_of(job, None, alone=False)


def _no_master(folder: Path) -> Problem:
    return Problem(
        "not_a_master",
        "only a whole finished master can be delivered",
        {"file": str(folder)},
        hint="render it first: stemwright render SESSION CHAIN -o DIR",
    )
