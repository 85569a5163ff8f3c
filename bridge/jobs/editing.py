"""Changing a job file: comments and order stay, and it is written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from bridge.jobs.job_file import JOB_FILE, JobError
from bridge.jobs.model import Job
from bridge.jobs.reading import job_path, parse_job
from chains import Fault, Where, toml_text, with_line_ends_of
from stemwright.files import placed
from stemwright.problems import InputError, Problem


def edited(path: Path | str, change: Callable[[tomlkit.TOMLDocument], None]) -> Job:
    """Change a job file by what `change` does to its document, and return the job it is then.

    The job is held to all that a job is held to before it is written. Raises JobError for one
    that is wrong, before or after, InputError `job_changed` for a file that somebody else wrote to
    meanwhile, MachineError where the disk refuses; the file is then as it was.
    """
    place = job_path(Path(path))
    before = toml_text(place, JOB_FILE)
    document = _document(before, place)
    change(document)
    text = with_line_ends_of(before, tomlkit.dumps(document))
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


def _document(text: str, place: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        line = getattr(error, "line", None)
        fault = Fault("toml_syntax", f"not TOML: {error}", Where(str(place), line))
        raise JobError([fault]) from None
