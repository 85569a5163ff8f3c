"""A farm's processes that stay: the scheduler's, and each worker's."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from bridge.cli.printing import say
from stemwright.problems import InputError, MachineError, Problem

if TYPE_CHECKING:
    from distributed import Security

_OF_MEMORY = 0.75
_LEAST_MEMORY_BYTES = 300_000_000


def queue_folder(given: Path | None) -> Path:
    """Where a queue lies when nobody says."""
    return given or Path(platformdirs.user_data_dir("stemwright")) / "farm"


def store_folder(given: Path | None) -> Path:
    """The store that is meant."""
    from bridge.storing import default_root

    return given or default_root()


def run_scheduler(
    host: str,
    port: int,
    dashboard_port: int,
    queue: Path | None,
    store: Path | None,
    songs: int,
    certificates: Path | None,
    shared: Path | None,
) -> None:
    """Schedule until interrupted, which is how it ends.

    Raises MachineError where the port is taken.
    """
    from bridge.farming import SchedulerSettings, schedule, security

    settings = SchedulerSettings(
        folder=queue_folder(queue),
        store_root=store_folder(store).absolute(),
        host=host,
        port=port,
        dashboard_port=dashboard_port,
        at_once=songs,
        jobs=2,
        certificates=None if certificates is None else certificates.absolute(),
        security=security(certificates, "scheduler"),
        shared=None if shared is None else shared.absolute(),
    )
    try:
        with suppress(KeyboardInterrupt):  # how it ends
            asyncio.run(schedule(settings, lambda line: say(line, err=True)))
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise
        raise port_taken(host, port, error.__cause__ or error) from error


def port_taken(host: str, port: int, cause: BaseException) -> MachineError:
    """That nothing can listen there."""
    said = f"no scheduler can listen at {host}:{port}: {getattr(cause, 'strerror', None) or cause}"
    hint = "another one may be at work there; name another --port"
    return MachineError(Problem("port_taken", said, hint=hint))


def run_worker(
    address: str,
    identity: Security | None,
    *,
    host: str | None,
    name: str | None,
    threads: int,
    memory: str | None,
    seats: Path | None,
    plugin_folders: Sequence[Path],
    plugins_alone: bool,
    store: Path | None,
    shared: Path | None,
) -> None:
    """Work until interrupted, which is how it ends."""
    from bridge.farming import WorkerSettings, offer_here, read_seats, work
    from bridge.road import installed_plugins
    from bridge.storing import Store

    counted = read_seats(seats)
    memory_mb = _memory_mb(memory)
    root = store_folder(store).absolute()
    found = installed_plugins(Store(root), plugin_folders, alone=plugins_alone)
    offer = offer_here(name or platform.node() or "machine", found.plugins, counted)
    for seat in counted:
        if not any(seat.is_of(plugin) for plugin in found.plugins):
            say(f"note: a seat of {seat.plugin}, which is not installed here", err=True)
    say(f"{offer.machine}: {len(found.plugins)} plugins, {threads} threads", err=True)
    settings = WorkerSettings(address, root, threads, memory_mb, host, shared, identity)
    with suppress(KeyboardInterrupt):  # how it ends
        work(settings, offer, lambda line: say(f"{offer.machine}: {line}", err=True))


def _memory_mb(given: str | None) -> int:
    from bridge.storing import bytes_of

    if given is not None:
        size = bytes_of(given)
        if size is None:
            said = f"--memory {given} is no size"
            raise InputError(Problem("usage", said, expected="16GB or 900MB"))
        if size < _LEAST_MEMORY_BYTES:
            said = f"--memory {given} is less than one plugin takes"
            raise InputError(Problem("usage", said, expected="300MB or more"))
        return size // 1_000_000
    import psutil

    return int(psutil.virtual_memory().total * _OF_MEMORY) // 1_000_000
