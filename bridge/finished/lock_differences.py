"""Holding a plan to a lock: every difference, named, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bridge.finished.lock import Lock, MixerRow, PluginRow, Rides, Source, as_rides
from bridge.planning import ride_words
from stemwright.decibels import amplitude_db
from stemwright.problems import DiffersError, Problem

_HASH = re.compile("[0-9a-f]{64}")
_ENGINE = ("host", "host_version", "buffer_size", "sample_rate_hz", "tempo_bpm")
_PLUGIN = {
    "name": "plugin",
    "vendor": "plugin",
    "version": "plugin",
    "format": "plugin",
    "class_id": "plugin",
    "binary": "plugin",
    "state": "state",
    "params": "chain",
    "mix": "chain",
    "on": "chain",
    "latency_samples": "chain",
    "warm_up_s": "chain",
    "key": "chain",
}
"""What a plugin's row holds, and what kind of thing has changed when it differs."""


def hold_to(lock: Lock, planned: Lock) -> None:
    """Raise DiffersError with everything in which `planned` is not what `lock` says."""
    problems = [*differences(lock, planned)]
    if problems:
        raise DiffersError(problems)


def differences(lock: Lock, planned: Lock) -> Iterator[Problem]:
    """Yield one problem for everything that differs: sources, engine, then in signal order."""
    yield from _sources(lock.sources, planned.sources)
    for name in _ENGINE:
        was, now = (getattr(each.engine, name) for each in (lock, planned))
        if was != now:
            yield _differs("host", f"engine.{name}", was, now)
    if lock.engine.tail_s != planned.engine.tail_s:
        tails = (_tail(each.engine.tail_s) for each in (lock, planned))
        yield _differs("chain", "engine.tail_s", *tails)
    if lock.subtype != planned.subtype:
        yield _differs("output", "subtype", lock.subtype, planned.subtype)
    yield from _mixer(lock, planned)
    inserts = {name for each in (lock, planned) for name in _insert_names(each)}
    for name in _either(lock.specs, planned.specs):
        if name not in inserts:
            yield from _spec(lock, planned, name)


def _tail(seconds: float | None) -> str:
    return "as long as it rings" if seconds is None else f"{seconds:g} s"


def plugin_differences(lock: Lock, planned: Lock, step: str | None = None) -> Iterator[Problem]:
    """Yield what differs between the plugins' rows, or between those of one step."""
    was, now = _plugins(lock), _plugins(planned)
    for each in _either(was, now) if step is None else [step]:
        old, new = was.get(each), now.get(each)
        if old is None or new is None:
            continue
        for name, kind in _PLUGIN.items():
            before, after = getattr(old, name), getattr(new, name)
            if before != after:
                yield _differs(kind, f"{each} {name}", before, after)


def _plugins(lock: Lock) -> dict[str, PluginRow]:
    return {row.step: row for row in lock.plugins}


def _either(was: Iterable[str], now: Iterable[str]) -> list[str]:
    return [*dict.fromkeys([*was, *now])]


def _moved(was: Iterable[str], now: Iterable[str]) -> tuple[list[str], list[str]] | None:
    """What both hold, in each one's order; None where that is the same."""
    one, other = list(was), list(now)
    shared = [each for each in one if each in other], [each for each in other if each in one]
    return None if shared[0] == shared[1] else shared


def _sources(rows: Sequence[Source], planned: Sequence[Source]) -> Iterator[Problem]:
    was, now = ({row.stem: row for row in each} for each in (rows, planned))
    for stem in _either(was, now):
        said = _stem_words(was.get(stem), now.get(stem))
        if said is not None:
            yield Problem("source_differs", f"the stem {stem} {said}", {"path": stem})
    yield from _stem_moves(was, now)
    for group in dict.fromkeys(row.group for row in rows):
        orders = [[stem for stem, row in each.items() if row.group == group] for each in (was, now)]
        yield from _order(f"the stems of {group}", f"{group} stems", *orders)


def _stem_moves(was: Mapping[str, Source], now: Mapping[str, Source]) -> Iterator[Problem]:
    """Each stem's gain and rides."""
    for stem in (each for each in was if each in now):
        one, other = was[stem], now[stem]
        if one.gain_db != other.gain_db:
            gains = (f"{each.gain_db:.9g} dB" for each in (one, other))
            yield _differs("chain", f"{stem} gain", *gains)
        yield from _ridden(f"{stem} ride", one.rides, other.rides)


