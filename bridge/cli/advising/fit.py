"""`stemwright fit`: settings of inserts moved until what comes out is nearest to a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.advising.standing_in import again, say_changed
from bridge.cli.options import Jobs, Json, Page, PluginPath, StorePath, Trust
from bridge.cli.printing import print_json, say, say_size, show_table
from stemwright.problems import EXIT_NO, InputError, Problem

if TYPE_CHECKING:
    from bridge.road import Fitted, Inputs, ToFit

_ONE_TARGET = Problem(
    "usage",
    "a fit needs one target",
    expected="--to FILE, --reference FILE or --stand-in BUILT-IN|PLUGIN",
    hint="--to is the same performance, as a DAW printed it; --reference is other music",
)
_NO_STEMS = Problem(
    "usage",
    "a chain alone has no song to listen to",
    hint="name the song's stems with --stems, or fit a JOB",
)
_ONE_PLACE = Problem(
    "usage",
    "--apply changes the file that was given, -o writes a copy",
    hint="leave one of them out",
)
_NO_PAGE = Problem(
    "usage",
    "--page goes with --to and --reference",
    hint="--apply puts the stand-in into the song's chain: render and diff show it",
)
_ANYWAY = Problem(
    "usage",
    "--anyway goes with --stand-in and --apply alone",
    hint="leave it out",
)
_DURATION = re.compile(r"(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?\Z")
_ENDED = {
    "reached": "stopped early: nothing nearer can be heard",
    "no_better": "stopped early: nothing more made it better",
    "budget": "the evaluations are spent; the best so far is kept",
    "time": "the time is over; the best so far is kept",
}


def fit(
    chain: Annotated[
        Path,
        typer.Argument(metavar="CHAIN|JOB", help="A chain file (.toml), or a song's job."),
    ],
    insert: Annotated[
        list[str],
        typer.Option(
            "--insert",
            metavar="GROUP/INSERT",
            help="What to fit: <group>/<insert> or master/<insert>; repeatable in one group.",
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="The same performance as it shall sound."),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option("--reference", metavar="FILE", help="Other music, to be alike in tone."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--stand-in",
            metavar="BUILT-IN|PLUGIN",
            help="Of a JOB: what shall stand in for a plugin that is gone.",
        ),
    ] = None,
    revision: Annotated[
        str | None,
        typer.Option("--from", metavar="REVISION", help="Where that plugin was frozen: r0."),
    ] = None,
    stems: Annotated[
        list[Path] | None,
        typer.Option("--stems", metavar="SESSION", help="Of a CHAIN: the song's stems."),
    ] = None,
    range_: Annotated[
        str | None,
        typer.Option(
            "--range", metavar="START-END", help="What is listened to. Default: the loudest 6 s."
        ),
    ] = None,
    any_level: Annotated[
        bool, typer.Option("--any-level", help="Of --to: one gain over all does not matter.")
    ] = False,
    budget: Annotated[
        str,
        typer.Option(metavar="TIME", help="How long it may search: 90s, 2m."),
    ] = "2m",
    evaluations: Annotated[
        int | None,
        typer.Option(min=1, help="How often it may listen, in the place of --budget."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Where the search begins.")] = 0,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write it: into the chain, or the job's own settings.")
    ] = False,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway", help="Of --stand-in --apply: write one under 40 dB below its plugin too."
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="CHAIN", help="Write a copy of the chain.")
    ] = None,
    page: Page = None,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Move the settings of inserts until what comes out is nearest to a file.

    Built-ins and plugins alike, over some seconds of the song, in a bounded search that begins at
    --seed; then it is rendered with what was found, and the distance before and after is that of
    the two renders. --stand-in fits another insert to what was frozen of one whose plugin is gone.
    Nothing is written without --apply or -o. Exit code 1: nothing was nearer,
    or what stands in is too poor for --apply without --anyway.

    Example: stemwright fit song/ --insert master/glue --to print.wav --budget 2m
    """
    if [to, reference, by].count(None) != 2:
        raise InputError(_ONE_TARGET)
    if anyway and (by is None or not apply):
        raise InputError(_ANYWAY)
    _check_place(out, apply=apply)
    if by is not None:
        if page is not None:
            raise InputError(_NO_PAGE)
        from bridge.cli.advising.standing_in import stand_in, wanted_of
        from bridge.road import cores

        places = {
            "store": store,
            "plugin_folders": plugin_path or (),
            "trusted": trust or (),
            "jobs": jobs or cores(),
            "budget_s": _seconds(budget),
            "most": evaluations,
            "seed": seed,
        }
        asked = wanted_of(chain, insert, by, revision, places)
        stand_in(asked, out, apply=apply, anyway=anyway, as_json=json)
        return
    from bridge.road import ToFit, check_fit_page, fit_inserts

    inputs = _inputs(chain, stems, store, plugin_path, trust, jobs)
    start_s, end_s = _ends(range_)
    wanted = ToFit(
        inputs,
        tuple(dict.fromkeys(insert)),
        to=to,
        reference=reference,
        any_level=any_level,
        start_s=start_s,
        end_s=end_s,
        budget_s=_seconds(budget),
        most=evaluations,
        seed=seed,
    )
    if page is not None:
        check_fit_page(wanted, page)
    from bridge.cli.progress import CountBar

    with CountBar("fitting") as bar:
        found = fit_inserts(
            wanted, lambda made, most, least: bar.show(made, most, f"{least:.2f}"), page
        )
    say_size(page, err=True)
    if not json:
        _tell(found)
    texts = _written(wanted, found, chain, out, apply=apply)
    if json:
        print_json({**found.as_json(), "written": texts is not None})
    else:
        say_changed(texts)
    if not found.fit.tables:
        raise typer.Exit(EXIT_NO)


