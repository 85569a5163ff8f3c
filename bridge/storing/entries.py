"""An entry of the store: what is kept under a key, and how one knows that it is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blake3 import blake3

from bridge.storing.keys import file_digest
from stemwright.values import dataclass


@dataclass(frozen=True)
class Entry:
    """One stored result: `meta` as JSON values, `data` a file or None."""

    key: str
    folder: Path
    meta: Mapping[str, Any]

    @property
    def data(self) -> Path:
        """The entry's file."""
        return self.folder / "data"

    def intact(self) -> bool:
        """Tell whether the file still has the bytes that were put (reads all of it)."""
        try:
            head = str(self.meta["data_head"]).encode("ascii")
            return bool(file_digest(self.data, head) == self.meta["data_blake3"])
        except OSError:  # another process dropped it meanwhile
            return False


_DIGEST_BEHIND = b', "meta_blake3": "'


def octets_of(key: str, meta: Mapping[str, Any]) -> bytes:
    """An entry's words as its file has them, behind them the digest of these very bytes."""
    words = json.dumps(meta).encode("ascii")
    return words[:-1] + _DIGEST_BEHIND + f'{_digest(key, words)}"}}'.encode("ascii")


def words_of(key: str, octets: bytes) -> dict[str, Any]:
    """The words of an entry. Raises ValueError and its like where they are not those put.

    They are checked as they lie there: to write them once more took longer than to read them.
    """
    head, _, tail = octets.rpartition(_DIGEST_BEHIND)
    words = head + b"}"
    if tail != f'{_digest(key, words)}"}}'.encode("ascii"):
        raise ValueError(key)
    told: dict[str, Any] = json.loads(words)
    return told


def _digest(key: str, words: bytes) -> str:
    return blake3(f"stemwright words {key} {len(words)}\n".encode("ascii") + words).hexdigest()
