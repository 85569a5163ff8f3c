"""States of JUCE hosts (Tracktion, Waveform): their plugin's class id, asked of this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bridge.hosting import scan, search_folders
from bridge.plugins import Wanted, find
from bridge.storing import Store
from sessions import Device, Session
from sessions.states import neutral
from sessions.states.neutral import StateError


def with_class_ids(session: Session, store: Store, plugin_folders: Sequence[Path] = ()) -> Session:
    """The session with every JUCE state hostable whose plugin is installed here, by its name.

    Such states do not say whose they are. Where no plugin, or several, have the name, the device
    stays as it is.
    """
    if not any(_is_open(device) for track in session.tracks for device in track.devices):
        return session
    known = _Known(store, plugin_folders)
    return replace(
        session,
        tracks=tuple(
            replace(track, devices=tuple(known.named(device) for device in track.devices))
            for track in session.tracks
        ),
    )


def _is_open(device: Device) -> bool:
    state = device.state
    return device.format == "VST3" and state is not None and neutral.is_juce(state.data)


class _Known:
    """This machine's plugins by name, each asked for once."""

    def __init__(self, store: Store, folders: Sequence[Path]) -> None:
        self._store = store
        self._folders = folders
        self._ids: dict[str, str | None] = {}

    def named(self, device: Device) -> Device:
        """The device with class id and state, where they can be known."""
        if not _is_open(device) or device.state is None:
            return device
        class_id = self._class_id(device.name)
        if class_id is None:
            return device
        try:
            state = neutral.juce(class_id, device.state.data)
        except StateError:
            return device
        return replace(device, id=class_id, state=state)

    def _class_id(self, name: str) -> str | None:
        if name not in self._ids:
            wanted = Wanted(name=name, format="VST3")
            cache = self._store.scan_cache
            found = find(scan([wanted], search_folders(self._folders), cache), wanted)
            ids = {each.class_id for each in found}
            self._ids[name] = ids.pop() if len(ids) == 1 else None
        return self._ids[name]
