"""A machine's worker: it offers its plugins to a scheduler, and comes back when that does."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import dask.config
from distributed import Worker
from distributed.utils import get_ip

from bridge.farming.files import CALL, Exchange, Offers
from bridge.farming.offer import Offer
from bridge.farming.operations import Bench, Here
from bridge.farming.safety import guard_process, guard_server
from bridge.hosting import stop_all
from bridge.storing import Store
from stemwright.problems import MachineError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:
    from distributed import Security

_AGAIN_S = (0.5, 1.0, 2.0, 5.0)
_REACH_S = 10.0
SETTINGS = {
    "distributed.scheduler.allowed-failures": 1000,  # a plugin never takes a worker with it
    "distributed.scheduler.worker-ttl": "60s",
    "distributed.scheduler.work-stealing": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.comm.timeouts.connect": "5s",
    "distributed.admin.log-length": 100,
}


@dataclass(frozen=True)
class WorkerSettings:
    """Where a worker works: for which scheduler, on which threads, out of which store.

    `host` is the address it listens at, by default the one from which it reaches the scheduler;
    `memory_mb` is what its plugins may take together.
    """

    scheduler: str
    store_root: Path
    threads: int
    memory_mb: int
    host: str | None = None
    shared: Path | None = None
    security: Security | None = None


def work(settings: WorkerSettings, offer: Offer, said: Callable[[str], None]) -> None:
    """Work for the scheduler until interrupted; wait for it where it is away.

    What the scheduler asked is stopped before another one is served: seats are never used twice.
    Raises MachineError where the scheduler refuses this worker.
    """
    set_up_dask()
    store = Store(settings.store_root)
    tries = 0
    while True:
        began_s = time.monotonic()
        try:
            asyncio.run(_one_turn(settings, offer, store, said))
            said("the scheduler is gone; waiting for it")
        except (TimeoutError, OSError) as away:
            if tries == 0:
                said(f"no scheduler at {settings.scheduler} ({away}); waiting for it")
        finally:
            stop_all()
        tries = 0 if time.monotonic() - began_s > _REACH_S else tries + 1
        time.sleep(_AGAIN_S[min(tries, len(_AGAIN_S) - 1)])


def set_up_dask() -> None:
    """Dask as every process of a farm has it: quiet, and closed to foreign code."""
    dask.config.set(SETTINGS)
    for name in ("distributed", "tornado", "asyncio", "bokeh"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [logging.NullHandler()], False
    guard_process()


async def _one_turn(
    settings: WorkerSettings, offer: Offer, store: Store, said: Callable[[str], None]
) -> None:
    """Serve one scheduler until it goes."""
    scratch = settings.store_root / "farm"
    offers = Offers(store)
    async with Worker(
        settings.scheduler,
        nthreads=settings.threads,
        name=f"{offer.machine}-{os.getpid()}",
        host=settings.host or own_address(settings.scheduler),
        resources={**offer.resources(), "memory_mb": float(settings.memory_mb)},
        security=settings.security,
        local_directory=str(scratch),
        memory_limit=0,
        dashboard=False,
        extensions={},
        death_timeout=_REACH_S,
        startup_information={"stemwright": lambda _: offer.as_json()},
    ) as worker:
        guard_server(worker, [CALL])

        async def block(blake3: str, offset: int) -> dict[str, Any]:
            return offers.block(str(blake3), int(offset))

        worker.handlers[CALL] = block
        exchange = Exchange(worker.rpc, worker.loop, settings.shared)
        Here.bench = Bench(worker, offer, store, exchange)
        said(f"at work for {settings.scheduler}: {worker.address}")
        try:
            await worker.finished()
        finally:
            Here.bench = None


def own_address(scheduler: str) -> str:
    """The address of this machine from which it reaches a scheduler. Raises OSError."""
    host = str(urlsplit(scheduler).hostname)
    return "127.0.0.1" if host == "localhost" else str(get_ip(host))


def refused(reason: str) -> MachineError:
    """That a farm could not be had."""
    return MachineError(
        Problem(
            "farm_unreachable", reason, hint="stemwright farm status ADDRESS says what is there"
        )
    )


def told_workers(info: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The workers of a scheduler's identity that are ours, by address."""
    workers: Mapping[str, Any] = info.get("workers", {})
    return {address: each for address, each in workers.items() if "stemwright" in each}
