"""Keys: blake3 over framed JSON, so that equal questions have equal names and no others do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blake3 import blake3

from stemwright.values import dataclass

_PART_BYTES = 1 << 18
"""A file is read in parts that the processor keeps at hand: one that is mapped whole counts as
memory, ends the process when it is cut meanwhile, and takes a third more of its time."""

SCHEMA = 1
"""Raise it when the meaning of stored results changes as a whole."""


def _plain(value: object) -> object:
    """Floats become exact hex text, so that no printing rule enters a key."""
    if isinstance(value, bool) or value is None or isinstance(value, (int, str)):
        return value
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise TypeError(f"a key cannot hold a {type(value).__name__}")


def digest(operation: str, **facts: Any) -> str:
    """Return the 64 hex digits that name `operation` done with `facts`.

    Facts may be None, bool, int, float, str and lists, tuples and mappings of these; the order of
    mapping keys does not matter. Names, paths, labels and times do not belong in facts.
    """
    body = json.dumps(
        _plain(facts), sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False
    ).encode("ascii")
    head = f"stemwright {SCHEMA} {operation} {len(body)}\n".encode("ascii")
    return blake3(head + body).hexdigest()


@dataclass(frozen=True)
class Content:
    """The bytes of a file by their blake3, 64 hex digits, with `head` before them."""

    blake3: str
    head: bytes = b""


def file_digest(path: Path, head: bytes = b"") -> str:
    """Return the blake3 of `head` and a file's bytes, 64 hex digits. Raises OSError."""
    hasher = blake3(head)
    size = path.stat().st_size
    if size:
        with path.open("rb", buffering=0) as file:
            part = memoryview(bytearray(min(size, _PART_BYTES)))
            while count := file.readinto(part):
                hasher.update(part[:count])
    return hasher.hexdigest()


Signature = tuple[int, ...]


def signature(path: Path) -> Signature:
    """What the system changes with every write to a file, whatever is done to its times.

    Device, inode, size, time of change, and the time that no program can set. Raises OSError.
    """
    found = path.stat()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