def _ridden(path: str, was: Rides, now: Rides) -> Iterator[Problem]:
    if was != now:
        yield _differs("chain", path, *(ride_words(as_rides(each)) for each in (was, now)))


def _stem_words(was: Source | None, now: Source | None) -> str | None:
    if was is None or now is None:
        return "is new" if was is None else "is gone"
    if [file.pcm for file in was.files] != [file.pcm for file in now.files]:
        return "has other samples"
    if was.group != now.group:
        return f"was in the group {was.group} and is in {now.group}"
    if was.offset_s != now.offset_s:
        return f"started at {was.offset_s} s and starts at {now.offset_s} s"
    return None


def _mixer(lock: Lock, planned: Lock) -> Iterator[Problem]:
    """Groups, returns and master: trim, order, each insert, fader, sends."""
    was, now = ({row.id: row for row in each.mixer} for each in (lock, planned))
    for owner in _either(was, now):
        one, other = (each.get(owner) or MixerRow(id=owner, inserts=()) for each in (was, now))
        yield from _gain(f"{owner} trim", one.trim, other.trim)
        yield from _ridden(f"{owner} pre ride", one.pre_rides, other.pre_rides)
        orders = one.inserts, other.inserts
        yield from _order(f"the inserts of {owner}", f"{owner} order", *orders)
        for name in [f"{owner}/{insert}" for insert in _either(*orders)]:
            told = [*plugin_differences(lock, planned, name)]
            yield from told or _spec(lock, planned, name)
        yield from _ridden(f"{owner} ride", one.rides, other.rides)
        yield from _gain(f"{owner} fader", one.fader, other.fader)
        if owner in was and owner in now:
            yield from _sends(owner, one.sends or {}, other.sends or {})
    yield from _order("the groups", "group order", was, now)


def _order(who: str, path: str, was: Iterable[str], now: Iterable[str]) -> Iterator[Problem]:
    moved = _moved(was, now)
    if moved is not None:
        one, other = (", ".join(each) for each in moved)
        said = f"{who} come in another order: it was {one} and is {other}"
        yield Problem("chain_differs", said, {"path": path}, expected=one)


def _gain(path: str, was: float | None, now: float | None) -> Iterator[Problem]:
    if was != now and was is not None and now is not None:
        yield _differs("chain", path, _db(was), _db(now))


def _sends(owner: str, was: Mapping[str, float], now: Mapping[str, float]) -> Iterator[Problem]:
    if was != now:
        one, other = (
            ", ".join(f"{to} {_db(gain)}" for to, gain in sorted(each.items())) or "none"
            for each in (was, now)
        )
        yield _differs("chain", f"{owner} sends", one, other)


def _db(gain: float) -> str:
    return f"{amplitude_db(gain):.9g} dB"


def _insert_names(lock: Lock) -> Iterator[str]:
    for row in lock.mixer:
        yield from (f"{row.id}/{insert}" for insert in row.inserts)


def _spec(lock: Lock, planned: Lock, name: str) -> Iterator[Problem]:
    was, now = lock.specs.get(name), planned.specs.get(name)
    if was == now:
        return
    if was is not None and now is not None:
        told = [*_settings(lock, planned, name)]
        said = f"{name} is not set as it was"
        yield from told or [Problem("chain_differs", said, {"path": name})]
        return
    who = f"the insert {name}" if "/" in name else f"the {name}"
    said = f"{who} is {'new' if was is None else 'gone'}"
    yield Problem("chain_differs", said, {"path": name})


def _settings(lock: Lock, planned: Lock, name: str) -> Iterator[Problem]:
    """Each setting that was another; nothing where one side is a plugin, which has none here."""
    was, now = (each.settings.get(name, {}) for each in (lock, planned))
    for setting in _either(was, now) if was and now else ():
        if was.get(setting) != now.get(setting):
            yield _differs("chain", f"{name} {setting}", was.get(setting), now.get(setting))


def _differs(kind: str, path: str, was: object, now: object) -> Problem:
    old, new = _shown(was), _shown(now)
    return Problem(f"{kind}_differs", f"{path} was {old} and is {new}", {"path": path}, old)


def _shown(value: object) -> str:
    """A value as people read it; of a hash the head."""
    if value is None:
        return "unset"
    if isinstance(value, str) and _HASH.fullmatch(value):
        return value[:12]
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {each}" for name, each in value.items()) or "none"
    return f"{value:.9g}" if isinstance(value, float) else str(value)
