"""Keeping a finished folder with the job it was made by: a revision, or a draft that makes way."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

from bridge.jobs.revisions.copying import files_in, seen_from
from bridge.jobs.revisions.record import KEPT_JOB, RECORD, Agreement, RevisionRecord
from bridge.jobs.revisions.working import folder_in_making, take_name
from bridge.storing import file_digest
from stemwright.installation import installed_version


def user_name() -> str:
    """Who works here, as the system calls them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user without a name
        return "an unnamed user"


def keep(
    source: Path | None,
    place: Path,
    name: str,
    job_text: bytes,
    words: str,
    who: str,
    when: datetime,
    *,
    freeze: bool = False,
    agreement: Agreement | None = None,
) -> RevisionRecord:
    """Copy a finished folder and a job file into `place` under a free `name`.

    It takes its name last, with one rename: until then nothing of it is there. Without a `source`
    the job file is kept alone. `freeze` notes that it is to be frozen. Raises InputError as
    the folder's readers do, OSError.
    """
    with folder_in_making(place) as folder:
        if source is not None:
            seen_from(source, place / name).written_into(folder)
        (folder / KEPT_JOB).write_bytes(job_text)
        digests = {each: file_digest(folder / each) for each in files_in(folder)}
        time = when.isoformat(timespec="seconds")
        version = installed_version("stemwright")
        record = RevisionRecord(name, words, who, time, version, digests, freeze, agreement)
        (folder / RECORD).write_bytes(record.as_text().encode("utf-8", "backslashreplace"))
        take_name(folder, name)
    return record
