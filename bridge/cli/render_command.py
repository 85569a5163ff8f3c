"""`stemwright render`: stems and a chain in, a finished master out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bridge.cli.options import (
    ChainPath,
    Jobs,
    Json,
    PluginPath,
    SessionPaths,
    StorePath,
    Strict,
    cores,
)
from bridge.cli.plan_command import default_output
from bridge.cli.telling import print_json, spoken
from bridge.errors import EXIT_NO, InputError, Problem

if TYPE_CHECKING:
    from bridge.audio.quantise import Subtype
    from bridge.cli.progress import ProgressBar
    from bridge.planning import Excerpt, Plan
    from bridge.rendering import Context, Pages, Rendering
    from bridge.storing import Store
    from chains import Chain
    from sessions import Session


def render(
    session: SessionPaths,
    chain: ChainPath,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="DIR", help="The output folder. Default: SESSION-master."
        ),
    ] = None,
    subtype: Annotated[
        Literal["pcm24", "pcm16", "float32", "float64"], typer.Option(help="Sample format.")
    ] = "pcm24",
    jobs: Jobs = None,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    plugin_timeout: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds a plugin may take before it counts as hung."),
    ] = None,
    strict: Strict = False,
    range_: Annotated[
        str | None,
        typer.Option(
            "--range",
            metavar="START:END",
            help="Render only these seconds, into DIR/range, with the drive of DIR's full master.",
        ),
    ] = None,
    preroll: Annotated[
        float, typer.Option(min=0.0, help="Seconds that run, unheard, before the range.")
    ] = 5.0,
    watch: Annotated[
        bool, typer.Option(help="Render again whenever the chain or one of its states is saved.")
    ] = False,
    json: Json = False,
) -> None:
    """Render a master: main.wav, every version, render.json and chain.lock, into DIR.

    Exit code 0: done, and the target is met. 1: written, but the target is missed.

    Example: stemwright render stems/ chain.toml -o master/
    """
    work = Work(
        session=session,
        chain=chain,
        folder=out or default_output(session),
        subtype=subtype,
        jobs=jobs or cores(),
        store=store,
        plugin_folders=plugin_path or [],
        plugin_timeout_s=plugin_timeout,
        strict=strict,
        excerpt=None if range_ is None else excerpt(range_, preroll),
    )
    if watch:
        from bridge.cli.watching import watch as watch_chain

        raise typer.Exit(watch_chain(chain, lambda: shown(work, json), json))
    if not shown(work, json):
        raise typer.Exit(EXIT_NO)


def shown(work: Work, as_json: bool) -> bool:
    """Do the work, print what came of it; return whether the targets were met."""
    record, reached = render_to_folder(work)
    if as_json:
        print_json(record)
    else:
        tell(record, work.target)
    return reached


def excerpt(words: str, preroll_s: float) -> Excerpt:
    """Read START:END in seconds. Raises InputError."""
    from bridge.planning import Excerpt

    try:
        start, end = (float(word) for word in words.split(":"))
    except ValueError as error:
        raise InputError(
            Problem("usage", f"--range {words} is not a range", expected="START:END in seconds")
        ) from error
    return Excerpt(start, end, preroll_s)


@dataclass(frozen=True)
class Work:
    """What `render` was asked to do."""

    session: Sequence[Path]
    chain: Path
    folder: Path
    subtype: Subtype = "pcm24"
    jobs: int = 1
    store: Path | None = None
    plugin_folders: Sequence[Path] = ()
    plugin_timeout_s: float | None = None
    strict: bool = False
    excerpt: Excerpt | None = None

    @property
    def target(self) -> Path:
        """The folder that is written: a range never takes the place of the full master."""
        return self.folder if self.excerpt is None else self.folder / "range"


def render_to_folder(work: Work) -> tuple[dict[str, Any], bool]:
    """Read, plan, render and write; return render.json's content and whether targets were met."""
    from bridge.cli.progress import ProgressBar
    from bridge.rendering import check_output, held_drive, link, render, write_folder
    from bridge.storing import Store, default_root
    from chains import load
    from sessions import read

    parsed = load(work.chain)
    found = read(work.session)
    check_output(work.target)
    kept = Store(work.store or default_root())
    with ProgressBar() as progress:
        plan = link(
            found,
            parsed,
            kept,
            plugin_folders=work.plugin_folders,
            jobs=work.jobs,
            strict=work.strict,
            excerpt=work.excerpt,
        )
        context = _context(plan, kept, progress, work.jobs, work.plugin_timeout_s)
        drive_db = None if work.excerpt is None else held_drive(work.folder)
        rendering = render(context, work.subtype, drive_db)
        progress.stage("writing")
        pages = report_pages(context, rendering, parsed, found)
        record = write_folder(context, rendering, parsed, work.subtype, work.target, pages)
    kept.collect()
    return record, rendering.reached


def report_pages(context: Context, rendering: Rendering, chain: Chain, session: Session) -> Pages:
    """What adds report.html; references inside a zip or in two files are left out of it."""
    from bridge.reporting import ReportPages

    references = [
        (each.kind, each.name, each.media.path)
        for each in session.references
        if each.media.member is None and each.right is None
    ]
    return ReportPages(context, rendering, chain, references)


def _context(
    plan: Plan, store: Store, progress: ProgressBar, jobs: int, plugin_timeout_s: float | None
) -> Context:
    from bridge.hosting import host
    from bridge.rendering import Cancel, Context

    return Context(
        plan=plan,
        store=store,
        host=host(plan.engine.host),
        events=progress,
        cancel=Cancel(),
        jobs=jobs,
        deadline_s=plugin_timeout_s,
    )


def tell(record: dict[str, Any], folder: Path) -> None:
    """Print what was made, for people."""
    for said in record["diagnostics"]:
        typer.echo(spoken(said), err=True)
    cached = sum(step["cached"] for step in record["steps"])
    typer.echo(f"{len(record['steps'])} steps, {cached} of them from the store")
    for output in record["outputs"]:
        measures = output["measures"]
        typer.echo(
            f"{folder / output['path']}  {_figure(measures['integrated_lufs'])} LUFS  "
            f"{_figure(measures['true_peak_dbtp'])} dBTP  "
            f"{_figure(measures['loudness_range_lu'])} LU range"
            + ("" if output["reached"] else "  TARGET MISSED")
        )
    typer.echo(f"{folder / 'report.html'}")


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
