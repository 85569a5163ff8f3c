"""`stemwright send`: the draft goes out as the next revision, and is kept as it went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import JobPath, Jobs, Json, Long, PluginPath, Skip, StorePath, Trust
from bridge.cli.printing import print_json, say
from bridge.cli.telling import warn
from bridge.road import Inputs, check_draft, cores
from stemwright.words import quoted

if TYPE_CHECKING:
    from bridge.jobs import Job
    from bridge.jobs.revisions import HistoryRow, Sent


def send(
    job: JobPath,
    words: Annotated[
        str, typer.Option("--words", help="What was asked for and done, for the client.")
    ],
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="Who sends it. Default: you.")
    ] = None,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    skip: Skip = None,
    long: Long = False,
    jobs: Jobs = None,
    freeze: Annotated[
        bool,
        typer.Option(
            "--freeze",
            help="Keep what its plugins gave in the job as well, as stemwright freeze does.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Freeze JOB's draft as its next revision, revisions/r0 and so on, with these words.

    The draft must be what the job says now. The first one sent writes drive and length into the
    job, which holds them from then on. Nothing is rendered.

    Example: stemwright send song/ --words "vocals up in chorus 2"
    """
    from bridge.cli.progress import ProgressBar
    from bridge.jobs.revisions import history_of, send as send_draft

    given = Inputs(
        session=(),
        chain=job,
        store=store,
        plugin_folders=plugin_path or (),
        trusted=trust or (),
        skip=skip or (),
        long=long,
        jobs=jobs or cores(),
    )
    with ProgressBar() as progress:

        def check(song: Job) -> None:
            check_draft(given, song, progress)

        sent = send_draft(job, words, check, who=who, freeze=freeze)
    if not json:
        say(str(sent.folder))
    frozen = {"frozen_bytes": _frozen(given, job, sent.record.revision)} if freeze else {}
    history = history_of(job)
    row = next(each for each in history.rows if each.revision.name == sent.record.revision)
    warn(each for each in history.problems if each.kind == "not_frozen")
    if json:
        print_json({**row.as_json(), "path": str(sent.folder), **frozen})
    else:
        _tell(job, sent, row, history.included)


def _tell(job: Path, sent: Sent, row: HistoryRow, included: int | None) -> None:
    """Say what is held from now on, how the revision counts, and where nothing is another."""
    if sent.held is not None and sent.held.drive_db is not None:
        tail = "" if sent.held.tail_s is None else f", tail {sent.held.tail_s:g} s"
        say(f"held from now on: drive {sent.held.drive_db:+.3f} dB{tail}", err=True)
    of = "" if included is None else f" of {included}"
    counted = {
        "first": "the first",
        "included": f"revision {row.revision.number}{of}",
        "extra": f"extra: {included} are included",
    }
    say(f"{sent.record.revision}: {counted[row.counts_as]}", err=True)
    if row.revision.number and _is_the_same(job, row.revision.number):
        say(f"warning: it is what r{row.revision.number - 1} was: nothing changed", err=True)


def _is_the_same(job: Path, number: int) -> bool:
    """Whether nothing changed since the revision before, as far as that is still to be read."""
    from bridge.jobs.revisions import changes_between
    from stemwright.problems import InputError

    try:
        found = changes_between(job, f"r{number - 1}", f"r{number}")
    except InputError:
        return False
    return not found.changes and all(each.same_samples for each in found.masters)


def _frozen(given: Inputs, job: Path, revision: str) -> int:
    """Freeze what was sent, its size told before; return the bytes it takes."""
    from bridge.jobs import load_job
    from stemwright.problems import StemwrightError

    try:
        return _frozen_now(given, load_job(job), revision)
    except StemwrightError:
        said = f"{revision} is sent, and not frozen yet: stemwright freeze {quoted(job)} {revision}"
        say(said, err=True)
        raise


def _frozen_now(given: Inputs, job: Job, revision: str) -> int:
    from bridge.road import freeze, freeze_sizes

    about = sum(each.bytes or 0 for each in freeze_sizes(job, revision, given.store))
    say(f"{revision}: its plugins' audio takes about {about / 1e6:.1f} MB", err=True)
    made = freeze(
        job,
        revision,
        given.store,
        plugin_folders=given.plugin_folders,
        trusted=given.trusted,
        jobs=given.jobs,
    )
    return sum(step.bytes for step in made.steps)
