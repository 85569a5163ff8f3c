"""`stemwright`: the commands, and how every outcome becomes text and an exit code."""

from __future__ import annotations

import typer

from bridge.cli.commands import (
    cache as cache_command,
    capture,
    demo,
    diff,
    export,
    formats,
    lock,
    measure,
    plan,
    processors,
    read,
    render,
    report,
    verify,
)
from bridge.cli.plugins import command as plugins_command
from bridge.cli.printing import say

app = typer.Typer(
    name="stemwright",
    help="Headless stem mastering: stems and a chain file in, a finished master out.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    demo.demo,
    read.read,
    plan.plan,
    lock.lock,
    render.render,
    measure.measure,
    diff.diff,
    verify.verify,
    report.report,
    capture.capture,
    export.export,
    formats.formats,
    processors.schema,
    processors.processors,
):
    app.command()(command)

app.add_typer(plugins_command.app, name="plugins")
app.add_typer(cache_command.app, name="cache")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        say(f"stemwright {version('stemwright')}")
        raise typer.Exit


@app.callback()
def _top(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Headless stem mastering: stems and a chain file in, a finished master out."""
