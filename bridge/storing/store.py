"""The store: a folder of entries, each complete or absent, least recently used dropped first."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import platformdirs

from bridge.storing.entries import Entry, octets_of, words_of
from bridge.storing.folders import moved, names_in, taken_bytes
from bridge.storing.holding import Holds
from bridge.storing.keys import Content, file_digest
from bridge.storing.known_files import KnownFiles
from bridge.storing.leases import leased_folder, sweep
from bridge.storing.limit import default_limit_bytes
from bridge.storing.modes import modes_of
from stemwright.problems import InputError, MachineError, Problem
from stemwright.values import dataclass

_VERSION = "v1"
_MARKER = ".stemwright-store"
"""Lies among the entries: all beside it is this tool's own, to be replaced and dropped."""

_KNOWN_FILES = "files.json"
_KEY = re.compile(r"([0-9a-f]{2})[0-9a-f]{62}(-[0-9a-f]{16})?")


@dataclass(frozen=True)
class Held:
    """What an entry takes on the disk, and when it was used last, in seconds since 1970."""

    key: str
    size_bytes: int
    used: float


@dataclass(frozen=True)
class Collected:
    """What a collection let go, what it left, and how much of that the process at work holds."""

    freed_bytes: int
    left_bytes: int
    own_bytes: int


