"""`stemwright render`: stems and a chain in, a finished master out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from bridge.cli.telling import print_json
from bridge.errors import EXIT_NO

if TYPE_CHECKING:
    from bridge.audio.quantise import Subtype
    from bridge.cli.progress import ProgressBar
    from bridge.planning import Plan
    from bridge.rendering import Context
    from bridge.storing import Store


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
    json: Json = False,
) -> None:
    """Render a master: main.wav, every version, render.json and chain.lock, into DIR.

    Exit code 0: done, and the target is met. 1: written, but the target is missed.

    Example: stemwright render stems/ chain.toml -o master/
    """
    folder = out or default_output(session)
    record, reached = render_to_folder(
        session,
        chain,
        folder,
        subtype=subtype,
        jobs=jobs or cores(),
        store=store,
        plugin_folders=plugin_path or [],
        plugin_timeout_s=plugin_timeout,
        strict=strict,
    )
    if json:
        print_json(record)
    else:
        tell(record, folder)
    if not reached:
        raise typer.Exit(EXIT_NO)


def render_to_folder(
    session: Sequence[Path],
    chain: Path,
    folder: Path,
    *,
    subtype: Subtype,
    jobs: int,
    store: Path | None,
    plugin_folders: list[Path],
    plugin_timeout_s: float | None,
    strict: bool,
) -> tuple[dict[str, Any], bool]:
    """Read, plan, render and write; return render.json's content and whether targets were met."""
    from bridge.cli.progress import ProgressBar
    from bridge.rendering import check_output, link, render, write_folder
    from bridge.storing import Store, default_root
    from chains import load
    from sessions import read

    parsed = load(chain)
    found = read(session)
    check_output(folder)
    kept = Store(store or default_root())
    with ProgressBar() as progress:
        plan = link(found, parsed, kept, plugin_folders=plugin_folders, jobs=jobs, strict=strict)
        context = _context(plan, kept, progress, jobs, plugin_timeout_s)
        rendering = render(context, subtype)
        progress.stage("writing")
        record = write_folder(context, rendering, parsed, subtype, folder)
    kept.collect()
    return record, rendering.reached


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


def spoken(said: Mapping[str, str]) -> str:
    """Return a diagnostic as one line that says where."""
    place = "" if said["where"] in said["message"] else f"{said['where']}: "
    return f"{said['severity']}: {place}{said['message']}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
