"""The plugins a command line means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stemwright.problems import InputError, MachineError, Problem
from stemwright.words import nearest

if TYPE_CHECKING:
    from bridge.hosting import Host
    from bridge.plugins import Catalogue, Plugin, Wanted
    from bridge.storing import Store

Format = Annotated[
    str | None,
    typer.Option("--format", metavar="VST3|VST2|AU", help="Only plugins of this format."),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--plugin-timeout", min=0.1, help="Seconds a plugin may take before it counts as hung."
    ),
]
HostName = Annotated[
    str, typer.Option("--host", help="Which host runs the plugin: dawdreamer or pedalboard.")
]


def opened(store: Path | None) -> Store:
    """The store a command works with."""
    from bridge.storing import Store, default_root

    return Store(store or default_root())


def one(name: str, store: Store, plugin_path: Sequence[Path] | None, kind: str | None) -> Plugin:
    """The plugin that `name` (a name, a path or a class id) means.

    A path that is typed on the command line is loaded wherever it leads: that is the consent.
    Raises MachineError `plugin_not_found`, InputError `plugin_ambiguous`.
    """
    from bridge.hosting import scan, search_folders
    from bridge.plugins import Wanted, find

    path = Path(name) if any(mark in name for mark in "/\\") else None
    wanted = Wanted(path=path, format=kind) if path else Wanted(name=name, format=kind)
    cache = store.scan_cache
    trusted = () if path is None else (path,)
    catalogue = scan([wanted], search_folders(plugin_path or ()), cache, trusted=trusted)
    found = find(catalogue, wanted) or find(catalogue, Wanted(class_id=name, format=kind))
    if len({(each.class_id, each.format) for each in found}) == 1:
        return found[0]
    raise _ambiguous(name, found) if found else _not_found(name, catalogue, wanted)


def _ambiguous(name: str, found: Sequence[Plugin]) -> InputError:
    listed = "; ".join(f"{each.name} by {each.vendor}, {each.class_id}" for each in found)
    return InputError(
        Problem(
            "plugin_ambiguous",
            f"{name} means several plugins: {listed}",
            {"plugin": name},
            hint="Name the one you mean by its class id.",
        )
    )


def unreadable(said: str, catalogue: Catalogue, wanted: Wanted) -> MachineError | None:
    """The error of a wanted plugin whose file is there and cannot be read; None for any other."""
    from bridge.plugins import broken

    found = broken(catalogue, wanted)
    if found is None:
        return None
    return MachineError(
        Problem(
            "plugin_unreadable",
            f"{said} cannot be read: {found.path}: {found.reason}",
            {"plugin": said},
            hint="Install it again; load it in a DAW to see whether it is whole. Another format or "
            "copy is taken only when it is named: by --format, a path or a class id.",
        )
    )


def _not_found(name: str, catalogue: Catalogue, wanted: Wanted) -> MachineError:
    told = unreadable(name, catalogue, wanted)
    if told is not None:
        return told
    names = [each.name for each in catalogue.plugins]
    return MachineError(
        Problem(
            "plugin_not_found",
            f"the plugin {name} is not installed here",
            {"plugin": name},
            expected="a plugin in " + ", ".join(map(str, catalogue.searched)),
            nearest=nearest(name, names),
            hint="Install it, or name its folder with --plugin-path or STEMWRIGHT_PLUGIN_PATH.",
        )
    )


def plugin_json(plugin: Plugin) -> dict[str, Any]:
    """A plugin as JSON values."""
    return {
        "name": plugin.name,
        "vendor": plugin.vendor,
        "version": plugin.version,
        "format": plugin.format,
        "class_id": plugin.class_id,
        "path": str(plugin.path),
        "binary_hash": plugin.binary_hash,
        "classes_in_file": plugin.classes_in_file,
    }


def named_host(name: str) -> Host:
    """The host of that name; InputError for another."""
    from bridge.hosting import host

    return host(name)