def _check_place(out: Path | None, *, apply: bool) -> None:
    """Refuse before any search what could not be written after it. Raises as `check_free`."""
    if out is None:
        return
    if apply:
        raise InputError(_ONE_PLACE)
    from bridge.road import check_free

    check_free(out)


def _inputs(
    chain: Path,
    stems: list[Path] | None,
    store: Path | None,
    plugin_path: list[Path] | None,
    trust: list[Path] | None,
    jobs: int | None,
) -> Inputs:
    from bridge.cli.advising.given_job import inputs_of
    from bridge.cli.given_song import GivenSong, names_job

    is_job = names_job(chain)
    if not is_job and not stems:
        raise InputError(_NO_STEMS)
    song = GivenSong(stems or (), chain, chain if is_job else None)
    return inputs_of(song, store, plugin_path, trust, jobs)


def _ends(words: str | None) -> tuple[float | None, float | None]:
    if words is None:
        return None, None
    from bridge.cli.ranges import excerpt

    part = excerpt(words, 0.0)
    return part.start_s, part.end_s


def _seconds(words: str) -> float:
    """Read 2m, 90s, 1m30s or seconds alone."""
    found = _DURATION.match(words.strip())
    if not words.strip() or found is None:
        raise InputError(
            Problem("usage", f"--budget {words} is no time", expected="such as 90s, 2m or 1m30s")
        )
    seconds = 60.0 * float(found[1] or 0) + float(found[2] or 0)
    if seconds <= 0:
        raise InputError(Problem("usage", "--budget must be some time", expected="such as 2m"))
    return seconds


def _written(
    wanted: ToFit, found: Fitted, chain: Path, out: Path | None, *, apply: bool
) -> tuple[str, str] | None:
    """Write what was found where that is asked for; the file's text before and after."""
    from bridge.road import fit_into_chain, fit_into_copy, fit_into_job
    from chains import load

    tables, job = found.fit.tables, wanted.inputs.job
    if not tables or not (apply or out is not None):
        return None
    if out is not None:
        return fit_into_copy(load(chain if job is None else job.chain_path), tables, out)
    if job is not None:
        return fit_into_job(job.path, tables)
    return fit_into_chain(load(chain), tables)


def _tell(found: Fitted) -> None:
    fit = found.fit
    rows = [
        (each.insert, each.path.removeprefix("params."), _value(each.before), _value(each.after))
        for each in fit.turned
        if each.changed
    ]
    if rows:
        show_table(("insert", "setting", "before", "after"), rows, piped_width=100)
    say(
        f"distance  {found.before:.2f} -> {found.after:.2f} {found.unit}"
        + ("" if found.peak_db is None else f" rms, peak {found.peak_db:.2f} dBFS")
        + ("" if found.target_db is None else f"; the target {found.target_db:.2f} dBFS rms")
    )
    if not rows:
        say("nothing was nearer: the settings stay as they are")
    say(*_talk(found), err=True)


def _talk(found: Fitted) -> list[str]:
    fit = found.fit
    said = [
        f"heard {found.start_s:g} s to {found.end_s:g} s; {_ENDED[fit.ended]}",
        f"{fit.evaluations} evaluations; {again(fit, found.seed)}",
    ]
    if fit.ended in ("budget", "time"):
        said.append(
            f"more of them may come nearer: --evaluations {2 * fit.most}, or a longer --budget"
        )
    if found.ends_early_s:
        said.append(
            f"warning: the file ends {found.ends_early_s:g} s before the song's stems do; what"
            " comes then was not compared"
        )
    if fit.idle:
        said.append(f"not heard there, and left alone: {', '.join(fit.idle)}")
    return said


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
