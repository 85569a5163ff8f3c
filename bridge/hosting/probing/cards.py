"""Probe cards: a plugin's habits as measured, kept in the store, and the deadlines they give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

from bridge.hosting.port import Host
from bridge.plugins import Plugin
from bridge.storing import Store, digest

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERSION = 2
"""Raise it when a card's fields or their meaning change."""

SHORTEST_DEADLINE_S = 20.0
ALLOWANCE = 5.0
"""How many times what the probe measured a plugin may take before it counts as hung."""


@dataclass(frozen=True)
class Card:
    """One plugin's habits in one host, at its default settings or at a state it was probed with.

    Every `*_dbfs` is the peak of a difference or of noise, -inf when there is none. `fresh`: two
    fresh processes; `load`: one of them with every core busy; `reset`: the same instance again;
    `instance`: a second instance in the same process; `buffer_64` and `buffer_1024` against 512;
    `tempo`: 160 against 80 BPM; `other_host`: the other host, None where it cannot run the plugin.
    `latency_shifts` tells that the latency reported there after the signal is another than before
    it, which dawdreamer does not notice. `tail_s` is None when it rings for more than 10 s,
    `settle_s` when a steady tone's level never settles, `latency_measured_frames` when input and
    output do not correlate. `warm_up_s` is how long it is to be waited for once it is set up, None
    where its sound does not settle. `real_time_factor` is seconds of processing for a second of
    audio.
    """

    name: str
    format: str
    class_id: str
    host: str
    host_version: str
    architecture: str
    display_needed: bool
    inputs: int
    outputs: int
    key_inputs: int
    latency_reported_frames: int
    latency_measured_frames: int | None
    tail_s: float | None
    settle_s: float | None
    fresh_dbfs: float
    load_dbfs: float
    reset_dbfs: float
    instance_dbfs: float
    buffer_64_dbfs: float
    buffer_1024_dbfs: float
    tempo_dbfs: float
    other_host: str | None
    other_host_dbfs: float
    latency_shifts: bool
    noise_dbfs: float
    dry: bool
    muted_at_s: tuple[float, ...]
    long: bool
    warm_up_s: float | None
    load_s: float
    real_time_factor: float
    peak_memory_bytes: int

    @property
    def repeatable(self) -> bool:
        """Whether fresh processes agree, idle and busy: what a render relies on."""
        return max(self.fresh_dbfs, self.load_dbfs) == -math.inf

    @property
    def suspicions(self) -> tuple[str, ...]:
        """What looks like a demo: noise out of silence, sudden mutes."""
        found = []
        if self.noise_dbfs > NOISE_DBFS:
            found.append("noise from silence")
        if self.muted_at_s:
            found.append("mutes")
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        """JSON values; -inf is null."""
        told = {name: None if value == -math.inf else value for name, value in asdict(self).items()}
        return told | {
            "muted_at_s": list(self.muted_at_s),
            "repeatable": self.repeatable,
            "suspicions": list(self.suspicions),
        }


NOISE_DBFS = -96.0
"""Output over it, out of silence, counts as noise; a tail ends where the output stays under it."""


def card_from_json(told: Mapping[str, Any]) -> Card:
    """Turn `as_json` back into a card; raises KeyError, TypeError or ValueError for no card."""
    values = {each.name: told[each.name] for each in fields(Card)}
    for name, value in values.items():
        if name.endswith("_dbfs") and value is None:
            values[name] = -math.inf
    card = Card(**values | {"muted_at_s": tuple(values["muted_at_s"])})
    for name, shape in _shapes().items():
        shape.validate_python(getattr(card, name), strict=True)
    return card


@cache
def _shapes() -> dict[str, TypeAdapter[Any]]:
    from pydantic import TypeAdapter  # it takes long to load, and --help asks for no card

    return {name: TypeAdapter(hint) for name, hint in get_type_hints(Card).items()}


def _key(plugin: Plugin, host: Host) -> str:
    return digest(
        "card",
        version=VERSION,
        class_id=plugin.class_id,
        binary=plugin.binary_hash,
        host=host.name,
        host_version=host.version,
    )


def find_card(store: Store, plugin: Plugin, host: Host) -> Card | None:
    """The card of this very binary in this very host, or None."""
    entry = store.get(_key(plugin, host))
    try:
        return None if entry is None else card_from_json(entry.meta["card"])
    except (KeyError, TypeError, ValueError):
        return None


def keep_card(store: Store, plugin: Plugin, host: Host, card: Card) -> None:
    """Store a card in place of an earlier one."""
    key = _key(plugin, host)
    store.drop(key)
    store.put(key, {"pcm": None, "card": card.as_json()})


def deadline_from(card: Card, frames: int, sample_rate_hz: int) -> float:
    """Seconds after which the plugin counts as hung on `frames` frames, 0 for loading alone."""
    processing_s = card.real_time_factor * frames / sample_rate_hz
    return max(SHORTEST_DEADLINE_S, ALLOWANCE * (card.load_s + processing_s))


def known_warm_up(store: Store, plugin: Plugin, host: Host) -> float:
    """The seconds that a card says the plugin is to be waited for; 0 without a card."""
    card = find_card(store, plugin, host)
    return 0.0 if card is None else card.warm_up_s or 0.0


def known_deadline(
    store: Store, plugin: Plugin, host: Host, frames: int, sample_rate_hz: int
) -> float | None:
    """The deadline a card gives; None without a card, where the host has its own."""
    card = find_card(store, plugin, host)
    return None if card is None else deadline_from(card, frames, sample_rate_hz)
