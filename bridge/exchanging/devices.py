"""The plugins of a chain as devices: who they are, and the state they run with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.exchanging.lifting import suffix_of
from bridge.finished import Engine as LockedEngine, Lock
from bridge.gathering import Bench, check_states, prepare
from bridge.hosting import host, scan, search_folders
from bridge.planning import Engine, HostedStep, state_path, untrusted, wanted_plugin
from bridge.plugins import Plugin, find
from bridge.storing import Store, file_digest
from chains import Chain, Insert, Plugin as PluginSettings, PluginTable
from sessions import Device, DeviceState, StateError, fxp_file, vstpreset_file
from stemwright.problems import Diagnostic, InputError, MachineError, RenderError

_KINDS = {".vstpreset": "vst3", ".aupreset": "au_plist"}


class Finisher:
    """Makes devices of a chain's hosted inserts, with their finished states.

    An insert with a state and no params keeps its state's bytes, and needs no plugin. Any other is
    prepared as for a render: from the store, or by the plugin in a child. What fails is told in
    `diagnostics`, and the device then has the state that is at hand, or none. Raises InputError
    for states and plugins that lie neither where a chain's may nor in `trusted`.
    """

    def __init__(
        self,
        chain: Chain,
        store: Store,
        plugin_folders: Sequence[Path] = (),
        lock: Lock | None = None,
        trusted: Sequence[Path] = (),
    ) -> None:
        check_states(chain, trusted)
        self.diagnostics: list[Diagnostic] = []
        self._chain = chain
        self._store = store
        self._folders = search_folders(plugin_folders)
        self._trusted = trusted
        self._locked = {row.step: row for row in lock.plugins} if lock else {}
        self._engine = _engine(chain, lock.engine if lock else None)

    def device(self, owner: str, insert: Insert) -> Device | None:
        """The hosted insert as a device; None for a built-in processor of ours."""
        settings = insert.settings
        if not isinstance(settings, PluginSettings):
            return None
        step_id = f"{owner}/{insert.id}"
        plain = self._file_state(step_id, settings)
        plugin = None
        state = plain
        if settings.params or plain is None:
            plugin = self._plugin(step_id, settings)
            if plugin is not None:
                state = self._prepared(step_id, insert, settings, plugin) or plain
        return self._named(step_id, insert, settings, state, plugin)

    def class_id(self, owner: str, insert: Insert) -> str | None:
        """Which plugin a hosted insert means, without hosting it, where that can be known."""
        settings = insert.settings
        if not isinstance(settings, PluginSettings):
            return None
        step_id = f"{owner}/{insert.id}"
        row = self._locked.get(step_id)
        known = _table(settings).id or (row.class_id if row else None)
        if known is None:
            path = state_path(self._chain, settings)
            state = None if path is None else _read(path)
            known = None if state is None else state.class_id
        return str(known).upper() if known else None

    def _named(
        self,
        step_id: str,
        insert: Insert,
        settings: PluginSettings,
        state: DeviceState | None,
        plugin: Plugin | None,
    ) -> Device:
        table, row = _table(settings), self._locked.get(step_id)
        if row is None and plugin is None and (table.id is None or table.name is None):
            plugin = self._plugin(step_id, settings, quiet=True)
        carried = None if state is None else state.class_id
        known = [each for each in (plugin, row) if each is not None]
        class_ids, forms = [each.class_id for each in known], [each.format for each in known]
        class_id = next(filter(None, (*class_ids, table.id, carried)), "")
        form = next(filter(None, (*forms, table.format)), "VST3")
        name = next(filter(None, (*(each.name for each in known), table.name)), insert.id)
        vendor = next(filter(None, (*(each.vendor for each in known), table.vendor)), "")
        return Device(
            name=name,
            vendor=vendor,
            format=form,
            id=_device_id(form, class_id),
            enabled=not insert.bypass,
            state=state,
            mix=insert.mix,
            label=insert.id,
            file=None if plugin is None else plugin.path.name,
            pins=insert.on if insert.on in ("left", "right") else None,
        )

    def _file_state(self, step_id: str, settings: PluginSettings) -> DeviceState | None:
        path = state_path(self._chain, settings)
        if path is None:
            return None
        state = _read(path)
        if state is None:
            self._tell("state_unreadable", step_id, f"the state {settings.state} cannot be read")
        return state

    def _plugin(
        self, step_id: str, settings: PluginSettings, *, quiet: bool = False
    ) -> Plugin | None:
        wanted = wanted_plugin(self._chain, settings)
        cache = self._store.scan_cache
        catalogue = scan([wanted], self._folders, cache, trusted=self._trusted)
        found = find(catalogue, wanted)
        if len({(each.class_id, each.format) for each in found}) == 1:
            return found[0]
        refused = untrusted(catalogue, wanted, f"{wanted.path} ({step_id})", {"path": step_id})
        if refused is not None and not quiet:
            raise InputError(refused)
        if not quiet:
            said = str(wanted.name or wanted.path or wanted.class_id)
            why = "is not installed here" if not found else "means several plugins"
            self._tell("state_not_prepared", step_id, f"{said} {why}: its state may be unfinished")
        return None

    def _prepared(
        self, step_id: str, insert: Insert, settings: PluginSettings, plugin: Plugin
    ) -> DeviceState | None:
        path = state_path(self._chain, settings)
        step = HostedStep(
            id=step_id,
            label=insert.id,
            insert_id=insert.id,
            plugin=plugin,
            state=path,
            state_hash=None if path is None else file_digest(path),
            params=tuple(settings.params.items()),
            latency_samples=None,
        )
        try:
            bench = Bench(self._store, host(self._engine.host), self._engine)
            preset = prepare(bench, step).preset
        except (InputError, RenderError, MachineError) as error:
            said = "; ".join(problem.message for problem in error.problems)
            self._tell("state_not_prepared", step_id, said)
            return None
        if preset is None and settings.params:
            self._tell(
                "state_not_prepared",
                step_id,
                f"{plugin.name} does not keep its values in a state: set them in the DAW",
            )
        return None if preset is None else as_state(preset)

    def _tell(self, code: str, step_id: str, message: str) -> None:
        self.diagnostics.append(Diagnostic("warning", code, step_id, f"{step_id}: {message}"))


def as_state(data: bytes) -> DeviceState | None:
    """A state file's bytes as a neutral state; None when they are none."""
    try:
        if data.startswith(b"VST3"):
            return vstpreset_file(data)
        if data.startswith(b"CcnK"):
            return fxp_file(data)
    except StateError:
        return None
    kind = _KINDS.get(suffix_of(data), "opaque")
    return DeviceState(kind, data) if b"plist" in data[:512] else None


def _read(path: Path) -> DeviceState | None:
    try:
        return as_state(path.read_bytes())
    except OSError:
        return None


def _table(settings: PluginSettings) -> PluginTable:
    if isinstance(settings.plugin, PluginTable):
        return settings.plugin
    if settings.path is not None:
        return PluginTable(name=Path(settings.path.replace("\\", "/")).stem or "plugin")
    return PluginTable(name=settings.plugin)


def _device_id(form: str, class_id: str) -> str:
    """A class id of this machine's scan as a session writes it."""
    if form == "VST2":
        try:
            return str(int(class_id, 16))
        except ValueError:
            return class_id
    return class_id.replace(":", " ") if form == "AU" else class_id.upper()


def _engine(chain: Chain, locked: LockedEngine | None) -> Engine:
    first = chain.engine if locked is None else locked
    return Engine(
        host=first.host or chain.engine.host or "dawdreamer",
        buffer_size=first.buffer_size or 512,
        sample_rate_hz=first.sample_rate_hz or 48000,
        tempo_bpm=120.0 if locked is None else locked.tempo_bpm,
    )
