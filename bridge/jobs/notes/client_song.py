"""What a song's client is shown: its takes, and what became of every note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from bridge.comparing import Change
from bridge.finished import LOCK, RECORD, Record, need_record, read_lock, read_record
from bridge.jobs.model import Job
from bridge.jobs.notes.answers import SoundingStem, answers_of
from bridge.jobs.notes.revising import section_ends_s, song_name
from bridge.jobs.notes.takes import DRAFT, ROUGH_MIX
from bridge.jobs.revisions import (
    KEPT_JOB,
    Revision,
    SongDocument,
    document_of_draft,
    document_of_revision,
    load_kept_job,
    need_files,
    revisions_of,
    song_changes,
)
from bridge.pages.client import ClientNote, ClientSong, ClientTake
from stemwright.problems import InputError, Problem
from stemwright.words import quoted

CHAIN = "chain.toml"


def client_song(path: Path) -> ClientSong:
    """A job's rough mix, references, revisions, and its draft where that was not sent yet.

    Where its chain, stems, mixes or its own file are gone, what is kept of it says the rest; a
    revision that is gone or not as it was sent is left out. Raises JobError where nothing does;
    InputError `bad_record`, and where there is no master at all what is wrong with the revisions,
    else `no_draft`.
    """
    return client_song_of(load_kept_job(path).job)


def client_song_of(job: Job) -> ClientSong:
    """As `client_song`, of a job that was read."""
    left_out: list[Problem] = []
    masters = [*_masters(job, left_out)]
    if not masters:
        if left_out:
            raise InputError(left_out)
        message, hint = (
            "this job has no draft yet",
            f"render it first: stemwright render {quoted(job.folder)}",
        )
        raise InputError(Problem("no_draft", message, {"file": str(job.folder)}, hint=hint))
    newest = masters[-1][1]
    takes = (*_mixes(job, newest), *(take for take, _ in masters))
    notes = sorted(_notes(job, takes), key=lambda each: (each.from_s, each.id))
    return ClientSong(song_name(job), job.artist, takes, tuple(notes), tuple(left_out))


def _masters(job: Job, left_out: list[Problem]) -> Iterator[tuple[ClientTake, Record]]:
    """Every revision, and the draft unless it is the last one's music.

    What is wrong with a revision that cannot be used is added to `left_out`.
    """
    last = None
    for revision in revisions_of(job.folder):
        try:
            take, record = _sent(revision)
        except InputError as error:
            left_out += error.problems
            continue
        last = take.pcm
        yield take, record
    draft = read_record(job.draft)
    if draft is not None and draft.outputs:
        take = _master(DRAFT, job.draft, draft)
        if take.pcm != last:
            yield take, draft


def _sent(revision: Revision) -> tuple[ClientTake, Record]:
    """A revision's master as it was sent. Raises InputError."""
    told = need_files(revision, (RECORD,))
    record = need_record(revision.folder)
    take = _master(revision.name, revision.folder, record, told.words, told.when[:10])
    need_files(revision, (take.path.name, CHAIN, LOCK, KEPT_JOB))
    return take, record


def _master(name: str, folder: Path, record: Record, words: str = "", sent: str = "") -> ClientTake:
    main = record.outputs[0]
    path = folder / f"{main.version}.wav"
    return ClientTake(name, "version", path, words, sent, main.pcm_sha256)


def _mixes(job: Job, newest: Record) -> Iterator[ClientTake]:
    """The rough mix from where the newest report found its music to begin, and the references."""
    if job.rough is not None and job.rough.exists():
        late_s = next(
            (
                each.offset_s
                for each in newest.heard or ()
                if each.kind == "mix" and each.name == job.rough.stem and each.offset_s is not None
            ),
            0.0,
        )
        yield ClientTake(ROUGH_MIX, "mix", job.rough, start_s=late_s)
    for reference in filter(Path.exists, job.references):
        yield ClientTake(reference.stem, "reference", reference)


def _notes(job: Job, takes: Sequence[ClientTake]) -> Iterator[ClientNote]:
    since = _Since(job, takes)
    for section in job.sections:
        if section.note is not None:
            start_s, end_s = section_ends_s(section, job)
            said = section.note
            answers = answers_of(section, job, since.changes(said.take), since.stems)
            words = section.words
            yield ClientNote(said.id, said.take, start_s, end_s, said.by, words, answers)


class _Since:
    """What was changed in the song from each master to the newest, as `changes` tells it."""

    def __init__(self, job: Job, takes: Sequence[ClientTake]) -> None:
        self._job = job
        self._folders = {each.name: each.path.parent for each in takes if each.kind == "version"}
        self._newest = takes[-1].name
        self._known: dict[str, tuple[Change, ...]] = {self._newest: ()}

    @cached_property
    def stems(self) -> tuple[SoundingStem, ...]:
        """What sounds in the newest master; none where that is not known."""
        if self._now is None:
            return ()
        sources = read_lock(self._folders[self._newest]).sources
        return tuple(SoundingStem(row.stem, row.name, row.group) for row in sources)

    def changes(self, take: str) -> tuple[Change, ...]:
        """The changes since a take; none known of what is no master here, or is not whole."""
        if take not in self._folders or self._now is None:
            return ()
        if take not in self._known:
            before = document_of_revision(self._folders[take])
            self._known[take] = song_changes(before, self._now)
        return self._known[take]

    @cached_property
    def _now(self) -> SongDocument | None:
        """The newest master's song; None of a draft whose job file or lock cannot be read."""
        folder = self._folders[self._newest]
        if self._newest != DRAFT:
            return document_of_revision(folder)
        try:
            return document_of_draft(self._job.path, folder)
        except InputError:
            return None
