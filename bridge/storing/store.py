"""The store: a folder of entries, each complete or absent, least recently used dropped first."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from bridge.errors import MachineError, Problem
from bridge.storing.keys import file_digest
from bridge.storing.modes import modes_of

LIMIT_BYTES = 20 * 10**9
_VERSION = "v1"


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
        return bool(file_digest(self.data) == self.meta["data_blake3"])


def default_root() -> Path:
    """STEMWRIGHT_STORE, else the user's cache folder."""
    named = os.environ.get("STEMWRIGHT_STORE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("stemwright")) / "store"


class Store:
    """Results by key under one folder, safe to share between processes.

    Entries appear by one rename, so a reader sees a whole entry or none. They are their user's
    alone, unless the root is a folder that others may write into.
    Raises MachineError when the folder cannot be made or written.
    """

    def __init__(self, root: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self.root = root
        self.limit_bytes = limit_bytes
        self._entries = root / _VERSION
        self._staging = root / "staging"
        self._trusted: set[str] = set()
        with _told(root):
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._modes = modes_of(root)
            self._modes.make(self._entries)
            self._modes.make(self._staging)
            self._sweep()

    def get(self, key: str) -> Entry | None:
        """Return the entry of `key` and mark it as used, or None. A damaged entry is removed."""
        folder = self._folder(key)
        try:
            meta = json.loads((folder / "meta.json").read_bytes())
            if meta["data_bytes"] is not None and (
                (folder / "data").stat().st_size != meta["data_bytes"]
            ):
                raise ValueError
            os.utime(folder / "meta.json")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            self.drop(key)
            return None
        return Entry(key, folder, meta)

    def intact(self, entry: Entry) -> bool:
        """Tell whether an entry's file still has its bytes; read once in the life of this store."""
        if entry.key not in self._trusted and entry.intact():
            self._trusted.add(entry.key)
        return entry.key in self._trusted

    def whole(self, key: str) -> Entry | None:
        """Return an entry whose file still has its bytes; a damaged one is dropped."""
        entry = self.get(key)
        if entry is not None and not self.intact(entry):
            self.drop(key)
            return None
        return entry

    def drop(self, key: str) -> None:
        """Forget an entry."""
        self._trusted.discard(key)
        shutil.rmtree(self._folder(key), ignore_errors=True)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A private folder inside the store, gone afterwards whatever happens."""
        folder = self._staging / f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        with _told(self.root):
            folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, key: str, meta: Mapping[str, Any], data: Path | None = None) -> Entry:
        """Store a result; `data` is moved in. An entry that is there already stays as it is.

        A second, different result (another `pcm` in its meta) is kept beside the first, with a
        suffix to its key, and the entry returned then has `meta["differs_from"]`.
        """
        full = {**meta, "data_bytes": None, "data_blake3": None}
        if data is not None:
            full.update(data_bytes=data.stat().st_size, data_blake3=file_digest(data))
        with _told(self.root), self.staging() as folder:
            if data is not None:
                data.replace(folder / "data")
            if self._publish(folder, key, full):
                self._trusted.add(key)
                return Entry(key, self._folder(key), full)
            present = self.get(key)
            if present is None or present.meta.get("pcm") == full.get("pcm"):
                return present or self._replace(folder, key, full)
            other = f"{key}-{str(full.get('pcm'))[:16]}"
            full["differs_from"] = present.meta.get("pcm")
            self._publish(folder, other, full)
            return Entry(other, self._folder(other), full)

    def collect(self) -> int:
        """Drop the least recently used entries over the limit; return the bytes freed."""
        found = []
        for meta in self._entries.glob("*/*/meta.json"):
            try:
                used = meta.stat().st_mtime
                size = sum(item.stat().st_size for item in meta.parent.iterdir())
            except OSError:
                continue
            found.append((used, size, meta.parent))
        found.sort(key=lambda row: (row[0], str(row[2])))
        over = sum(size for _, size, _ in found) - self.limit_bytes
        freed = 0
        for _, size, folder in found:
            if freed >= over:
                break
            shutil.rmtree(folder, ignore_errors=True)
            freed += size
        return freed

    def _folder(self, key: str) -> Path:
        return self._entries / key[:2] / key

    def _publish(self, folder: Path, key: str, meta: Mapping[str, Any]) -> bool:
        (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
        target = self._folder(key)
        self._modes.take(folder)
        self._modes.make(target.parent)
        try:
            folder.rename(target)
        except OSError:
            if target.exists():
                return False
            raise
        return True

    def _replace(self, folder: Path, key: str, meta: Mapping[str, Any]) -> Entry:
        self.drop(key)
        self._publish(folder, key, meta)
        return Entry(key, self._folder(key), meta)

    def _sweep(self) -> None:
        """Remove what processes that are gone left half-made."""
        for folder in self._staging.iterdir():
            pid = folder.name.partition("-")[0]
            if not (pid.isdigit() and is_alive(int(pid))):
                shutil.rmtree(folder, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Tell whether a process of that number runs; on Windows always True (untested)."""
    if os.name == "nt":  # a signal 0 would end the process there; stale folders wait (untested)
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _told(root: Path) -> Iterator[None]:
    """Tell a full or forbidden store as what it is."""
    try:
        yield
    except OSError as error:
        raise MachineError(
            Problem(
                kind="store_unusable",
                message=f"the store cannot be written: {error.strerror or error}",
                where={"file": str(root)},
                hint="free some space, or name another folder with --store or STEMWRIGHT_STORE",
            )
        ) from error