def default_root() -> Path:
    """STEMWRIGHT_STORE, else the user's cache folder."""
    named = os.environ.get("STEMWRIGHT_STORE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("stemwright")) / "store"


def known_files_of(root: Path) -> KnownFiles:
    """What the store in `root`, which need not be there yet, knows of files that lie still."""
    return KnownFiles(root / _VERSION / _KNOWN_FILES)


class Store:
    """Results by key under one folder, safe to share between processes and machines.

    Entries appear and go by one rename, so a reader sees a whole entry or none; an entry whose
    words or bytes are not those that were put counts as none and is dropped. They are their user's
    alone, unless the root is a folder that others may write into. What lies there otherwise is left
    alone. `digest_of` is how files that are not the store's own are hashed for it.
    Raises MachineError when the folder cannot be made or written, InputError `store_not_ours` when
    the place of the entries is taken.
    """

    def __init__(
        self,
        root: Path,
        limit_bytes: int | None = None,
        digest_of: Callable[[Path], str] = file_digest,
    ) -> None:
        self.root = root
        self.digest_of = digest_of
        self.limit_bytes = default_limit_bytes() if limit_bytes is None else limit_bytes
        self._entries = root / _VERSION
        self._staging = root / "staging"
        self._trusted: set[str] = set()
        with _told(root):
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._modes = modes_of(root)
            for folder in (self._entries, self._staging):
                if not folder.exists():
                    self._modes.make(folder)
            self._claim()
            self._modes.make(self._entries)
            sweep(self._staging)
        self._holds = Holds(self._staging, self._modes.make, self._modes.keep)

    @property
    def scan_cache(self) -> Path:
        """The file for what scans found in plugins."""
        return self._entries / "plugins.json"

    def get(self, key: str) -> Entry | None:
        """Return the entry of `key` and mark it as used, or None. A damaged entry is removed."""
        with _told(self.root), self._holds.noted(key):
            return self._found(key)

    def _note(self, key: str) -> None:
        with _told(self.root), self._holds.noted(key):
            pass

    def _found(self, key: str) -> Entry | None:
        folder = self._folder(key)
        try:
            meta = words_of(key, (folder / "meta.json").read_bytes())
            if meta["data_bytes"] is not None and (
                (folder / "data").stat().st_size != meta["data_bytes"]
            ):
                raise ValueError
        except FileNotFoundError:
            if folder.exists() and not {"meta.json", "data"} <= names_in(folder):
                self.drop(key)
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.drop(key)
            return None
        with suppress(OSError):  # a store that may only be read
            os.utime(folder / "meta.json")
        return Entry(key, folder, meta)

    def intact(self, entry: Entry) -> bool:
        """Tell whether an entry's file still has its bytes; read once in the life of this store."""
        if entry.key not in self._trusted and self._has_its_bytes(entry):
            self._trusted.add(entry.key)
        return entry.key in self._trusted

    def _has_its_bytes(self, entry: Entry) -> bool:
        if entry.meta["data_head"]:
            return entry.intact()
        try:
            return bool(self.digest_of(entry.data) == entry.meta["data_blake3"])
        except OSError:
            return False

    def made_beside(self, key: str) -> Entry | None:
        """Return an entry that another process has just put for this one, hashed as it wrote it."""
        entry = self.get(key)
        if entry is not None:
            self._trusted.add(key)
        return entry

    def whole(self, key: str) -> Entry | None:
        """Return an entry whose file still has its bytes; a damaged one is dropped."""
        entry = self.get(key)
        if entry is not None and not self.intact(entry):
            self.drop(key)
            return None
        return entry

    def drop(self, key: str) -> None:
        """Forget an entry. One that cannot be removed stays."""
        self._trusted.discard(key)
        self._remove(self._folder(key))

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Keep every entry that is got or put from here on until the end, whoever collects."""
        with ExitStack() as stack:
            with _told(self.root):
                stack.enter_context(self._holds.holding())
            yield

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A private folder inside the store, gone afterwards whatever happens."""
        with ExitStack() as stack:
            with _told(self.root):
                folder = stack.enter_context(leased_folder(self._staging))
            yield folder

    def put(
        self,
        key: str,
        meta: Mapping[str, Any],
        data: Path | None = None,
        content: Content | None = None,
    ) -> Entry:
        """Store a result; `data` is moved in. An entry that is there already stays as it is.

        `content` is what the file was made of, where that was hashed on the way; else it is read.
        A second, different result (another `pcm` in its meta) is kept beside the first, with a
        suffix to its key, and the entry returned then has `meta["differs_from"]`.
        """
        self._note(key)
        full = {**meta, "data_bytes": None, "data_head": "", "data_blake3": None}
        if data is not None:
            known = content or Content(file_digest(data))
            full |= {"data_bytes": data.stat().st_size, "data_blake3": known.blake3}
            full["data_head"] = known.head.decode("ascii")
        with _told(self.root), self.staging() as folder:
            if data is not None:
                data.replace(folder / "data")
            if self._publish(folder, key, full):
                self._trusted.add(key)
                return Entry(key, self._folder(key), full)
            present = self.get(key)
            if present is None:
                return self._replace(folder, key, full)
            if present.meta.get("pcm") == full.get("pcm"):
                return present
            other = f"{key}-{str(full.get('pcm'))[:16]}"
            self._note(other)
            full["differs_from"] = present.meta.get("pcm")
            if not self._publish(folder, other, full) and self.get(other) is None:
                self._replace(folder, other, full)
            return Entry(other, self._folder(other), full)

    def held(self) -> list[Held]:
        """Every entry, the least recently used first."""
        found = []
        for meta in self._entries.glob("*/*/meta.json"):
            try:
                used = meta.stat().st_mtime
                size = sum(taken_bytes(item.stat()) for item in meta.parent.iterdir())
            except OSError:  # another process dropped it meanwhile
                continue
            found.append(Held(meta.parent.name, size, used))
        return sorted(found, key=lambda each: (each.used, each.key))

    def collect(self) -> Collected:
        """Drop the least recently used entries over the limit; those that are held stay."""
        sweep(self._staging)
        found = self.held()
        left = sum(each.size_bytes for each in found)
        own = sum(each.size_bytes for each in found if each.key in self._holds.own)
        freed = self._freed(found, left - self.limit_bytes) if left > self.limit_bytes else 0
        return Collected(freed, left - freed, own)

    def _freed(self, found: Sequence[Held], over: int) -> int:
        """Take away what is not held, in turn, until `over` bytes are gone; return how many are."""
        freed = 0
        with (
            _told(self.root),
            leased_folder(self._staging) as away,
            self._holds.collecting() as in_use,
        ):
            for each in found:
                if freed >= over:
                    break
                if each.key not in in_use and moved(self._folder(each.key), away / each.key):
                    freed += each.size_bytes
        return freed

    def spare(self, keep_bytes: int, unused_s: float) -> list[Held]:
        """What can go so that at most `keep_bytes` stay, the least recently used first.

        Nothing that is held, or was used in the last `unused_s`, is among it: a render may be at
        work with it.
        """
        in_use = self.in_use()
        found = self.held()
        over = sum(each.size_bytes for each in found) - keep_bytes
        before, spared = time.time() - unused_s, list[Held]()
        for each in found:
            if over <= 0 or each.used > before:
                break
            if each.key in in_use:
                continue
            spared.append(each)
            over -= each.size_bytes
        return spared

    def in_use(self) -> frozenset[str]:
        """The keys of all entries that a render, of whatever process, is at work with."""
        return self._holds.keys()

    def let_go(self, spared: Sequence[Held]) -> list[Held]:
        """Drop what `spare` found, but what was used or is held since; return what went.

        Killed at any moment, it leaves each entry whole or gone.
        """
        gone: list[Held] = []
        with (
            _told(self.root),
            leased_folder(self._staging) as away,
            self._holds.collecting() as in_use,
        ):
            for each in spared:
                if each.key in in_use or self._last_used(each.key) != each.used:
                    continue
                if moved(self._folder(each.key), away / each.key):
                    self._trusted.discard(each.key)
                    gone.append(each)
        return gone

    def _last_used(self, key: str) -> float | None:
        try:
            return (self._folder(key) / "meta.json").stat().st_mtime
        except OSError:
            return None

    def damaged(self) -> list[str]:
        """The keys of entries whose words or bytes are not those that were put; reads all of it."""
        return [each.key for each in self.held() if not self._is_whole(each.key)]

    def _is_whole(self, key: str) -> bool:
        folder = self._folder(key)
        try:
            meta = words_of(key, (folder / "meta.json").read_bytes())
            return meta["data_bytes"] is None or Entry(key, folder, meta).intact()
        except FileNotFoundError:
            return True
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return False

    def _folder(self, key: str) -> Path:
        return self._entries / key[:2] / key

    def _publish(self, folder: Path, key: str, meta: Mapping[str, Any]) -> bool:
        (folder / "meta.json").write_bytes(octets_of(key, meta))
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
        """Publish over what is no entry; another process may be as quick, with as good a one."""
        self.drop(key)
        if not self._publish(folder, key, meta) and self.get(key) is None:
            raise FileExistsError(f"the damaged entry {key} cannot be replaced")
        return Entry(key, self._folder(key), meta)

    def _remove(self, folder: Path) -> None:
        """Take an entry away in one move, then delete it."""
        with suppress(OSError), leased_folder(self._staging) as away:
            folder.rename(away / "dropped")

    def _claim(self) -> None:
        """Mark the place of the entries as ours, unless somebody else's files lie there."""
        marker = self._entries / _MARKER
        if marker.exists():
            return
        names = names_in(self._entries) - {_MARKER, self.scan_cache.name, _KNOWN_FILES}
        if not all(_entries_only(self._entries / name) for name in names):
            raise InputError(
                Problem(
                    "store_not_ours",
                    f"the folder {_VERSION} in it, where entries would go, holds other files",
                    {"file": str(self.root)},
                    hint="name another folder with --store or STEMWRIGHT_STORE",
                )
            )
        marker.write_text("entries of a stemwright store\n", encoding="ascii")
        self._modes.keep(marker)


def _entries_only(folder: Path) -> bool:
    """Whether a folder of a store that has no marker yet holds entries alone, named by digests."""
    if not folder.is_dir():
        return False
    named = (_KEY.fullmatch(name) for name in names_in(folder))
    return all(found is not None and found[1] == folder.name for found in named)


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
