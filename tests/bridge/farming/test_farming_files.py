"""Files by hash between two stores that share no folder, on two addresses of loopback."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from distributed.core import ConnectionPool, Server
from tornado.ioloop import IOLoop

from bridge.farming.files import BLOCK_BYTES, CALL, Exchange, FileNamed, Offers, brought, kept
from bridge.storing import Store, file_digest
from stemwright.problems import RenderError


def _file(path: Path, blocks: float) -> Path:
    path.write_bytes(np.random.default_rng(1).bytes(int(BLOCK_BYTES * blocks)))
    return path


async def _fetched(
    handler: Any, blake3: str, size: int, store: Store, shared: Path | None = None
) -> Path:
    server = Server({CALL: handler})
    await server.listen("tcp://127.0.0.2:0")
    pool = await ConnectionPool()
    exchange = Exchange(pool, IOLoop.current(), shared)
    named = FileNamed(blake3, size, (server.address,))
    try:
        thread = asyncio.get_running_loop().run_in_executor(None, brought, store, exchange, named)
        return await thread
    finally:
        await pool.close()
        await server.close()


def test_a_transfer_that_breaks_goes_on_where_it_broke(tmp_path):
    path = _file(tmp_path / "audio", 3.5)
    offers, offsets, store = Offers(), list[int](), Store(tmp_path / "other")

    async def block(comm: Any, blake3: str, offset: int) -> Any:
        offsets.append(offset)
        if len(offsets) == 3:
            comm.abort()
        return offers.block(blake3, offset)

    with offers.offered(path, "tcp://127.0.0.2:1") as named:
        found = asyncio.run(_fetched(block, named.blake3, named.size_bytes, store))
    assert found.read_bytes() == path.read_bytes()
    assert found.is_relative_to(tmp_path / "other")
    assert offsets == [0, BLOCK_BYTES, 2 * BLOCK_BYTES, 2 * BLOCK_BYTES, 3 * BLOCK_BYTES]


def test_other_bytes_than_were_named_are_not_taken(tmp_path, monkeypatch):
    monkeypatch.setattr("bridge.farming.files._WAITS_S", (0.01, 0.01))
    path, store = _file(tmp_path / "audio", 0.1), Store(tmp_path / "other")
    wrong = bytes(reversed(path.read_bytes()))

    async def block(blake3: str, offset: int) -> Any:  # noqa: ARG001
        return {"data": wrong[offset:]}

    size = path.stat().st_size
    with pytest.raises(RenderError, match="could not be fetched"):
        asyncio.run(_fetched(block, file_digest(path), size, store))
    assert [*store.held()] == []


def test_what_a_shared_folder_has_is_not_fetched_and_a_damaged_copy_is(tmp_path):
    path, shared = _file(tmp_path / "audio", 0.1), tmp_path / "shared"
    digest, size, asked = file_digest(path), path.stat().st_size, list[int]()
    offers = Offers()

    async def block(blake3: str, offset: int) -> Any:
        asked.append(offset)
        return offers.block(blake3, offset)

    async def publish() -> None:
        Exchange(await ConnectionPool(), IOLoop.current(), shared).publish(path, digest)

    asyncio.run(publish())
    asyncio.run(_fetched(block, digest, size, Store(tmp_path / "one"), shared))
    assert asked == []
    (copy,) = (each for each in shared.rglob("*") if each.is_file())
    copy.write_bytes(bytes(size))
    with offers.offered(path, "tcp://127.0.0.2:1"):
        found = asyncio.run(_fetched(block, digest, size, Store(tmp_path / "two"), shared))
    assert asked == [0]
    assert file_digest(found) == digest


def test_a_store_gives_what_it_keeps_and_nothing_else(tmp_path):
    store = Store(tmp_path / "store")
    whole = _file(tmp_path / "audio", 1.5).read_bytes()
    entry = kept(store, tmp_path / "audio")
    offers = Offers(store)
    digest = str(entry.meta["pcm"])
    assert offers.block(digest, BLOCK_BYTES)["data"] == whole[BLOCK_BYTES:]
    for foreign in ("0" * 64, "../../etc/passwd", ""):
        assert offers.block(foreign, 0)["data"] is None
