"""`stemwright plugins set`, `edit` and `authorise`: a plugin's state by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.options import ChainPath, Json, PluginPath, StorePath, Trust
from bridge.cli.plugins.chain_file import (
    HostedRow,
    hosted_row,
    replace_file,
    users_of,
    with_params,
    with_state,
    written,
)
from bridge.cli.plugins.chosen import Format, Timeout, one, opened, unreadable
from bridge.cli.plugins.probe import print_table
from bridge.cli.printing import print_json, say
from bridge.hosting import scratch
from stemwright.problems import InputError, MachineError, Problem

if TYPE_CHECKING:
    from bridge.hosting import Baked
    from bridge.plugins import Plugin
    from bridge.storing import Store

InsertId = Annotated[
    str, typer.Argument(metavar="INSERT", help="Which insert: <group>/<insert> or master/<insert>.")
]
StateOut = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="STATE",
        help="Where the state goes. Default: states/<group>-<insert> beside the chain.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Overwrite the insert's own state file.")]
_DAW = (
    "Open the plugin in your DAW, save its state there as a preset, and point the insert's `state` "
    'at the file; or change single values with stemwright plugins set CHAIN INSERT "Name=value".'
)
_LICENCE = (
    "Open the plugin once in a DAW on this machine and authorise it there: licences are kept by "
    "the plugin, and hold for stemwright too."
)


def set_state(
    chain: ChainPath,
    insert: InsertId,
    values: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help='As "Threshold=-18 dB".')
    ],
    out: StateOut = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, write nothing.")] = False,
    yes: Yes = False,
    plugin_timeout: Timeout = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Set a plugin's parameters, save them in a state file, and put the insert on it.

    Everything that changed is shown, as read back by a fresh process. The insert's `params` go into
    the state and leave the chain file; its comments stay. A plugin whose state does not hold its
    parameters gets them as `params` in the chain instead, and that is said.

    Example: stemwright plugins set chain.toml vocals/comp "Threshold=-18 dB" Ratio=3
    """
    from bridge.hosting import LOAD_DEADLINE_S, bake, host, unbakeable
    from chains import load

    asked = tuple(_parted(value) for value in values)
    row = hosted_row(load(chain), insert)
    plugin = _plugin(row, opened(store), plugin_path, trust)
    target = _target(row, plugin, out)
    baked = bake(
        plugin,
        host(row.chain.engine.host or "dawdreamer"),
        state=row.state(),
        params=tuple(row.settings.params.items()),
        asked=asked,
        step_id=row.step_id,
        deadline_s=plugin_timeout or LOAD_DEADLINE_S,
    )
    if baked.state is None and out is not None:
        raise unbakeable(plugin, row.step_id)
    if not dry_run and baked.state is not None:
        _refuse_overwriting(row, target, yes)
    if not dry_run:
        _keep(row, chain, target, baked)
    _tell(row, plugin, baked, target, dry_run=dry_run, as_json=json)


def _parted(value: str) -> tuple[str, str]:
    name, equals, text = value.partition("=")
    if not (equals and name.strip() and text.strip()):
        raise InputError(
            Problem(
                "bad_value",
                f'"{value}" sets nothing',
                expected='NAME=VALUE, such as "Threshold=-18 dB"',
            )
        )
    return name.strip(), text.strip()


def _plugin(
    row: HostedRow, store: Store, plugin_path: list[Path] | None, trust: list[Path] | None
) -> Plugin:
    """The plugin of the row, once its state too may be taken from where it lies."""
    from bridge.gathering import check_states
    from bridge.hosting import scan, search_folders, trusted_folders
    from bridge.planning import untrusted, wanted_plugin
    from bridge.plugins import find

    wanted, trusted = wanted_plugin(row.chain, row.settings), trusted_folders(trust or ())
    check_states(row.chain, trusted)
    folders, cache = search_folders(plugin_path or ()), store.scan_cache
    catalogue = scan([wanted], folders, cache, trusted=trusted)
    found = find(catalogue, wanted)
    if len({(each.class_id, each.format) for each in found}) == 1:
        return found[0]
    said = str(wanted.path or wanted.name or wanted.class_id)
    where = {"group": row.owner, "insert": row.insert.id, "plugin": said}
    refused = untrusted(catalogue, wanted, f"{said} ({row.step_id})", where)
    if refused is not None:
        raise InputError(refused)
    if found:
        several = Problem("plugin_ambiguous", f"{said} means several plugins", where)
        raise InputError(several)
    raise unreadable(f"{said} ({row.step_id})", catalogue, wanted) or MachineError(
        Problem(
            "plugin_not_found",
            f"the plugin {said} ({row.step_id}) is not installed here",
            where,
            hint="Install it, or name its folder with --plugin-path or STEMWRIGHT_PLUGIN_PATH.",
        )
    )


def _target(row: HostedRow, plugin: Plugin, out: Path | None) -> Path:
    from bridge.hosting import BAKED_SUFFIXES

    suffix = BAKED_SUFFIXES[plugin.format]
    return out or row.folder / "states" / f"{row.owner}-{row.insert.id}{suffix}"


