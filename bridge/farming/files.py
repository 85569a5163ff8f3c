"""Files by their hash between machines: from a shared folder, else fetched in blocks."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed.utils import sync

from bridge.storing import Entry, Store, digest, file_digest
from stemwright.files import Staged, cannot_write
from stemwright.problems import Problem, RenderError
from stemwright.values import dataclass

if TYPE_CHECKING:
    from distributed.core import ConnectionPool
    from tornado.ioloop import IOLoop

BLOCK_BYTES = 4 << 20
CALL = "stemwright_block"
_WAITS_S = (0.2, 0.4, 0.8, 1.6, 3.2)
_LONGEST_S = 20.0
"""What is given up then is asked for anew: its machine may be gone."""


@dataclass(frozen=True)
class FileNamed:
    """A file by the blake3 of its bytes, with its size and where it is to be had."""

    blake3: str
    size_bytes: int
    sources: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """How it is told to another machine."""
        return {
            "blake3": self.blake3,
            "size_bytes": self.size_bytes,
            "sources": list(self.sources),
        }


class Offers:
    """What this process lets others fetch: files named for a while, and the store's own."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self._paths: dict[str, Path] = {}
        self._guard = threading.Lock()

    @contextmanager
    def offered(self, path: Path, address: str) -> Iterator[FileNamed]:
        """Let others fetch a file for the time inside, from `address`."""
        named = FileNamed(file_digest(path), path.stat().st_size, (address,))
        with self._guard:
            self._paths[named.blake3] = path
        try:
            yield named
        finally:
            with self._guard:
                self._paths.pop(named.blake3, None)

    def block(self, blake3: str, offset: int) -> dict[str, Any]:
        """Up to `BLOCK_BYTES` of a file; no data where this process has no such file."""
        with self._guard:
            path = self._paths.get(blake3)
        if path is None and self._store is not None:
            entry = self._store.get(_key(blake3))
            path = None if entry is None else entry.data
        if path is None:
            return {"data": None}
        try:
            with path.open("rb") as file:
                file.seek(offset)
                return {"data": file.read(BLOCK_BYTES)}
        except OSError:
            return {"data": None}


@dataclass(frozen=True)
class Exchange:
    """How this process gets files of others: over `pool`, or from the folder all share."""

    pool: ConnectionPool
    loop: IOLoop
    shared: Path | None = None

    def publish(self, path: Path, blake3: str) -> None:
        """Lay a copy into the shared folder, where there is one."""
        if self.shared is None:
            return
        place = self.shared / blake3[:2] / blake3
        if place.exists():
            return
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            with Staged(place) as part:
                shutil.copyfile(path, part)

    def fetch(self, named: FileNamed, path: Path) -> None:
        """Bring a file to `path`, hashed as it is there. Raises RenderError `file_not_fetched`."""
        if self.shared is not None:
            place = self.shared / named.blake3[:2] / named.blake3
            with suppress(OSError):
                shutil.copyfile(place, path)
                if file_digest(path) == named.blake3:
                    return
        with suppress(OSError):
            path.unlink()
        sync(self.loop, self._fetched, named, path)

    async def _fetched(self, named: FileNamed, path: Path) -> None:
        """Ask every source in turn; a broken transfer goes on where it broke."""
        said = "nobody has it"
        until_s = time.monotonic() + _LONGEST_S
        for wait_s in _WAITS_S:
            for source in named.sources:
                try:
                    if await self._from(source, named, path):
                        return
                except (TimeoutError, OSError) as broken:  # also Dask's CommClosedError
                    said = f"{type(broken).__name__}: {broken}"
            if time.monotonic() + wait_s > until_s:
                break
            await asyncio.sleep(wait_s)
        raise RenderError(
            Problem(
                "file_not_fetched",
                f"a file of {named.size_bytes} bytes could not be fetched from"
                f" {', '.join(named.sources) or 'anywhere'}: {said}",
                hint="see that the machines of the farm reach each other, then render again",
            )
        )

    async def _from(self, source: str, named: FileNamed, path: Path) -> bool:
        """Go on with a file from one source; False where that has it no more, or other bytes."""
        have = path.stat().st_size if path.exists() else 0
        while have < named.size_bytes:
            answer = await getattr(self.pool(source), CALL)(blake3=named.blake3, offset=have)
            data = answer["data"]
            if not data:
                return False
            try:
                with path.open("ab") as file:
                    file.write(data)
            except OSError as full:
                raise cannot_write(path, full) from full
            have += len(data)
        if have == named.size_bytes and file_digest(path) == named.blake3:
            return True
        path.unlink(missing_ok=True)
        return False


def _key(blake3: str) -> str:
    return digest("farm file", blake3=blake3)


def kept(store: Store, path: Path) -> Entry:
    """Move a file into the store under its own hash."""
    blake3 = file_digest(path)
    return store.put(_key(blake3), {"pcm": blake3}, path)


def found_in(store: Store, blake3: str) -> Path | None:
    """The store's own copy of a file, its bytes as they were put."""
    entry = store.whole(_key(blake3))
    return None if entry is None else entry.data


def brought(store: Store, exchange: Exchange, named: FileNamed) -> Path:
    """A file in the store, fetched where it was not there."""
    path = found_in(store, named.blake3)
    if path is not None:
        return path
    with store.staging() as folder:
        part = folder / "fetched"
        if named.size_bytes == 0:
            part.touch()
        exchange.fetch(named, part)
        return kept(store, part).data
