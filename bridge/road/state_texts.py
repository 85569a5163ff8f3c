"""What the plugins of this machine say of two states, in their own display texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import StemwrightError, StoppedError

if TYPE_CHECKING:
    from bridge.comparing import Change, Parameter
    from bridge.hosting import ParameterText
    from bridge.plugins import Plugin, Wanted
    from chains import Chain
    from sessions import Device


class StateTexts:
    """Reads states in installed plugins, each state and each plugin once.

    A plugin is looked for in `plugin_folders` and the system's, never by a path that a document
    names.
    """

    def __init__(self, store_root: Path | None = None, plugin_folders: Sequence[Path] = ()) -> None:
        self._store_root, self._plugin_folders = store_root, plugin_folders
        self._found = cache(self._find)
        self._texts = cache(self._read)

    def of_devices(self, a: Device, b: Device) -> Sequence[Parameter] | None:
        """As `differing`, for a plugin of two sessions."""
        from bridge.exchanging import hostable, table_of
        from bridge.plugins import Wanted

        table, one, other = table_of(b), hostable(a), hostable(b)
        if table is None or one is None or other is None:
            return None
        return self.differing(Wanted(table.name, table.vendor, table.format, table.id), one, other)

    def differing(self, wanted: Wanted, a: bytes, b: bytes) -> Sequence[Parameter] | None:
        """Name, text in A, text in B of each parameter that reads otherwise.

        None where no plugin here is the `wanted` one, or where it does not load a state.
        """
        plugin = None if wanted.path is not None else self._found(wanted)
        if plugin is None:
            return None
        try:
            one, other = self._texts(plugin, a), self._texts(plugin, b)
        except StoppedError:
            raise
        except StemwrightError:
            return None
        if [each.name for each in one] != [each.name for each in other]:
            return None
        return [
            (was.name, was.value, now.value)
            for was, now in zip(one, other, strict=True)
            if was.value != now.value
        ]

    def _find(self, wanted: Wanted) -> Plugin | None:
        from bridge.hosting import scan, search_folders
        from bridge.plugins import find
        from bridge.storing import Store, default_root

        store = Store(self._store_root or default_root())
        catalogue = scan([wanted], search_folders(self._plugin_folders), store.scan_cache)
        found = find(catalogue, wanted)
        same = len({(each.class_id, each.format) for each in found}) == 1
        return found[0] if same else None

    def _read(self, plugin: Plugin, data: bytes) -> tuple[ParameterText, ...]:
        from bridge.exchanging import suffix_of
        from bridge.hosting import describe, scratch

        with scratch() as folder:
            state = folder / f"state{suffix_of(data)}"
            state.write_bytes(data)
            return describe(plugin, state=state).parameters


def chain_state_changes(a: Chain, b: Chain, texts: StateTexts) -> Iterator[Change]:
    """What differs in the state files of inserts that both chains have, by the same ids.

    States that lie outside of a chain's folder are not read.
    """
    from bridge.planning import wanted_plugin
    from chains import Plugin

    steps = {(owner, insert.id): insert for owner, insert in a.inserts()}
    for owner, insert in b.inserts():
        before = steps.get((owner, insert.id))
        if before is None:
            continue
        was, now = before.settings, insert.settings
        if not (isinstance(was, Plugin) and isinstance(now, Plugin)):
            continue
        one, other = _state_of(a, was.state), _state_of(b, now.state)
        if one is None or other is None or one == other:
            continue
        wanted = [wanted_plugin(side, settings) for side, settings in ((a, was), (b, now))]
        told = texts.differing(wanted[1], one, other) if wanted[0] == wanted[1] else None
        yield from _told((owner, insert.id), _row(b, owner), one, other, told)


def _row(chain: Chain, owner: str) -> tuple[str, ...]:
    if owner == "master":
        return ("master",)
    is_group = any(group.id == owner for group in chain.groups)
    return ("group" if is_group else "return", owner)


def _state_of(chain: Chain, written: str | None) -> bytes | None:
    """The bytes of a state file in the chain's folder; None where there is none to read."""
    from bridge.hosting import lies_in, opened_state

    if written is None or chain.path is None:
        return None
    path = chain.resolve(written)
    if not lies_in(path, [chain.path.parent]):
        return None
    try:
        with opened_state(path) as file:
            return file.read()
    except StemwrightError:
        return None


def _told(
    step: tuple[str, str],
    row: tuple[str, ...],
    one: bytes,
    other: bytes,
    told: Sequence[Parameter] | None,
) -> Iterator[Change]:
    from bridge.comparing import Change

    path, who = (*row, "insert", step[1], "state"), "/".join(step)
    for name, before, after in told or ():
        words = f'{who} "{name}" from {before} to {after}, in its state'
        yield Change((*path, name), "changed", before, after, words)
    if not told:
        sides = [{"bytes": len(d), "sha256": hashlib.sha256(d).hexdigest()} for d in (one, other)]
        ends = [f"{each['bytes']} bytes (sha256 {str(each['sha256'])[:12]})" for each in sides]
        why = ", although every parameter reads the same" if told is not None else ""
        words = f"{who} state from {ends[0]} to {ends[1]}{why}"
        yield Change(path, "changed", sides[0], sides[1], words)
