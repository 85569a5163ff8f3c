"""The recall sheet of a job's draft or revision, or of any finished folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import InputError

if TYPE_CHECKING:
    from bridge.jobs import Job, JobRide, Section
    from bridge.jobs.revisions import KeptJob
    from bridge.pages.sheet import RideKind, RideName, Sheet, SheetSection, SongWords

_HEARD = (".wav", ".html")
"""Files of a revision that no sheet is read from."""


def sheet_of_folder(
    folder: Path, store: Path | None = None, plugin_folders: Sequence[Path] = ()
) -> Sheet:
    """The sheet of a folder that render wrote. Raises InputError as `open_finished` does."""
    from bridge.pages.sheet import SongWords

    return _sheet(folder, SongWords(), store, plugin_folders)


def sheet_of_draft(
    job: Path, draft: Path, store: Path | None = None, plugin_folders: Sequence[Path] = ()
) -> Sheet:
    """The sheet of a job's draft, with what the job says of its song.

    What of the job is gone, or cannot be read any more, is told on the sheet. Raises as
    `sheet_of_folder`.
    """
    from bridge.jobs.revisions import load_kept_job
    from bridge.pages.sheet import SongWords

    try:
        words = _words(load_kept_job(job))
    except InputError as error:
        words = SongWords(remarks=(_unread(error),))
    return _sheet(draft, replace(words, revision="draft"), store, plugin_folders)


def sheet_of_revision(
    job: Path, name: str, store: Path | None = None, plugin_folders: Sequence[Path] = ()
) -> Sheet:
    """The sheet of a revision of a job, with the job as it was sent, its date and its sender.

    What it is read from has to be as it was sent; masters that are not are told on the sheet.
    Raises InputError `no_revision`, `revision_changed` and `bad_revision`, and as
    `sheet_of_folder`.
    """
    from bridge.jobs import job_path
    from bridge.jobs.revisions import KEPT_JOB, find_revision, need_files, parse_kept_job
    from bridge.pages.sheet import SongWords

    place = job_path(job)
    revision = find_revision(place.parent, name)
    sent = () if revision.record is None else (*revision.record.files,)
    record = need_files(revision, tuple(each for each in sent if not each.endswith(_HEARD)))
    remarks = tuple(each.message for each in revision.problems)
    try:
        text = (revision.folder / KEPT_JOB).read_text(encoding="utf-8")
        kept = parse_kept_job(text, place, revision.folder / "chain.toml")
        words = replace(_words(kept), chain=None)  # it may be another by now
    except InputError as error:
        words = SongWords(remarks=(_unread(error),))
    told = replace(
        words,
        revision=name,
        date=record.when,
        engineer=words.engineer or record.who,
        words=record.words,
        remarks=(*words.remarks, *remarks),
    )
    return _sheet(revision.folder, told, store, plugin_folders)


def _unread(error: InputError) -> str:
    first, others = error.problems[0], len(error.problems) - 1
    more = f" (and {others} more)" if others else ""
    said = f"the job cannot be read: {first.message}{more}"
    return f"{said}; what the chain has otherwise, sections and words are not told"


def _sheet(
    folder: Path, words: SongWords, store: Path | None, plugin_folders: Sequence[Path]
) -> Sheet:
    from bridge.finished import open_finished
    from bridge.pages.sheet import read_plugins, recall_sheet
    from bridge.storing import Store, default_root

    found = open_finished(folder)
    kept = Store(store or default_root())
    with kept.holding():
        readings = read_plugins(found, kept, plugin_folders)
    return recall_sheet(found, words, readings)


def _words(kept: KeptJob) -> SongWords:
    """What a job says of its song, its chain as it is now beside it, and what of it is gone."""
    from bridge.pages.sheet import SongWords
    from chains import ChainError, load

    job = kept.job
    try:
        chain = load(job.chain_path)
    except ChainError:
        chain = None
    metadata = dict(job.metadata)
    engineer = metadata.pop("engineer", "")
    return SongWords(
        title=job.title,
        artist=job.artist,
        engineer=str(engineer),
        metadata=metadata,
        sections=tuple(map(_section, job.sections)),
        rides=tuple(_rides(job)),
        chain=chain,
        remarks=tuple(each.message for each in kept.gone),
    )


def _section(part: Section) -> SheetSection:
    from bridge.pages.sheet import SheetSection

    return SheetSection(
        part.name, f"{_time(part.start.written)} to {_time(part.end.written)}", part.words
    )


def _time(written: float | str) -> str:
    return written.strip() if isinstance(written, str) else f"{written:g} s"


def _rides(job: Job) -> Iterator[RideName]:
    from bridge.pages.sheet import RideName

    for ride in job.rides:
        if ride.stem is not None:
            yield RideName(ride.stem, "stem", ride.section, _peaks_db(ride))
        elif ride.group is not None:
            kind: RideKind = "before the inserts" if ride.pre else "after the inserts"
            yield RideName(ride.group, kind, ride.section, _peaks_db(ride))


def _peaks_db(ride: JobRide) -> tuple[float, ...]:
    if ride.points:
        return tuple(gain_db for _, gain_db in ride.points)
    return 0.0, ride.gain_db, ride.gain_db, 0.0
