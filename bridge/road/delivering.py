"""A song's finished revision, or any finished folder, becomes a delivery."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemwright.problems import InputError, Problem, RenderError

if TYPE_CHECKING:
    from bridge.audio import Subtype
    from bridge.comparing import Stand
    from bridge.delivering import (
        Delivery,
        PlannedFile,
        Profile,
        Progress,
        SongToDeliver,
        SongVersion,
    )
    from bridge.delivering.tags import SongMetadata
    from bridge.finished import Lock
    from bridge.gathering import Events
    from bridge.jobs import BarClock, Job
    from bridge.road.again import FinishedAgain
    from chains import Chain


@dataclass(frozen=True)
class ToDeliver:
    """What is delivered: a job's revision, its draft, or a finished folder of a render.

    Of a `job`, `revision` names one; none is the newest that is approved. `draft` takes what was
    not sent instead. `folder` is a finished folder of no job. `only` are the versions wanted, all
    where it is empty; `settings` are KEY=VALUE metadata that stand over the job's.
    """

    job: Job | None = None
    folder: Path | None = None
    revision: str | None = None
    draft: bool = False
    store: Path | None = None
    plugin_folders: Sequence[Path] = ()
    trusted: Sequence[Path] = ()
    jobs: int = 1
    only: Sequence[str] = ()
    settings: Sequence[str] = ()


@dataclass(frozen=True)
class Deliverable:
    """A finished folder with the song it is, read."""

    given: ToDeliver
    folder: Path
    lock: Lock
    chain: Chain
    song: SongToDeliver


def deliverable(given: ToDeliver) -> Deliverable:
    """Find and read what is delivered.

    Raises InputError: `not_approved` where no revision is, as `find_revision` and `need_files` do,
    `not_a_master`; JobError for metadata that are wrong, each with its line.
    """
    from bridge.delivering import SongToDeliver
    from bridge.finished import open_chain_and_lock

    folder, number = _finished(given)
    chain, lock = open_chain_and_lock(folder)
    if not lock.outputs or lock.range is not None:
        raise InputError(_no_master(folder))
    versions = _versions(given, chain, lock)
    metadata = _metadata(given)
    return Deliverable(
        given,
        folder,
        lock,
        chain,
        SongToDeliver(
            metadata,
            lock.engine.sample_rate_hz,
            versions,
            number,
            None if chain.target is None else chain.target.true_peak_dbtp,
        ),
    )


def planned_delivery(found: Deliverable, profiles: Sequence[Profile]) -> tuple[PlannedFile, ...]:
    """Every file the delivery will hold. Raises InputError with all that is wrong."""
    from bridge.delivering import planned_files

    return planned_files(profiles, found.song)


def deliver(
    found: Deliverable,
    files: Sequence[PlannedFile],
    folder: Path,
    *,
    replace_old: bool = False,
    events: Events,
    progress: Progress,
) -> Delivery:
    """Render what the store has not, and write the delivery.

    Raises as a render does; RenderError `not_as_finished` where the song comes out otherwise than
    it was finished.
    """
    from bridge.delivering import check_place, make_delivery
    from bridge.pages import delivery_page
    from bridge.road.again import FinishedAgain
    from bridge.storing import Store, default_root

    check_place(folder, replace=replace_old)
    given = found.given
    store = Store(given.store or default_root())
    again = FinishedAgain(
        found.folder,
        store,
        given.plugin_folders,
        given.trusted,
        given.jobs,
        events=events,
        stand=_stand(given.job),
    )
    with _masters(found, again) as masters:
        return make_delivery(
            files,
            found.song,
            masters.of,
            folder,
            page=delivery_page,
            progress=progress,
            replace=replace_old,
        )


@dataclass(frozen=True)
class _Masters:
    """Float masters, rendered when the first file asks for one of them."""

    found: Deliverable
    again: FinishedAgain
    work: Path
    made: dict[object, Mapping[str, Path]] = field(default_factory=dict)

    def of(self, profile: Profile, version: str) -> Path:
        """Where a version's master for a profile lies."""
        aim = profile.aim
        if aim not in self.made:
            self.made[aim] = self._own() if aim is None else self._aimed(profile)
        return self.made[aim][version]

    def _own(self) -> Mapping[str, Path]:
        from bridge.rendering import render

        lock = self.found.lock
        drive_db, trim_db = lock.drive_db, lock.trim_db or 0.0
        rendering = render(self.again.context(), "float64", drive_db, trim_db)
        masters = {each.version: each.path for each in rendering.outputs}
        wanted = {each.version: each.pcm_sha256 for each in lock.outputs}
        for version in {each.master: None for each in self.found.song.versions}:
            place = self.work / "quantised.wav"
            hashes = (_quantised(masters[version], each, place) for each in _written_as(lock))
            if wanted[version] not in hashes:
                raise RenderError(_not_as_finished(self.found.folder, version))
        return masters

    def _aimed(self, profile: Profile) -> Mapping[str, Path]:
        """Solved anew before the limiter: a finished master is never limited again."""
        from bridge.rendering import render
        from chains import Target

        assert profile.aim is not None  # noqa: S101 - who calls asked
        own = self.found.chain.target or Target()
        target = replace(
            own,
            integrated_lufs=profile.aim.integrated_lufs,
            true_peak_dbtp=profile.aim.true_peak_dbtp or own.true_peak_dbtp,
        )
        rendering = render(self.again.context(target), "float64")
        return {each.version: each.path for each in rendering.outputs}


@contextmanager
def _masters(found: Deliverable, again: FinishedAgain) -> Iterator[_Masters]:
    """What the store gives stays in it until the delivery is written."""
    with again.store.holding(), tempfile.TemporaryDirectory() as work:
        yield _Masters(found, again, Path(work))


