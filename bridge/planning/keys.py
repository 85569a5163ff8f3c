"""What a step's result depends on, as store keys. Names, paths and labels are in none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.planning.model import Engine, HostedStep, NativeStep, Stem
from bridge.planning.moves import points_of
from bridge.storing import digest

HOSTED_VERSION = 2
"""Raise it when the same insert, prepared and run by the same host, may sound another way."""


def stem_facts(stem: Stem, rate_hz: int) -> dict[str, Any]:
    """What a stem contributes to a key: its samples, its place, its conversion."""
    return {
        "pcm": [file.pcm_hash for file in stem.files],
        "offset_frames": stem.offset_at(rate_hz),
        "from_hz": stem.sample_rate_hz,
        "to_hz": rate_hz,
    }


def _move_facts(stem: Stem) -> dict[str, Any]:
    """What the song does to a stem in its group's sum; nothing where it does nothing."""
    gain = {"gain_db": stem.gain_db} if stem.gain_db else {}
    return gain | ({"rides": points_of(stem.rides)} if stem.rides else {})


def group_digest(
    stems: Sequence[Stem], trim: float, rate_hz: int, frames: int, skip: int = 0
) -> str:
    """Name the sum of a group's stems, in order, trimmed, `frames` long from frame `skip`."""
    return digest(
        "group",
        stems=[stem_facts(stem, rate_hz) | _move_facts(stem) for stem in stems],
        trim=trim,
        frames=frames,
        skip=skip,
    )


def sum_digest(parts: Sequence[tuple[float, str]], frames: int) -> str:
    """Name a sum of signals with their gains, in order."""
    return digest("sum", parts=[[gain, signal] for gain, signal in parts], frames=frames)


def native_key(
    step: NativeStep,
    source: str,
    engine: Engine,
    frames: int,
    versions: Mapping[str, int],
    key_source: str | None = None,
    mains: str | None = None,
) -> str:
    """Name a run of built-ins over the signal `source`; `versions` are their operation versions.

    `key_source` names the signal a keyed insert listens to, `mains` the one whose gains are taken.
    """
    return digest(
        "native",
        inserts=[
            {
                "settings": insert.settings.model_dump(mode="json", exclude={"key"}),
                "version": versions[insert.settings.use],
                "mix": insert.mix,
                "on": insert.on,
            }
            for insert in step.inserts
        ],
        key_source=key_source,
        source=source,
        rate_hz=engine.sample_rate_hz,
        frames=frames,
        **({} if mains is None else {"mains": mains}),
    )


def hosted_key(
    step: HostedStep,
    source: str,
    engine: Engine,
    frames: int,
    host_version: str,
    key_source: str | None = None,
) -> str:
    """Name one hosted insert over the signal `source`, hearing `key_source`."""
    return digest(
        "hosted",
        **prepare_facts(step, engine, host_version),
        latency_samples=step.latency_samples,
        mix=step.mix,
        on=step.on,
        source=source,
        key_source=key_source,
        frames=frames,
        **_moved_facts(step),
    )


def _moved_facts(step: HostedStep) -> dict[str, Any]:
    """What moves while the plugin runs; nothing where nothing does."""
    moved = [[each.parameter, [[*one] for one in each.values]] for each in step.moved]
    return {"moved": moved} if moved else {}


def prepare_facts(step: HostedStep, engine: Engine, host_version: str) -> dict[str, Any]:
    """What the prepared state of a hosted insert depends on."""
    return {
        "version": HOSTED_VERSION,
        "class_id": step.plugin.class_id,
        "binary": step.plugin.binary_hash,
        "state": step.state_hash,
        "params": [list(pair) for pair in step.params],
        "host": engine.host,
        "host_version": host_version,
        "buffer_size": engine.buffer_size,
        "rate_hz": engine.sample_rate_hz,
        "tempo_bpm": engine.tempo_bpm,
        **({"warm_up_s": step.warm_up_s} if step.warm_up_s else {}),
    }
