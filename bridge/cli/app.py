"""`stemwright`: the commands, and how every outcome becomes text and an exit code."""

from __future__ import annotations

import typer

from bridge.cli import (
    cache_command,
    capture_command,
    demo_command,
    diff_command,
    export_command,
    formats_command,
    lock_command,
    measure_command,
    plan_command,
    plugins_command,
    processors_command,
    read_command,
    render_command,
    report_command,
    schema_command,
    verify_command,
)
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
    demo_command.demo,
    read_command.read,
    plan_command.plan,
    lock_command.lock,
    render_command.render,
    measure_command.measure,
    diff_command.diff,
    verify_command.verify,
    report_command.report,
    capture_command.capture,
    export_command.export,
    formats_command.formats,
    schema_command.schema,
    processors_command.processors,
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