def _written_as(lock: Lock) -> tuple[Subtype, ...]:
    """A version over its ceiling, which integers would clip, was written as float32."""
    return (lock.subtype, "float32")


def _quantised(master: Path, subtype: Subtype, place: Path) -> str:
    """The hash of a float master's samples, written as a finished one is."""
    from bridge.audio import WavWriter, probe, read_blocks
    from bridge.delivering.files import DITHER_WORDS

    header = probe(master)
    rate_hz, channels = header.sample_rate_hz, header.channels
    with WavWriter(place, rate_hz, channels, subtype, DITHER_WORDS, overwrite=True) as writer:
        for block in read_blocks(master):
            writer.write(block)
    return writer.result.pcm_sha256


def _finished(given: ToDeliver) -> tuple[Path, int | None]:
    job = given.job
    if job is None:
        assert given.folder is not None  # noqa: S101 - one of them is given
        return given.folder, None
    if given.draft:
        if not job.draft.is_dir():
            hint = f"render it first: stemwright render {job.folder}"
            said, where = "this job has no draft yet", {"file": str(job.path)}
            raise InputError(Problem("no_draft", said, where, hint=hint))
        return job.draft, None
    from bridge.jobs.revisions import find_revision, need_files, revision_number

    name = given.revision or _newest_approved(job)
    revision = find_revision(job.folder, name)
    need_files(revision)
    return revision.folder, revision_number(name)


def _newest_approved(job: Job) -> str:
    from bridge.jobs.revisions import approvals_of, revision_names

    approved = {each.revision for each in approvals_of(job.folder)}
    names = [each for each in revision_names(job.folder) if each in approved]
    if not names:
        sent = revision_names(job.folder)
        hint = (
            f"stemwright approve {job.folder} {sent[-1]}, or name one: --revision {sent[-1]}"
            if sent
            else f"send it first: stemwright send {job.folder}; or say --draft"
        )
        said = "no revision of this job is approved"
        raise InputError(Problem("not_approved", said, {"file": str(job.path)}, hint=hint))
    return names[-1]


def _versions(given: ToDeliver, chain: Chain, lock: Lock) -> tuple[SongVersion, ...]:
    """What was finished, and the edits of it that the job asks for: all, or those wanted."""
    from stemwright.words import nearest

    every = (*_finished_versions(chain, lock), *_edits(given.job, lock))
    made, only = [each.id for each in every], given.only

    problems = [
        Problem(
            "usage",
            f"--only {word}: the song has no version of that name",
            expected=f"one of {', '.join(made)}",
            nearest=nearest(word, made),
        )
        for word in only
        if word not in made
    ]
    if problems:
        raise InputError(problems)
    return tuple(each for each in every if not only or each.id in only)


def _finished_versions(chain: Chain, lock: Lock) -> Iterator[SongVersion]:
    from bridge.delivering import SongVersion

    groups = {each.id for each in chain.groups}
    alone = {
        each.id: each.only[0]
        for each in chain.versions
        if len(each.only) == 1 and each.only[0] in groups
    }
    for output in lock.outputs:
        yield SongVersion(output.version, alone.get(output.version))


def _edits(job: Job | None, lock: Lock) -> Iterator[SongVersion]:
    """The job's edits of what was finished. Raises JobError with all that does not fit it."""
    if job is None or not job.edits or lock.frames is None:
        return
    from bridge.delivering import SongVersion
    from bridge.jobs import JobError, timed_edits
    from chains import Fault

    made = [each.version for each in lock.outputs]
    faults = [
        Fault(
            "unknown_version",
            f"what was finished has no version {edit.of}, which {edit.id} is cut out of",
            edit.where,
            f"one of {', '.join(made)}",
        )
        for edit in job.edits
        if edit.of not in made
    ]
    if faults:
        raise JobError(faults)
    found = timed_edits(job, _clock(job), lock.frames / lock.engine.sample_rate_hz)
    for edit in job.edits:
        yield SongVersion(edit.id, of=edit.of, edit=found[edit.id])


def _clock(job: Job) -> BarClock:
    """What counts the bars of the job's edits; the stems are read only where there are any."""
    from bridge.jobs import BarClock, needs_bars, song_session

    if not needs_bars(job):
        return BarClock(())
    from sessions import read

    session = song_session(job, read(job.stems))
    return BarClock(session.tempo, session.meters)


def _metadata(given: ToDeliver) -> SongMetadata:
    """The job's, and what was said over it."""
    from bridge.delivering.tags import SongMetadata
    from bridge.road.tagging import set_metadata, song_metadata

    own = SongMetadata() if given.job is None else song_metadata(given.job)
    said = set_metadata(given.settings)
    over: dict[str, Any] = {name: getattr(said, name) for name, _ in said.said()}
    if said.cover is not None:
        over["cover"] = said.cover
    return replace(own, **over)


def _stand(job: Job | None) -> Stand | None:
    from bridge.road.asking import stand_of

    return None if job is None else stand_of(job.path, None, alone=False)


def _no_master(folder: Path) -> Problem:
    return Problem(
        "not_a_master",
        "only a whole finished master can be delivered",
        {"file": str(folder)},
        hint="render it first: stemwright render SESSION CHAIN -o DIR",
    )


def _not_as_finished(folder: Path, version: str) -> Problem:
    return Problem(
        "not_as_finished",
        f"{version} does not come out as it was finished: a stem, a plugin or this tool changed",
        {"file": str(folder)},
        hint=f"stemwright verify {folder} names what changed",
    )
