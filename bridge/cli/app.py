"""`stemwright`: the commands, each loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from bridge.cli.printing import say

COMMANDS = {
    "demo": (
        "commands.demo:demo",
        "Synthesise a song of 8 stems and master it on built-in processors.",
    ),
    "read": (
        "commands.read:read",
        "Show what a session holds: tempo, tracks or stems, levels, plugins, sends, markers,"
        " notes.",
    ),
    "check": (
        "checking.check:check",
        "Check every stem for damage, the stems against each other, and against the rough mix.",
    ),
    "bounce": (
        "commands.bounce:bounce",
        "Print a DAW session's stems the way the DAW would: clips, fades, faders, pans, sends.",
    ),
    "new": (
        "advising.new:new",
        "Write a starter chain for stems: groups, high-passes, gentle dynamics, returns, the"
        " master.",
    ),
    "job": (
        "songs.job:app",
        "The folder of a song: its stems, its chain, and what it changes of it.",
    ),
    "replace": (
        "client.replace:replace",
        "Put new files in place of a song's stems: matched, compared, the old ones kept.",
    ),
    "plan": (
        "commands.plan:plan",
        "Show which stem goes where, through what, and how it ends; render nothing.",
    ),
    "lock": (
        "commands.lock:lock",
        "Plan, and write DIR/chain.lock alone: sources, plugins, states, engine, settings.",
    ),
    "render": (
        "commands.render:render",
        "Render a master: main.wav, every version, render.json and chain.lock, into DIR.",
    ),
    "farm": (
        "farm.app:app",
        "Several machines for a studio's songs: a scheduler, workers, a queue.",
    ),
    "fit": (
        "advising.fit:fit",
        "Move the settings of inserts until what comes out is nearest to a file.",
    ),
    "freeze": (
        "songs.freeze:freeze",
        "Keep in JOB/frozen what every plugin of a revision gave, without loss.",
    ),
    "balance": (
        "advising.balance:balance",
        "Propose faders that give JOB's groups the balance of its rough mix, or of a reference.",
    ),
    "unmask": (
        "advising.unmask:unmask",
        "Find where JOB's groups hide each other, and propose narrow cuts that free them.",
    ),
    "measure": (
        "commands.measure:measure",
        "Measure loudness (ITU-R BS.1770, EBU R 128), true peak and more; several files as a"
        " table.",
    ),
    "diff": (
        "commands.diff:diff",
        "Compare two renders: the verdict, the insert that changed, where, how much.",
    ),
    "verify": (
        "commands.verify:verify",
        "Check a master's digests, render it anew from an empty store, name the first difference.",
    ),
    "report": (
        "commands.report:report",
        "Write DIR/report.html again from what DIR and the store hold; render nothing.",
    ),
    "send": (
        "songs.send:send",
        "Freeze JOB's draft as its next revision, revisions/r0 and so on, with these words.",
    ),
    "history": (
        "songs.history:history",
        "List JOB's revisions: when, who, words, included or extra, replaced stems, approved,"
        " levels.",
    ),
    "changes": (
        "songs.changes:changes",
        "Say what changed from revision A of JOB to revision B: settings, rides, stems, levels.",
    ),
    "approve": (
        "songs.approve:approve",
        "Note in JOB that a revision, or single masters of it, are approved.",
    ),
    "deliver": (
        "songs.deliver:deliver",
        "Make the delivery of a finished song: every version as each recipient takes it.",
    ),
    "page": (
        "client.page:page",
        "Write a page for JOB's client: every take at one loudness, and a place for notes.",
    ),
    "revise": (
        "client.revise:revise",
        "Merge clients' notes into a job, as sections with their words.",
    ),
    "restore": (
        "songs.restore:restore",
        "Make a revision JOB's draft again, and its job file JOB's; what was there is kept.",
    ),
    "sheet": (
        "client.sheet:sheet",
        "Print the recall sheet of a master: every strip, insert, setting and level of it.",
    ),
    "capture": (
        "commands.capture:capture",
        "Lift plugins with order, bypass, wet/dry and states out of a DAW session into a chain.",
    ),
    "export": (
        "commands.export:export",
        "Write a session, or a finished folder with its chain's plugins, as a DAW project.",
    ),
    "tag": (
        "delivering.tag:tag",
        "Show the tags of finished files, or write them from a job: the samples never change.",
    ),
    "formats": (
        "commands.formats:formats",
        "List the session formats that can be read, or try FILEs and tell what each holds.",
    ),
    "schema": (
        "commands.processors:schema",
        "Print the JSON Schema of chain files, for editors and checks.",
    ),
    "processors": (
        "commands.processors:processors",
        "List the built-in processors with their settings, units, ranges and defaults.",
    ),
    "plugins": (
        "plugins.command:app",
        "Find, describe, probe and set the plugins of this machine.",
    ),
    "doctor": (
        "commands.doctor:doctor",
        "Say what runs here, and prove that it gives the same bits as everywhere else.",
    ),
    "cache": (
        "commands.cache:app",
        "The store of finished steps: its place and size, whole or not, making room.",
    ),
}
"""Where each command lies, and what it is for: the sentence that its own help begins with."""

_ABOUT = "Headless stem mastering: stems and a chain file in, a finished master out."


class CommandsOnDemand(TyperGroup):
    """A group that lists its commands from `COMMANDS`, and imports the one that is run."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {
            name: TyperCommand(name, help=about) for name, (_, about) in COMMANDS.items()
        }

    def get_command(self, _: Any, cmd_name: str) -> Any:
        """Return the command `cmd_name`, loaded; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(import_module(f"bridge.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            return get_group(found)
        alone = typer.Typer(
            add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
        )
        alone.command(cmd_name)(found)
        return get_command(alone)

    def format_commands(self, _: Any, formatter: Any) -> None:
        """Write every command with its sentence, as the parent does with all of them loaded."""
        limit = formatter.width - 6 - max(map(len, self.commands))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, each.get_short_help_str(limit)) for name, each in self.commands.items()]
            )


app = typer.Typer(
    name="stemwright",
    cls=CommandsOnDemand,
    help=_ABOUT,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
