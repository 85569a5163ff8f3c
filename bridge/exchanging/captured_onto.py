"""A session captured onto the chain it was exported from: what differs is taken over, and named.

Built-in processors, selectors, target and versions are the chain's own and stay; hosted inserts,
gains and sends are the session's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bridge.exchanging.captured import Captured, Difference
from bridge.exchanging.devices import Finisher
from bridge.exchanging.lifting import LiftedInsert, hostable, slug, state_file, table_of
from bridge.exchanging.mixer import Mixer, Rack, db, mixer_of, sends_of, trim_of
from bridge.planning import state_path
from chains import Chain, Group, Insert, Plugin, PluginTable, Return, describe, is_absolute
from sessions import Device, Session, StateError, parse_vstpreset
from stemwright.problems import Diagnostic

_SAME_DB = 1e-4
_SAME_MIX = 1e-6


def capture_onto(session: Session, chain: Chain, finisher: Finisher) -> Captured:
    """Take plugins, gains and sends of `session` over into `chain`; name every difference.

    An insert whose plugin, bypass, mix and state are what the chain says stays as it is. Groups
    and returns are found by their ids, inserts by theirs or by their plugin and order.
    """
    ids = [*(group.id for group in chain.groups), *(bus.id for bus in chain.returns)]
    mixer = mixer_of(session, ids)
    work = _Onto(session, chain, finisher, mixer)
    groups = tuple(work.group(group) for group in chain.groups)
    returns = tuple(work.returned(bus) for bus in chain.returns)
    rack = mixer.master
    master = work.row("master", rack, chain.master)
    work.strangers(ids)
    found = replace(chain, groups=groups, returns=returns, master=master)
    told = (*mixer.diagnostics, *work.diagnostics, *finisher.diagnostics)
    return Captured(found, work.states, tuple(work.lifted), told, tuple(work.differences))


@dataclass
class _Onto:
    """The work in progress."""

    session: Session
    chain: Chain
    finisher: Finisher
    mixer: Mixer
    states: dict[str, bytes] = field(default_factory=dict)
    lifted: list[LiftedInsert] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def group(self, group: Group) -> Group:
        """The group as the session has it."""
        rack = self._rack(group.id, self.mixer.groups)
        if rack is None:
            return replace(group, inserts=self._kept(group.id, group.inserts))
        trim_db = trim_of(self.session, rack.track)
        return replace(
            group,
            trim_db=group.trim_db
            if trim_db is None
            else self._gain(group.id, "trim_db", group.trim_db, trim_db),
            gain_db=self._gain(group.id, "gain_db", group.gain_db, db(rack.track.gain_db)),
            sends=self._sends(group, rack),
            inserts=self.row(group.id, rack, group.inserts),
        )

    def returned(self, bus: Return) -> Return:
        """The return as the session has it."""
        rack = self._rack(bus.id, (*self.mixer.returns, *self.mixer.groups))
        if rack is None:
            return replace(bus, inserts=self._kept(bus.id, bus.inserts))
        return replace(
            bus,
            gain_db=self._gain(bus.id, "gain_db", bus.gain_db, db(rack.track.gain_db)),
            inserts=self.row(bus.id, rack, bus.inserts),
        )

    def _rack(self, owner: str, racks: Sequence[Rack]) -> Rack | None:
        found = [each for each in racks if each.owner.casefold() == owner.casefold()]
        if not found:
            self._differs(owner, "track", "in the chain", "not in the session; kept as it was")
        return found[0] if found else None

    def strangers(self, ids: Sequence[str]) -> None:
        """Tell which tracks of the session the chain, of these ids, has no place for."""
        known = {each.casefold() for each in ids}
        for rack in (*self.mixer.groups, *self.mixer.returns):
            if rack.owner.casefold() not in known:
                message = f"{rack.track.name} is no group or return of the chain, and was left out"
                where = rack.track.name
                self.diagnostics.append(Diagnostic("warning", "track_not_in_chain", where, message))

    def _gain(self, owner: str, what: str, before: float, after: float) -> float:
        if abs(before - after) <= _SAME_DB:
            return before
        self._differs(owner, what, f"{before:g} dB", f"{after:g} dB")
        return after

    def _sends(self, group: Group, rack: Rack) -> tuple[tuple[str, float], ...]:
        names = {each.track.id: each.owner for each in self.mixer.racks}
        returns = {bus.id.casefold(): bus.id for bus in self.chain.returns}
        ids = {
            track: returns[owner.casefold()]
            for track, owner in names.items()
            if owner.casefold() in returns
        }
        found = dict(sends_of(rack.track, ids))
        kept: list[tuple[str, float]] = []
        for target, before in group.sends:
            if target in found:
                what = f"send to {target}"
                kept.append((target, self._gain(group.id, what, before, found.pop(target))))
            else:
                self._differs(group.id, f"send to {target}", f"{before:g} dB", "none")
        for target, after in found.items():
            self._differs(group.id, f"send to {target}", "none", f"{after:g} dB")
            kept.append((target, after))
        return tuple(kept)

    def _kept(self, owner: str, row: Sequence[Insert]) -> tuple[Insert, ...]:
        for insert in row:
            self._keep_state(owner, insert)
        return tuple(row)

    def row(self, owner: str, rack: Rack, row: Sequence[Insert]) -> tuple[Insert, ...]:
        """The session's plugins in the places of the chain's; further ones behind the last."""
        hosted = [insert for insert in row if isinstance(insert.settings, Plugin)]
        pairs = self._paired(owner, hosted, rack.inserts)
        met = [hosted.index(insert) for insert, _ in pairs if insert is not None]
        if met != sorted(met):
            before = ", ".join(hosted[at].id for at in sorted(met))
            self._differs(owner, "order", before, ", ".join(hosted[at].id for at in met))
        for insert in hosted:
            if not any(known is insert for known, _ in pairs):
                self._differs(f"{owner}/{insert.id}", "insert", "there", "removed")
        taken = [insert.id for insert in row]
        new = [self._insert(owner, insert, found, taken) for insert, found in pairs]
        return self._with_knobs(owner, _in_places(row, new), rack.knobs)

    def _with_knobs(
        self, owner: str, row: Sequence[Insert], knobs: Sequence[Insert]
    ) -> tuple[Insert, ...]:
        """The row with the session's pan and master fader, in the gains that stood for them."""
        made = list(row)
        for knob in knobs:
            at = next((at for at, each in enumerate(made) if _is_knob(each, knob)), None)
            before = "none" if at is None else describe(made[at])
            after = describe(knob)
            if before != after:
                self._differs(f"{owner}/{knob.id}", "gain", before, after)
            if at is None:
                made.append(replace(knob, id=slug(knob.id, [each.id for each in made])))
            else:
                made[at] = replace(made[at], settings=knob.settings)
        return tuple(made)

    def _paired(
        self, owner: str, hosted: Sequence[Insert], found: Sequence[LiftedInsert]
    ) -> list[tuple[Insert | None, LiftedInsert]]:
        """Each device with the insert it is: by its label, else the next of the same plugin."""
        free = list(hosted)
        by_label: dict[int, Insert] = {}
        for at, lifted in enumerate(found):
            label = lifted.device.label
            match = next((each for each in free if each.id == label), None)
            if match is not None and self._same_plugin(owner, match, lifted.device):
                by_label[at] = match
                free.remove(match)
        pairs: list[tuple[Insert | None, LiftedInsert]] = []
        for at, lifted in enumerate(found):
            insert = by_label.get(at)
            if insert is None:
                same = (each for each in free if self._same_plugin(owner, each, lifted.device))
                insert = next(same, None)
                if insert is not None:
                    free.remove(insert)
            pairs.append((insert, lifted))
        return pairs

    def _same_plugin(self, owner: str, insert: Insert, device: Device) -> bool:
        known = self.finisher.class_id(owner, insert)
        table = table_of(device)
        if known is not None and table is not None and table.id is not None:
            return known.casefold() == table.id.casefold()
        settings = insert.settings
        named = settings.plugin if isinstance(settings, Plugin) else ""
        name = (named.name or "") if isinstance(named, PluginTable) else named
        return name.casefold() == device.name.casefold()

    def _insert(
        self, owner: str, insert: Insert | None, found: LiftedInsert, taken: list[str]
    ) -> Insert:
        if insert is None:
            return self._added(owner, found, taken)
        step_id, device = f"{owner}/{insert.id}", found.device
        if insert.bypass == device.enabled:
            words = ("on", "bypassed") if device.enabled is False else ("bypassed", "on")
            self._differs(step_id, "bypass", *words)
        mix = insert.mix
        if device.mix is not None and abs(device.mix - mix) > _SAME_MIX:
            self._differs(step_id, "mix", f"{mix:g}", f"{device.mix:g}")
            mix = device.mix
        insert = replace(insert, bypass=not device.enabled, mix=mix)
        before = insert
        insert = self._with_state(owner, insert, device)
        path = insert.settings.state if isinstance(insert.settings, Plugin) else None
        kept = insert is before and hostable(device) is not None
        self.lifted.append(LiftedInsert(owner, insert, device, path, kept=kept))
        return insert

    def _added(self, owner: str, found: LiftedInsert, taken: list[str]) -> Insert:
        insert, count = found.insert, 1
        while insert.id in taken:
            count += 1
            insert = replace(found.insert, id=f"{found.insert.id}-{count}")
        taken.append(insert.id)
        path = (
            None if found.state is None else self._free(state_file(owner, insert.id, found.state))
        )
        if path is not None and found.state is not None:
            self.states[path] = found.state
            settings = insert.settings.model_copy(update={"state": path})
            insert = replace(insert, settings=settings)
        self._differs(f"{owner}/{insert.id}", "insert", "none", f"new: {found.device.name}")
        self.lifted.append(LiftedInsert(owner, insert, found.device, path, found.state))
        return insert

    def _with_state(self, owner: str, insert: Insert, device: Device) -> Insert:
        """The insert on the session's state when that is another than it had."""
        made = self.finisher.device(owner, insert)
        before = None if made is None else hostable(made)
        after = hostable(device)
        if after is None or (before is not None and _parts(before) == _parts(after)):
            self._keep_state(owner, insert)
            return insert
        path = self._free(state_file(owner, insert.id, after))
        self.states[path] = after
        self._differs(f"{owner}/{insert.id}", "state", _digest(before), _digest(after))
        settings = insert.settings.model_copy(update={"state": path, "params": {}})
        return replace(insert, settings=settings)

    def _keep_state(self, owner: str, insert: Insert) -> None:
        """Take the state file along, for a chain that is written elsewhere."""
        settings = insert.settings
        path = state_path(self.chain, settings) if isinstance(settings, Plugin) else None
        if path is None or not isinstance(settings, Plugin) or settings.state is None:
            return
        written = settings.state.replace("\\", "/")
        if is_absolute(settings.state) or ".." in written.split("/"):
            message = f"its state {settings.state} is not copied along: it lies outside the chain"
            where = f"{owner}/{insert.id}"
            self.diagnostics.append(Diagnostic("warning", "state_outside", where, message))
            return
        try:
            self.states[written] = path.read_bytes()
        except OSError:
            return  # the finisher told it

    def _free(self, path: str) -> str:
        """A path that holds nothing yet beside the old chain."""
        folder = self.chain.path.parent if self.chain.path is not None else None
        stem, dot, suffix = path.rpartition(".")
        name, count = path, 1
        while name in self.states or (folder is not None and (folder / name).exists()):
            count += 1
            name = f"{stem}-{count}{dot}{suffix}"
        return name

    def _differs(self, where: str, what: str, before: str, after: str) -> None:
        self.differences.append(Difference(where, what, before, after))


def _is_knob(insert: Insert, knob: Insert) -> bool:
    return (
        insert.id == knob.id and insert.on == knob.on and insert.settings.use == knob.settings.use
    )


def _in_places(row: Sequence[Insert], hosted: Sequence[Insert]) -> tuple[Insert, ...]:
    """`hosted`, in order, where the row's hosted inserts stood; the rest behind the last one."""
    rest = list(hosted)
    places = [at for at, insert in enumerate(row) if isinstance(insert.settings, Plugin)]
    made: list[Insert] = []
    for at, insert in enumerate(row):
        if at not in places:
            made.append(insert)
        elif rest:
            made.append(rest.pop(0))
        if places and at == places[-1]:
            made += rest
            rest = []
    return (*made, *rest)


def _parts(data: bytes) -> object:
    """What of a state file is the plugin's: wrappers and empty controller states do not count."""
    try:
        preset = parse_vstpreset(data)
    except StateError:
        return data
    return preset.class_id, preset.component, preset.controller or b""


def _digest(data: bytes | None) -> str:
    return "none" if data is None else f"sha256 {hashlib.sha256(data).hexdigest()[:12]}"
