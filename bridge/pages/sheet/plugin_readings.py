"""What hosted inserts are set to, in the plugins' own display texts, as far as it can be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bridge.finished import FinishedFolder, PluginRow
from bridge.gathering import Bench, prepare
from bridge.hosting import (
    SUFFIXES,
    describe,
    host,
    lies_in,
    opened_state,
    scan,
    scratch,
    search_folders,
    tidy,
)
from bridge.planning import Engine, HostedStep, state_path
from bridge.plugins import Plugin, Wanted, find
from bridge.storing import Store
from chains import Chain, Plugin as PluginSettings
from stemwright.problems import InputError, Problem, StemwrightError, StoppedError

Texts = tuple[tuple[str, str], ...]
"""Parameter names with their display texts, in the plugin's order."""
FindPlugin = Callable[[Wanted], Plugin | None]


@dataclass(frozen=True)
class PluginReading:
    """Every parameter of a hosted insert in display text, and a remark on where that was read."""

    texts: Texts
    remark: str = ""


def read_plugins(
    folder: FinishedFolder, store: Store, plugin_folders: Sequence[Path] = ()
) -> Mapping[str, PluginReading]:
    """Read every hosted insert of a master, by step id.

    A plugin that is here is set up as it was rendered and asked for all its parameters; of one that
    is not, or that refuses, there is what the render read back and the lock kept. Plugins are
    looked for in `plugin_folders` and the system's, by what the lock says they are, never by path.
    Raises StoppedError.
    """
    found = _finder(store, plugin_folders)
    return {row.step: _read(row, folder, store, found) for row in folder.lock.plugins}


def _finder(store: Store, plugin_folders: Sequence[Path]) -> FindPlugin:
    folders = search_folders(plugin_folders)

    @cache
    def found(wanted: Wanted) -> Plugin | None:
        plugins = find(scan([wanted], folders, store.scan_cache), wanted)
        return plugins[0] if plugins else None

    return found


def _read(row: PluginRow, folder: FinishedFolder, store: Store, found: FindPlugin) -> PluginReading:
    try:
        plugin = found(Wanted(row.name, row.vendor, row.format, row.class_id))
        if plugin is None:
            return PluginReading(_kept(row, folder, store), _not_here(row, "is not installed here"))
        texts = _asked(_step(row, plugin, folder), _engine(folder), store)
    except StoppedError:
        raise
    except StemwrightError as error:
        said = f"did not say its settings ({error.problems[0].message})"
        return PluginReading(_kept(row, folder, store), _not_here(row, said))
    return PluginReading(texts, _other_build(row, plugin))


def _not_here(row: PluginRow, said: str) -> str:
    state = "; the rest is in its state" if row.state is not None else ""
    return f"{row.name} {said}: these are the settings that the chain made{state}"


def _other_build(row: PluginRow, plugin: Plugin) -> str:
    if plugin.binary_hash == row.binary:
        return ""
    return (
        f"read with {plugin.name} {plugin.version} of this machine, another build than the "
        f"{row.version} that was rendered with"
    )


def _kept(row: PluginRow, folder: FinishedFolder, store: Store) -> Texts:
    """What was asked of a plugin, in its own texts where the store still has what it read back."""
    rendered = folder.step(row.step)
    entry = None if rendered is None else store.get(rendered.key)
    told = () if entry is None else entry.meta.get("read_back", ())
    texts = {str(name).casefold(): (str(name), tidy(str(text))) for name, text in told}
    return tuple(
        texts.get(name.casefold(), (name, str(asked))) for name, asked in row.params.items()
    )


def _engine(folder: FinishedFolder) -> Engine:
    engine = folder.lock.engine
    return Engine(
        engine.host, engine.buffer_size, engine.sample_rate_hz, engine.tempo_bpm, engine.tail_s
    )


def _step(row: PluginRow, plugin: Plugin, folder: FinishedFolder) -> HostedStep:
    return HostedStep(
        id=row.step,
        label=plugin.name,
        insert_id=row.step.rpartition("/")[2],
        plugin=plugin,
        state=_state(row, folder.chain),
        state_hash=row.state,
        params=tuple((name, str(text)) for name, text in row.params.items()),
        latency_samples=row.latency_samples,
        warm_up_s=row.warm_up_s,
    )


def _state(row: PluginRow, chain: Chain) -> Path | None:
    """Where the state of a step lies in its finished folder."""
    owner, _, insert = row.step.rpartition("/")
    for each in chain.rack(owner):
        if each.id == insert and isinstance(each.settings, PluginSettings):
            path = state_path(chain, each.settings)
            return path if path is not None and lies_in(path, [chain.resolve(".")]) else None
    return None


def _asked(step: HostedStep, engine: Engine, store: Store) -> Texts:
    """Set a plugin up as the render did, and list what it shows; meters are left out."""
    if step.state is None and step.state_hash is not None:
        gone = Problem(
            "state_unreadable", "its state does not lie in the folder", step.slot.where()
        )
        raise InputError(gone)
    if step.state is not None:
        with opened_state(step.state):  # one that is none is not given to a plugin
            pass
    prepared = prepare(Bench(store, host(engine.host), engine), step)
    with scratch() as place:
        preset = None
        if prepared.preset is not None:
            preset = place / f"prepared{SUFFIXES[step.plugin.format]}"
            preset.write_bytes(prepared.preset)
        said = describe(step.plugin, state=preset, raw_params=prepared.raw_params)
    return tuple((each.name, each.value) for each in said.parameters if each.automatable)
