"""All that is said of a song, in one value: its chain with the overrides, and the job beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from blake3 import blake3
from pydantic import ValidationError

from bridge.comparing import chain_digest
from bridge.finished import Lock, read_lock
from bridge.jobs.job_file import JOB_FILE, JobFile, RideTable
from bridge.jobs.model import RAMP_S
from bridge.jobs.reading import load_job
from bridge.jobs.revisions.record import KEPT_JOB
from bridge.jobs.times import SongTime
from chains import Chain, load, of_this_schema, toml_data, toml_text
from stemwright.problems import InputError, Problem

Tree = dict[str, Any]


@dataclass(frozen=True)
class SongDocument:
    """A song as it is said: `chain` with the overrides and the held tail in it, `song` the rest.

    `song` is a tree of plain values: title, artist, tempo_bpm, drive_db, trim_db, rough,
    references, due, revisions_included; `stem`, `section`, `metadata` by name; `ride`, whose order
    says nothing; `source`, the samples of each stem; `plugin`, what each hosted step was hosted by.
    """

    chain: Chain
    song: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """The blake3 of all of it: equal for two songs between which nothing changed."""
        return blake3(f"{chain_digest(self.chain)} {canonical(self.song)}".encode()).hexdigest()


def canonical(value: Any) -> str:
    """The one text of a plain value; two values are the same where their texts are."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def document_of_revision(folder: Path) -> SongDocument:
    """What a revision, whose files are whole, says of the song.

    Raises InputError: ChainError, `bad_lock`, `bad_revision`.
    """
    job = _job_file(folder / KEPT_JOB)
    return song_document(load(folder / "chain.toml"), job, read_lock(folder))


def document_of_draft(job: Path, draft: Path) -> SongDocument:
    """What a draft says of the song, beside the job's file as it is now.

    Raises as `document_of_revision`.
    """
    return song_document(load(draft / "chain.toml"), _job_file(job), read_lock(draft))


def document_of_job(path: Path) -> SongDocument:
    """What a job says of its song now; of its stems' sound and its plugins, nothing.

    Raises JobError.
    """
    job = load_job(path)
    return song_document(job.chain, _job_file(job.path))


def _job_file(path: Path) -> JobFile:
    data, source = toml_data(toml_text(path, JOB_FILE), str(path), JOB_FILE)
    data, _ = of_this_schema(data, source, JOB_FILE)
    try:
        return JobFile.model_validate(data)
    except ValidationError as error:
        said = f"{path.name} is no job: {error.error_count()} of its values are wrong"
        raise InputError(Problem("bad_revision", said, {"file": str(path)})) from None


def song_document(chain: Chain, job: JobFile, lock: Lock | None = None) -> SongDocument:
    """What a job says with its effective chain, and of a lock the samples and plugins."""
    if job.tail_s is not None:
        chain = replace(chain, engine=replace(chain.engine, tail_s=job.tail_s))
    return SongDocument(chain, song_tree(job, lock))


def song_tree(job: JobFile, lock: Lock | None = None) -> Tree:
    """The tree of a job beside its chain; what says nothing is left out of it."""
    rides = [_ride(row, job) for row in job.ride]
    return {
        "title": job.title,
        "artist": job.artist,
        "tempo_bpm": job.tempo_bpm,
        "drive_db": job.drive_db,
        "trim_db": _plain(job.trim_db or 0.0),
        "rough": job.rough,
        "references": list(job.references),
        "due": None if job.due is None else job.due.isoformat(),
        "revisions_included": job.revisions_included,
        "stem": {name: _plain(row.gain_db) for name, row in job.stem.items() if row.gain_db},
        "section": {
            row.name: {
                "from": _time(row.start),
                "to": _time(row.end),
                "words": row.words or "",
                "note": None if row.note is None else row.note.model_dump(),
                "answer": row.answer or "",
            }
            for row in job.section
        },
        "ride": sorted(rides, key=canonical),
        "metadata": _plain(job.metadata),
        "source": {} if lock is None else dict(_sources(lock)),
        "plugin": {} if lock is None else dict(_plugins(lock)),
    }


def _ride(row: RideTable, job: JobFile) -> Tree:
    owner = {"group": row.group} if row.stem is None else {"stem": row.stem}
    pre = {"pre": True} if row.pre else {}
    if row.points is not None:
        points = [[_time(time), _plain(gain_db)] for time, gain_db in row.points]
        return {**owner, **pre, "points": points}
    names = {each.name.casefold(): each.name for each in job.section}
    if row.section is not None:
        when = {"section": names.get(row.section.casefold(), row.section)}
    else:
        when = {"from": _time(row.start), "to": _time(row.end)}
    ramp_s = RAMP_S if row.ramp_s is None else row.ramp_s
    return {**owner, **pre, **when, "gain_db": _plain(row.gain_db or 0.0), "ramp_s": ramp_s}


def _time(time: SongTime | None) -> Any:
    """Seconds, or a bar as it is counted: however it was written."""
    if time is None or time.seconds is not None:
        return None if time is None else _plain(time.seconds)
    return f"bar {time.bar}" if time.beat == 1 else f"bar {time.bar}.{time.beat}"


def _sources(lock: Lock) -> Iterator[tuple[str, list[str]]]:
    for row in lock.sources:
        yield row.stem, [file.pcm for file in row.files]


def _plugins(lock: Lock) -> Iterator[tuple[str, Tree]]:
    for row in lock.plugins:
        yield row.step, {"version": row.version, "binary": row.binary, "state": row.state}


def _plain(value: Any) -> Any:
    """A value of TOML as JSON has it: dates as text, one zero."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value + 0.0
    return value if value is None or isinstance(value, str | int) else str(value)
