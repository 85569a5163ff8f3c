"""What earlier scans found, by the path, signature and bytes of each binary.

A binary that nobody wrote to since, by all that the system notes of it, is taken at the cache's
word; one that was only touched is known again by its hash, without being asked.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from blake3 import blake3

from bridge.hosting.answers import PluginClass
from bridge.storing import modes_of, read_json, signature
from stemwright.files import Staged

SCHEMA = 3
_MAX_BYTES = 64 * 2**20
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Scanned:
    """What one binary said: its classes, or why it could not be asked and what it held before."""

    classes: tuple[PluginClass, ...] = ()
    reason: str = ""
    stat: str = ""
    binary_hash: str = ""
    held: tuple[PluginClass, ...] = ()


def read(path: Path | None) -> dict[str, Scanned]:
    """The cache at `path`; empty when there is none, or it cannot be understood."""
    if path is None:
        return {}
    try:
        told = read_json(path, _MAX_BYTES)
        if told["schema"] != SCHEMA:
            return {}
        return {key: _entry(value) for key, value in told["binaries"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _entry(value: dict[str, Any]) -> Scanned:
    classes, held = (_classes(value.get(key, [])) for key in ("classes", "held"))
    return Scanned(classes, str(value["reason"]), str(value["stat"]), str(value["hash"]), held)


def _classes(told: list[dict[str, Any]]) -> tuple[PluginClass, ...]:
    words = [field.name for field in fields(PluginClass)]
    return tuple(PluginClass(*(str(each[word]) for word in words)) for each in told)


def write(path: Path | None, entries: dict[str, Scanned]) -> None:
    """Replace the cache at `path` at once; a cache that cannot be written is done without."""
    if path is None:
        return
    binaries = {
        key: {
            "classes": [asdict(each) for each in entry.classes],
            "reason": entry.reason,
            "stat": entry.stat,
            "hash": entry.binary_hash,
            "held": [asdict(each) for each in entry.held],
        }
        for key, entry in sorted(entries.items())
    }
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"schema": SCHEMA, "binaries": binaries}, indent=1)
        with Staged(path) as staged:
            modes_of(path.parent).keep(staged)
            staged.write_text(text, encoding="utf-8")


def stat_text(binary: Path) -> str:
    """Its signature as text; raises OSError when the file is gone."""
    return "|".join(map(str, signature(binary)))


def hashed(binary: Path) -> str:
    """The blake3 of a binary's bytes."""
    hasher = blake3()
    with binary.open("rb") as file:
        while data := file.read(_CHUNK_BYTES):
            hasher.update(data)
    return hasher.hexdigest()
