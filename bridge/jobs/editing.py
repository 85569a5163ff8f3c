"""Changing a job file: comments and order stay, and it is written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bridge.jobs.job_file import JOB_FILE
from bridge.jobs.model import Job
from bridge.jobs.reading import job_path, parse_job
from chains import toml_data, toml_text
from stemwright.files import placed
from stemwright.problems import InputError, Problem

_MARK = "\ufeff"
"""What some editors put at the start of UTF-8."""


def edited(path: Path | str, change: Callable[[str], str]) -> Job:
    """Change a job file by what `change` makes of its text, and return the job it is then.

    The job is held to all that a job is held to before it is written. Raises JobError for one
    that is wrong, before or after, InputError `job_changed` for a file that somebody else wrote to
    meanwhile, MachineError where the disk refuses; the file is then as it was.
    """
    place = job_path(Path(path))
    before = toml_text(place, JOB_FILE)
    plain = before.removeprefix(_MARK)
    toml_data(plain, str(place), JOB_FILE)
    text = before[: len(before) - len(plain)] + change(plain)
    job = parse_job(text, place)
    if toml_text(place, JOB_FILE) != before:
        raise InputError(
            Problem(
                "job_changed",
                "the job was written to while it was changed here; nothing was written",
                {"file": str(place)},
                hint="do it again",
            )
        )
    if text != before:
        placed(place, text.encode(), lasting=True)
    return job
