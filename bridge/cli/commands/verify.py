"""`stemwright verify`: is this master still what its lock and its digests say?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bridge.cli.given_song import finished, sent_revision
from bridge.cli.options import Jobs, Json, Plugins, StemsPlace, Trust
from bridge.cli.printing import print_json, say
from bridge.road import (
    Inputs,
    are_repairs,
    checked_digests,
    checked_repairs,
    cores,
    stems_of,
    verified,
)
from stemwright.problems import EXIT_NO, InputError, Problem

if TYPE_CHECKING:
    from bridge.checking.repairing import VerifiedRepairs
    from bridge.comparing import DigestCheck, DigestChecks, Verified

_SHOWN = 23  # "sha256:" and 16 of 64 digits

_FROZEN_OF_A_JOB = Problem(
    "usage",
    "--frozen is of a job's master that is rendered anew",
    hint="name the job: stemwright verify JOB [REVISION] --frozen",
)

RevisionSent = Annotated[
    str | None,
    typer.Argument(metavar="[REVISION]", help="Of a JOB, one that was sent: r0, r1, ..."),
]
FrozenOfJob = Annotated[
    bool | None,
    typer.Option(
        "--frozen/--no-frozen",
        help="Of a JOB: let frozen audio stand in for every plugin it has it of, or for none. "
        "Default: for those that are not here.",
    ),
]
RenderedFolder = Annotated[
    Path | None,
    typer.Option(
        "--folder", metavar="DIR", help="Where FILE was rendered, when that is not beside it."
    ),
]
LastToPass = Annotated[
    Literal["exact", "float", "dither", "tolerant"],
    typer.Option(help="The last verdict that passes; tolerant for another platform."),
]


def verify(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE|JOB",
            help="A folder that render or check --repair wrote, one master, or a job.",
        ),
    ],
    revision: RevisionSent = None,
    folder: RenderedFolder = None,
    stems: StemsPlace = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Check the digests alone and render nothing.")
    ] = False,
    plugins: Plugins = None,
    frozen: FrozenOfJob = None,
    trust: Trust = None,
    accept: LastToPass = "exact",
    jobs: Jobs = None,
    plugin_timeout: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds a plugin may take before it counts as hung."),
    ] = None,
    json: Json = False,
) -> None:
    """Check a master's digests, render it anew from an empty store, name the first difference.

    Needs only DIR and the stems it names, and changes nothing. A FILE's folder is looked for
    beside it. Of a folder that check --repair wrote, it does the repairs again. Exit code 1: not
    the same.

    Example: stemwright verify master/main.wav
    """
    from bridge.cli.progress import ProgressBar
    from bridge.comparing import Limits

    if revision is None and are_repairs(path):
        repairs = checked_repairs(path, quick=quick)
        _end(repairs.as_json(), _repair_lines(repairs), repairs.same, json)
        return
    master, job = _given(path, revision)
    if stems is not None:
        stems = stems_of([stems], Inputs([stems], path, jobs=jobs or cores())).paths[0]
    if frozen is not None and (job is None or quick):
        raise InputError(_FROZEN_OF_A_JOB)
    if quick:
        checks = checked_digests(master, folder=folder, jobs=jobs or cores(), stems=stems)
        _end({"digests": checks.as_json()}, _digest_lines(checks), checks.same, json)
        return
    with ProgressBar() as progress:
        found = verified(
            master,
            events=progress,
            folder=folder,
            jobs=jobs or cores(),
            plugin_folders=plugins,
            trusted=trust or (),
            limits=Limits(accept=accept),
            plugin_timeout_s=plugin_timeout,
            stems=stems,
            job=job,
            frozen=frozen,
        )
    _end(found.as_json(), [*_digest_lines(found.digests), *_lines(found)], found.same, json)


def _given(path: Path, revision: str | None) -> tuple[Path, Path | None]:
    """The master that is meant, and the job where a job was named."""
    master = finished(path) if revision is None else sent_revision(path, revision)
    return master, None if master == path else path


def _end(told: object, lines: list[str], same: bool, json: bool) -> None:
    if json:
        print_json(told)
    else:
        say(*lines)
    if not same:
        raise typer.Exit(EXIT_NO)


def _repair_lines(found: VerifiedRepairs) -> list[str]:
    if found.same:
        return [f"repairs: {found.steps} steps on {found.stems} stems give what was written"]
    return [
        ": ".join(word for word in (each.stem, each.step, each.message) if word)
        for each in found.differing
    ]


def _digest_lines(found: DigestChecks) -> list[str]:
    lines = [*found.notes]
    if found.same:
        checked = dict.fromkeys(check.digest for check in found.checks)
        return [*lines, f"digests: {', '.join(checked)} as they were written down"]
    return [*lines, *(_differing(check) for check in found.differing)]


def _differing(check: DigestCheck) -> str:
    now = "is gone or cannot be read" if check.found is None else f"is {_short(check.found)}"
    said_by = " and ".join(check.said_by)
    return f"{check.digest} differs: {check.subject} {now}; {_short(check.expected)} by {said_by}"


def _short(digest: str) -> str:
    return f"{digest[:_SHOWN]}…" if len(digest) > _SHOWN else digest


def _lines(found: Verified) -> list[str]:
    lines = [each.message for each in found.stood_in]
    lines += [f"{found.verdict}: {each.name} {each.verdict}" for each in found.found.files]
    notes = [f"{each.message} ({each.kind})" for each in found.lock]
    if found.step is None:
        return [*lines, *notes]
    told = found.as_json()["first"]
    lines.append(f"first difference: {found.step} ({found.kind})")
    if told["level_delta_db"] is not None:
        lines.append(f"at the step: level {told['level_delta_db']:+.3f} dB")
    if told["peak_dbfs"] is not None:
        lines.append(
            f"at the output: peak {told['peak_dbfs']:.1f} dBFS, rms {told['rms_dbfs']:.1f} dBFS"
        )
    if not found.repeatable:
        lines.append("this step gives another result every time; its own variation is allowed")
    after = [step for step in found.differing if step != found.step]
    if after:
        lines.append(f"further steps that differ: {len(after)}")
    return [*lines, *notes]
