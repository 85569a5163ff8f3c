"""`stemwright plugins`: what is installed, what it is, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.options import Json, PluginPath, StorePath
from bridge.cli.plugins import probe as plugins_probe, state
from bridge.cli.plugins.chosen import Format, one, opened, plugin_json
from bridge.cli.printing import print_json, say
from bridge.road import installed_plugins
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.hosting import Described
    from bridge.plugins import Catalogue, Plugin

app = typer.Typer(
    name="plugins",
    help="Find, describe, probe and set the plugins of this machine.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
app.command("probe")(plugins_probe.probe)
app.command("set")(state.set_state)
app.command("edit")(state.edit)
app.command("authorise")(state.authorise)


@app.command()
def scan(plugin_path: PluginPath = None, store: StorePath = None, json: Json = False) -> None:
    """Ask every plugin file what it holds, each in a process of its own; remember the answers.

    Files that did not change are not asked again, except those that failed before.

    Example: stemwright plugins scan --plugin-path ~/vst3
    """
    with _scanning() as progress:
        found = installed_plugins(opened(store), plugin_path or (), again=True, progress=progress)
    _tell(found, found.plugins, json)


@app.command("list")
def list_plugins(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORD...]", help="Only plugins whose name or vendor holds these."),
    ] = None,
    kind: Format = None,
    plugin_path: PluginPath = None,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """List the plugins of this machine; only files that are new are asked.

    Example: stemwright plugins list zam comp
    """
    with _scanning() as progress:
        found = installed_plugins(opened(store), plugin_path or (), again=False, progress=progress)
    wanted = [word.casefold() for word in words or ()]
    chosen = tuple(
        plugin
        for plugin in found.plugins
        if all(word in f"{plugin.name} {plugin.vendor}".casefold() for word in wanted)
        and kind in (None, plugin.format)
    )
    _tell(found, chosen, json)


@app.command()
def trust(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of plugins, or one. Without: the list.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Trust it no longer.")] = False,
    json: Json = False,
) -> None:
    """Trust a folder for good: chains may name the plugins and states in it by path.

    A plugin is a program that runs with your rights. The list is a text file of yours.

    Example: stemwright plugins trust ~/builds/vst3
    """
    from bridge.hosting import distrust_folder, trust_file, trust_folder, trusted_folders

    if folder is None and remove:
        raise InputError(Problem("usage", "--remove takes the folder to remove", hint="see --help"))
    if folder is not None:
        (distrust_folder if remove else trust_folder)(folder)
    folders = [str(each) for each in trusted_folders()]
    if json:
        print_json({"file": str(trust_file()), "folders": folders})
        return
    say(*folders)
    say(f"{len(folders)} trusted, in {trust_file()}", err=True)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A plugin's name, path or class id.")],
    kind: Format = None,
    plugin_path: PluginPath = None,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Show what a plugin is, and its parameters as it displays them.

    Example: stemwright plugins show ZamCompX2
    """
    from bridge.hosting import describe, find_card, host

    kept = opened(store)
    plugin = one(name, kept, plugin_path, kind)
    said = describe(plugin)
    card = find_card(kept, plugin, host("dawdreamer"))
    if json:
        told = {
            "plugin": plugin_json(plugin),
            "inputs": said.inputs,
            "outputs": said.outputs,
            "key_inputs": said.key_inputs,
            "parameters": [vars(each) for each in said.parameters],
            "card": None if card is None else card.as_json(),
        }
        print_json(told)
        return
    _show(plugin, said)
    if card is not None:
        plugins_probe.print_cards([card])


def _show(plugin: Plugin, said: Described) -> None:
    key = f", {said.key_inputs} for a key" if said.key_inputs else ""
    shell = f", one of {plugin.classes_in_file} in its file" if plugin.classes_in_file > 1 else ""
    say(
        f"{plugin.name} {plugin.version}, {plugin.vendor} ({plugin.format}{shell})",
        f"class id {plugin.class_id}",
        f"file     {plugin.path}",
        f"channels {said.inputs} in, {said.outputs} out{key}",
    )
    rows = [
        (
            each.name,
            each.value,
            each.min,
            each.default,
            each.max,
            ", ".join(each.values) or str(each.steps or ""),
            "" if each.automatable else "read only",
        )
        for each in said.parameters
    ]
    head = ("parameter", "value", "lowest", "default", "highest", "steps or values", "")
    plugins_probe.print_table(head, rows)


def _tell(found: Catalogue, chosen: tuple[Plugin, ...], as_json: bool) -> None:
    if as_json:
        print_json(_catalogue_json(found, chosen))
        return
    head = ("plugin", "vendor", "version", "format", "class id", "file")
    rows = [
        (each.name, each.vendor, each.version, each.format, each.class_id, each.path.name)
        for each in chosen
    ]
    plugins_probe.print_table(head, rows)
    for broken in found.unscannable:
        say(f"warning: {broken.path}: {broken.reason}", err=True)
    say(f"{len(chosen)} plugins, {len(found.unscannable)} files unreadable", err=True)


def _catalogue_json(found: Catalogue, chosen: tuple[Plugin, ...]) -> dict[str, Any]:
    return {
        "plugins": [plugin_json(each) for each in chosen],
        "unscannable": [
            {"path": str(each.path), "reason": each.reason} for each in found.unscannable
        ],
        "searched": [str(folder) for folder in found.searched],
    }


@contextmanager
def _scanning() -> Iterator[Callable[[int, int, str], None]]:
    from bridge.cli.progress import ProgressBar

    with ProgressBar() as bar:
        bar.stage("scanning")

        def step(done: int, total: int, name: str) -> None:
            if done == 1:
                bar.steps(total)
            bar.done(name)

        yield step
