"""`stemwright render`: stems and a chain in, a finished master out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace as replaced
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.checking.quick import Check, say_checked
from bridge.cli.farm.connecting import farmed
from bridge.cli.given_song import GivenSong, are_jobs, given_song
from bridge.cli.options import (
    ChainOrJob,
    Frozen,
    Jobs,
    Json,
    Long,
    Media,
    PluginPath,
    Plugins,
    SampleFormat,
    Skip,
    SongPaths,
    StorePath,
    Strict,
    ThroughMaster,
    Trust,
)
from bridge.cli.printing import print_json, say, say_size
from bridge.cli.ranges import excerpt
from bridge.road import Inputs, Work, cores, render_master
from stemwright.problems import EXIT_NO, InputError, Problem

Machines = Callable[[], Mapping[str, int]]
"""How many plugin steps each machine of a farm did; empty without one."""

_REASONS = frozenset({"over_ceiling", "not_measurable", "loudness_missed"})
"""Diagnostics that are why a target is missed: told with the verdict."""

_ONLY_A_RANGE = Problem(
    "usage",
    "--only goes with --range: a master's folder holds all of its versions",
    hint="--range 0- --only VERSION renders the whole song, into DIR/range",
)

_ONLY_A_DRAFT = Problem(
    "usage",
    "--resolve goes with a whole JOB: it finds its drive and length anew, once",
    hint="leave out --range and --watch, and name the job instead of SESSION CHAIN",
)

_ONE_RESIDUAL = Problem(
    "usage",
    "--residual writes a new file, which --watch would write again and again",
    hint="leave one of them out",
)

_ONE_SEARCH = Problem(
    "usage",
    "--plugins and --plugin-path exclude each other",
    hint="--plugins DIR hosts what lies in DIR alone; --plugin-path looks there first",
)

if TYPE_CHECKING:
    from bridge.finished import Finished, Held, Record, Said


OutputFolder = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="DIR", help="The output folder. Default: SESSION-master."),
]
PluginTimeout = Annotated[
    float | None,
    typer.Option(min=0.1, help="Seconds a plugin may take before it counts as hung."),
]
Range = Annotated[
    str | None,
    typer.Option(
        "--range",
        metavar="START-END",
        help="Render only this part, into DIR/range, with the drive of DIR's full master: "
        "30:50 (seconds), 1:02-1:22, 1:02- (to the end).",
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="VERSION",
        help="Of a --range, write this version alone: main or one of the chain's. May be "
        "repeated. The drive stays the main master's.",
    ),
]
Preroll = Annotated[
    float, typer.Option(min=0.0, help="Seconds that run, unheard, before the range.")
]
Locked = Annotated[
    bool, typer.Option(help="Refuse to render anything but what DIR/chain.lock says.")
]
CrossCheck = Annotated[
    bool,
    typer.Option(help="Render every plugin in the other host too, and compare."),
]
Replace = Annotated[
    bool,
    typer.Option(
        help="Replace a finished master of other stems or another chain in DIR, and files of "
        "it that were changed since."
    ),
]
Resolve = Annotated[
    bool,
    typer.Option(
        "--resolve",
        help="Of a job whose drive and length are held: find both anew, and hold these.",
    ),
]
Watch = Annotated[
    bool, typer.Option(help="Render again whenever the chain or one of its states is saved.")
]
Residual = Annotated[
    Path | None,
    typer.Option(
        "--residual",
        metavar="FILE",
        help="Write main less the sum of the versions that together are everything, as 32-bit "
        "float, and tell what is missing after each insert.",
    ),
]
Title = Annotated[
    str | None, typer.Option(help="The song's, for the report. Default: the session's name.")
]
Revision = Annotated[str | None, typer.Option(help="Which one it is, for the report.")]
Date = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The day, for the report.")]
FarmAddress = Annotated[
    str | None,
    typer.Option(
        "--farm",
        metavar="ADDRESS",
        help="Host plugins on the machines of a farm, by its scheduler: tcp://127.0.0.1:8786.",
    ),
]
FarmCertificates = Annotated[
    Path | None, typer.Option("--farm-certs", metavar="DIR", help="The farm's certificates.")
]
FarmShared = Annotated[
    Path | None, typer.Option("--farm-shared", metavar="DIR", help="A folder its machines share.")
]
FarmPriority = Annotated[
    int, typer.Option("--farm-priority", hidden=True, help="Goes before smaller ones.")
]
ExcerptOnly = Annotated[
    bool,
    typer.Option("--excerpt", help="A small report: excerpts to listen to, no whole songs."),
]


def render(
    context: typer.Context,
    session: SongPaths,
    chain: ChainOrJob,
    out: OutputFolder = None,
    subtype: SampleFormat = "pcm24",
    jobs: Jobs = None,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    plugins: Plugins = None,
    frozen: Frozen = None,
    trust: Trust = None,
    skip: Skip = None,
    long: Long = False,
    media: Media = None,
    through_master: ThroughMaster = False,
    plugin_timeout: PluginTimeout = None,
    strict: Strict = False,
    range_: Range = None,
    only: Only = None,
    preroll: Preroll = 5.0,
    locked: Locked = False,
    cross_check: CrossCheck = False,
    replace: Replace = False,
    resolve: Resolve = False,
    watch: Watch = False,
    check: Check = True,
    residual: Residual = None,
    title: Title = None,
    revision: Revision = None,
    date: Date = None,
    excerpt_only: ExcerptOnly = False,
    farm: FarmAddress = None,
    farm_certs: FarmCertificates = None,
    farm_shared: FarmShared = None,
    farm_priority: FarmPriority = 0,
    json: Json = False,
) -> None:
    """Render a master: main.wav, every version, render.json and chain.lock, into DIR.

    Of a JOB, DIR is its folder's draft. Several JOBs are rendered side by side, on --jobs cores
    together. Exit code 0: done, and the target is met. 1: written, but the target is missed.

    Example: stemwright render stems/ chain.toml -o master/
    """
    from bridge.pages.report import day

    if are_jobs([*session, chain]):
        from bridge.cli.songs.side_by_side import render_all

        raise typer.Exit(render_all([*session, chain], context, jobs or cores(), as_json=json))
    if only and range_ is None:
        raise InputError(_ONLY_A_RANGE)
    if plugins and plugin_path:
        raise InputError(_ONE_SEARCH)
    if residual is not None and watch:
        raise InputError(_ONE_RESIDUAL)
    song = given_song(session, chain, "render")
    if resolve and (song.job is None or range_ is not None or watch):
        raise InputError(_ONLY_A_DRAFT)
    inputs = Inputs(
        session=song.session,
        chain=song.chain,
        store=store,
        plugin_folders=plugins or plugin_path or (),
        plugins_alone=bool(plugins),
        frozen=frozen,
        trusted=trust or (),
        skip=skip or (),
        long=long,
        media=media or (),
        through_master=through_master,
        jobs=jobs or cores(),
        strict=strict,
    )
    work = Work(
        inputs,
        folder=out or song.output,
        subtype=subtype,
        plugin_timeout_s=plugin_timeout,
        locked=locked,
        cross_check=cross_check,
        excerpt=None if range_ is None else excerpt(range_, preroll),
        only=only or (),
        replace=replace,
        title=title,
        revision=revision,
        date=None if date is None else day(date),
        short_page=excerpt_only,
        checked=check,
        residual=residual,
    )
    with farmed(farm, farm_certs, farm_shared, farm_priority, work.target) as machines:
        _rendered(work, song, machines, watch=watch, resolve=resolve, as_json=json)


def _rendered(
    work: Work, song: GivenSong, machines: Machines, *, watch: bool, resolve: bool, as_json: bool
) -> None:
    """Render once, or again and again. Raises typer.Exit where a target is missed."""
    if watch:
        from bridge.cli.watching import watch as watch_chain

        code = watch_chain(song, lambda: shown(_read_now(work, song), as_json, machines), as_json)
        raise typer.Exit(code)
    reached = shown(_read_now(work, song, resolve=resolve), as_json, machines)
    if resolve:
        _hold_anew(song, work.folder)
    if not reached:
        raise typer.Exit(EXIT_NO)


def _read_now(work: Work, song: GivenSong, *, resolve: bool = False) -> Work:
    """The work with the job as it is now, if it is one."""
    return replaced(work, inputs=song.of(work.inputs, resolve=resolve))


def _hold_anew(song: GivenSong, folder: Path) -> None:
    """Write what was found into a job that holds its drive; another goes on solving it."""
    from bridge.jobs import held_of, hold, load_job

    assert song.job is not None  # noqa: S101 - narrows for the type checker
    if load_job(song.job).held.drive_db is None:
        return
    held = hold(song.job, held_of(folder)).held
    say(f"held from now on: drive {held.drive_db:+.3f} dB, tail {held.tail_s:g} s", err=True)


def shown(work: Work, as_json: bool, machines: Machines = dict) -> bool:
    """Do the work, print what came of it; return whether the targets were met."""
    from bridge.cli.progress import ProgressBar
    from bridge.native import is_built

    if not is_built():
        say("no kernels in C here: numpy gives the same bits, slower (stemwright doctor)", err=True)
    with ProgressBar() as progress:
        made = render_master(work, progress)
    if as_json:
        print_json({**made.record.as_json(), **({"machines": machines()} if machines() else {})})
    else:
        tell(made.record, work.target, work.inputs.named)
        say(*(f"{each}  what is missing between versions and main" for each in made.residuals))
        on = ", ".join(f"{steps} by {machine}" for machine, steps in machines().items())
        say(*([f"plugins hosted on the farm: {on}"] if on else []), err=True)
    return made.reached


def tell(record: Record, folder: Path, song: Sequence[Path] = ()) -> None:
    """Print what was made of `song`, for people: what to know, the files, the verdict last."""
    told = (
        said.model_dump()
        for said in record.diagnostics
        if not any(_is_reason(said, output) for output in record.outputs)
    )
    say_checked(told, song)
    cached = sum(step.cached for step in record.steps)
    say(f"{len(record.steps)} steps, {cached} of them from the store")
    for output in record.outputs:
        measures = output.measures
        say(
            f"{folder / output.path}  {_figure(measures.integrated_lufs)} LUFS  "
            f"{_figure(measures.true_peak_dbtp)} dBTP  "
            f"{_figure(measures.loudness_range_lu)} LU range"
            + ("" if output.reached else "  TARGET MISSED")
        )
    say_size(folder / "report.html")
    say(*(_verdict(record, output) for output in record.outputs), err=True)


def _verdict(record: Record, output: Finished) -> str:
    """One file's verdict in a line: met or not and why, the drive, how much is limited."""
    where = f"finish/{output.version}"
    target = record.target
    if target is None:
        return f"{output.version}: no target; not driven, not limited"
    reasons = [
        ("" if said.where == where else f"{said.where}: ")
        + said.message.removeprefix(f"{output.version}: ")
        for said in record.diagnostics
        if _is_reason(said, output)
    ]
    loudness, ceiling = target.integrated_lufs, f"{target.true_peak_dbtp:g} dBTP"
    if not output.reached:
        verdict = f"TARGET MISSED: {'; '.join(reasons) or 'see render.json'}"
    elif record.held is not None:
        verdict = _held_words(record.held, output)
    elif record.range is not None:
        verdict = f"a range, under {ceiling}, its loudness not judged"
    elif any(
        each.code == "ceiling_not_kept" and each.where == where for each in record.diagnostics
    ):
        verdict = f"over {ceiling}, which it does not keep"
    elif output.version != "main" or loudness is None:
        verdict = f"under {ceiling}, no loudness asked for"
    else:
        verdict = f"met, {loudness:g} LUFS under {ceiling}"
    return f"{output.version}: {verdict}; {', '.join(_done(record, output, where))}"


def _held_words(held: Held, output: Finished) -> str:
    """What holding the drive costs: how far the master is off the loudness that is asked for."""
    off_lu = held.off_target_lu
    if output.version != "main" or off_lu is None:
        return "its drive held, its loudness not judged"
    side = "over" if off_lu > 0.0 else "under"
    return f"drive held, {abs(off_lu):.2f} LU {side} the target; --resolve asks for a new one"


def _is_reason(said: Said, output: Finished) -> bool:
    """Tell whether a diagnostic is why one file misses its target: told with the verdict."""
    is_about = said.message.startswith(f"{output.version}: ")
    return said.code in _REASONS and is_about and not output.reached


def _done(record: Record, output: Finished, where: str) -> Iterator[str]:
    kept = "" if output.version == "main" else "the main's "
    yield f"{kept}drive {record.drive_db:+.2f} dB"
    gains = [
        gain
        for step in record.steps
        if step.id == where
        for gain in step.lowest_gain_db
        if gain is not None
    ]
    if gains:
        deepest = -min(gains)
        yield f"limited by up to {deepest:.1f} dB" if deepest >= 0.05 else "nothing limited"
    if output.trim_db:
        yield f"trimmed by {-output.trim_db:.2f} dB"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
