"""An entry of the store: what is kept under a key, and how one knows that it is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.storing.keys import digest, file_digest


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


def words_of(key: str, octets: bytes) -> dict[str, Any]:
    """The words of an entry. Raises ValueError and its like where they are not those put."""
    words: dict[str, Any] = json.loads(octets)
    if words.pop("meta_blake3") != _digest_of_read(key, words):
        raise ValueError(key)
    return words


def words_digest(key: str, meta: Mapping[str, Any]) -> str:
    """Return what lies beside an entry's words as `meta_blake3`."""
    return _digest_of_read(key, json.loads(json.dumps(meta)))  # as it will be read again


def _digest_of_read(key: str, words: Mapping[str, Any]) -> str:
    """The same for words that were read from JSON: writing and reading them changes no digest."""
    return digest("words", key=key, words=json.dumps(words, sort_keys=True))