def _refuse_overwriting(row: HostedRow, target: Path, yes: bool) -> None:
    if not target.exists():
        return
    users = users_of(row.chain, target)
    where = {"file": str(target)}
    if row.step_id not in users:
        said = f"{target.name} is there already, and is not the state of {row.step_id}"
        problem = Problem("state_exists", said, where, hint="Name another file with -o.")
    elif len(users) > 1:
        said = f"{target.name} is the state of {', '.join(users)}: all of them would change"
        problem = Problem("state_shared", said, where, hint="Name another file with -o.")
    elif not yes:
        said = f"{target.name} is the insert's own state, and would be overwritten"
        hint = "Say --yes to overwrite it, or name another file with -o."
        problem = Problem("state_exists", said, where, hint=hint)
    else:
        return
    raise InputError(problem)


def _keep(row: HostedRow, chain: Path, target: Path, baked: Baked) -> None:
    if baked.state is not None:
        _write(row, chain, target, baked.state)
        return
    before = _text_of(chain)
    _change(chain, with_params(row, before, baked.params))


def _write(row: HostedRow, chain: Path, target: Path, state: bytes) -> None:
    """The state first: a chain never names a state that is not there."""
    before = _text_of(chain)
    changed = with_state(row, before, target)
    replace_file(target, state)
    _change(chain, changed)


def _text_of(chain: Path) -> str:
    from chains import CHAIN, toml_text

    return toml_text(chain, CHAIN)


def _change(chain: Path, after: str) -> None:
    replace_file(chain, after.encode("utf-8"))


def _tell(
    row: HostedRow, plugin: Plugin, baked: Baked, target: Path, *, dry_run: bool, as_json: bool
) -> None:
    if as_json:
        told: dict[str, Any] = {
            "insert": row.step_id,
            "plugin": plugin.name,
            "state": None if baked.state is None else str(target),
            "params": dict(baked.params),
            "written": not dry_run,
            "changes": [vars(each) for each in baked.changes],
        }
        print_json(told)
        return
    rows = [(each.name, each.before, each.asked or "", each.after) for each in baked.changes]
    print_table(("parameter", "before", "asked", "reads back"), rows)
    say(*_said(row, plugin, baked, target, dry_run), err=True)


def _said(row: HostedRow, plugin: Plugin, baked: Baked, target: Path, dry_run: bool) -> list[str]:
    """Where the values went, or would go."""
    if baked.state is not None:
        kept = f"{row.step_id}: state = {written(target, row.folder)}"
        return [f"would write {target}" if dry_run else kept]
    values = ", ".join(f'"{name}" = "{text}"' for name, text in baked.params.items())
    why = f"{plugin.name} does not keep its parameters in a state: the chain sets them"
    would = "would write " if dry_run else ""
    return [why, f"{would}{row.step_id}: params = {{ {values} }}"]


def edit(
    chain: ChainPath,
    insert: InsertId,
    out: StateOut = None,
    yes: Yes = False,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    store: StorePath = None,
) -> None:
    """Open the plugin's own window on an insert's state, and keep what you set there.

    Only on macOS and Windows (untested); elsewhere it says which road to take, exit code 3.

    Example: stemwright plugins edit chain.toml vocals/comp
    """
    from bridge.hosting import refuse_window
    from chains import load

    row = hosted_row(load(chain), insert)
    plugin = _plugin(row, opened(store), plugin_path, trust)
    refuse_window(plugin, row.step_id, _DAW)
    _edit(row, plugin, chain, _target(row, plugin, out), yes)  # pragma: no cover - untested


def _edit(  # pragma: no cover - untested
    row: HostedRow, plugin: Plugin, chain: Path, target: Path, yes: bool
) -> None:

    from bridge.hosting import PrepareJob, host, open_window

    _refuse_overwriting(row, target, yes)
    params = tuple(row.settings.params.items())
    job = PrepareJob(plugin, row.state(), params, step_id=row.step_id)
    prepared = host("dawdreamer").prepare(job)
    with scratch() as folder:
        state = row.state()
        if prepared.preset is not None:
            state = folder / target.name
            state.write_bytes(prepared.preset)
        _write(row, chain, target, open_window(plugin, state, row.step_id))
    say(f"{row.step_id}: state = {written(target, row.folder)}", err=True)


def authorise(
    name: Annotated[str, typer.Argument(help="A plugin's name, path or class id.")],
    kind: Format = None,
    plugin_path: PluginPath = None,
    store: StorePath = None,
) -> None:
    """Open a plugin's own window, for its licence.

    Only on macOS and Windows (untested); elsewhere it says which road to take, exit code 3.

    Example: stemwright plugins authorise "Pro-Q 3"
    """
    from bridge.hosting import open_window, refuse_window

    plugin = one(name, opened(store), plugin_path, kind)
    refuse_window(plugin, "", _LICENCE)
    open_window(plugin, None, "")  # pragma: no cover - untested
