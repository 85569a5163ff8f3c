"""A farm's scheduler: places steps on machines, keeps the queue of songs, has them rendered."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import Scheduler
from distributed.core import Status, rpc

from bridge.farming.foreman import Foreman, Renders
from bridge.farming.ledger import RETURN, TAKE, SeatLedger, seats_used
from bridge.farming.queue import OPEN, Queue
from bridge.farming.safety import guard_server
from bridge.farming.worker import refused, set_up_dask, told_workers
from bridge.storing import HeldError, hold
from stemwright.problems import InputError, MachineError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:
    from distributed import Security

SUBMIT, STATUS, CANCEL = "stemwright_submit", "stemwright_status", "stemwright_cancel"
SEATS = "seats.jsonl"
_LOOK_S = 0.1
_REACH_S = 5.0


@dataclass(frozen=True)
class SchedulerSettings:
    """Where a scheduler listens, what it keeps and where; `dashboard_port` is Dask's own page."""

    folder: Path
    store_root: Path
    host: str
    port: int
    dashboard_port: int
    at_once: int
    jobs: int
    certificates: Path | None = None
    security: Security | None = None
    shared: Path | None = None


async def schedule(settings: SchedulerSettings, said: Callable[[str], None]) -> None:
    """Schedule until cancelled; songs that were begun are finished by the next one."""
    set_up_dask()
    with ExitStack() as held:
        _hold_queue(settings.folder, held)
        await _scheduled(settings, said)


def _hold_queue(folder: Path, held: ExitStack) -> None:
    """Hold a queue for this process alone. Raises MachineError `queue_in_use`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        held.callback(hold(folder / "in use").release)
    except HeldError as other:
        said = f"the queue is in use by {other}"
        hint = "one scheduler looks after a queue: end that one, or name another --queue"
        raise MachineError(
            Problem("queue_in_use", said, {"file": str(folder)}, hint=hint)
        ) from other


async def _scheduled(settings: SchedulerSettings, said: Callable[[str], None]) -> None:
    warnings.simplefilter("ignore")  # of a port that is taken: the one that is used is told
    queue = Queue(settings.folder)
    ledger = SeatLedger(settings.folder / SEATS)
    async with Scheduler(
        host=settings.host,
        port=settings.port,
        protocol="tcp" if settings.security is None else "tls",
        security=settings.security,
        dashboard=True,
        dashboard_address=f"127.0.0.1:{settings.dashboard_port}",
        extensions={},
        plugins=(ledger,),
    ) as scheduler:
        guard_server(scheduler, (SUBMIT, STATUS, CANCEL, TAKE, RETURN))
        renders = Renders(
            scheduler.address,
            settings.certificates,
            settings.store_root,
            settings.at_once,
            settings.jobs,
            settings.shared,
        )
        foreman = Foreman(queue, renders)
        desk = _Desk(scheduler, queue, foreman)
        scheduler.handlers |= {SUBMIT: desk.submit, STATUS: desk.status, CANCEL: desk.cancel}
        scheduler.handlers |= {TAKE: ledger.take, RETURN: ledger.give_back}
        said(f"scheduler at {scheduler.address}; songs and seats in {settings.folder}")
        said(f"Dask's dashboard: {desk.dashboard}")
        try:
            while scheduler.status == Status.running:
                foreman.look()
                await asyncio.sleep(_LOOK_S)
        finally:
            foreman.end()
    raise MachineError(Problem("scheduler_ended", "the scheduler came to its end by itself"))


class _Desk:
    """What the scheduler answers about songs."""

    def __init__(self, scheduler: Scheduler, queue: Queue, foreman: Foreman) -> None:
        self._scheduler, self._queue, self._foreman = scheduler, queue, foreman

    @property
    def dashboard(self) -> str:
        """The address of Dask's own pages, on this machine alone."""
        port = self._scheduler.services.get("dashboard")
        return f"http://127.0.0.1:{getattr(port, 'port', port)}/status"

    async def submit(self, songs: Sequence[tuple[str, str | None]]) -> dict[str, Any]:
        """Hand jobs in, each with when it is due: all of them, or with one that cannot be, none."""
        given = [(str(job), None if due is None else str(due)) for job, due in songs]
        refused = [said for job, due in given if (said := self._why_not(job, due)) is not None]
        counted = Counter(job for job, _ in given)
        refused += [f"{job} is named {times} times" for job, times in counted.items() if times > 1]
        if refused:
            return {"refused": refused}
        return {"songs": [self._queue.add(job, due).as_json() for job, due in given]}

    def _why_not(self, job: str, due: str | None) -> str | None:
        """Why a job cannot be handed in: this machine must see it, and it is in the queue once."""
        path = Path(job)
        if not path.is_absolute() or not (path / "job.toml").is_file():
            return f"{job} is no job on the scheduler's machine"
        try:
            if due is not None and datetime.fromisoformat(due).tzinfo is None:
                return f"{due} says no time zone"
        except ValueError:
            return f"{due} is no time"
        if any(each.job == job and each.state in OPEN for each in self._queue.songs()):
            return f"{job} is in the queue already"
        return None

    async def cancel(self, named: str) -> dict[str, Any]:
        """Cancel the open songs of an id, or of a job's path; `*` is all of them."""
        found = [
            each
            for each in self._queue.songs()
            if each.state in OPEN and str(named) in (each.id, each.job, "*")
        ]
        self._foreman.cancel(found)
        return {"cancelled": [each.as_json() for each in found]}

    async def status(self) -> dict[str, Any]:
        """Songs, machines, seats."""
        workers = told_workers(self._scheduler.identity(n_workers=-1))
        return {
            "songs": [each.as_json() for each in self._queue.songs()],
            "machines": [
                {
                    **each["stemwright"],
                    "worker": each["name"],
                    "threads": each["nthreads"],
                    "at_work": len(self._scheduler.workers[address].processing),
                }
                for address, each in workers.items()
            ],
            "seats": seats_used(self._queue.folder / SEATS),
            "dashboard": self.dashboard,
        }


def asked(address: str, security: Security | None, call: str, **told: Any) -> Mapping[str, Any]:
    """What a scheduler answers. Raises MachineError where there is none, InputError for a no."""

    async def answered() -> Any:
        args = {} if security is None else security.get_connection_args("client")
        async with rpc(address, connection_args=args, timeout=_REACH_S) as scheduler:
            return await asyncio.wait_for(getattr(scheduler, call)(**told), _REACH_S)

    set_up_dask()
    began_s = time.monotonic()
    try:
        answer: Mapping[str, Any] = asyncio.run(answered())
    except (TimeoutError, OSError, ValueError, RuntimeError) as error:
        after = f" after {time.monotonic() - began_s:.0f} s" if not str(error) else ""
        said = str(error)
        if "before comm was established" in said or "SSL" in said:
            said = "what is there takes other certificates, or none"
        raise refused(f"there is no farm to be had at {address}{after}: {said}") from error
    if "refused" in answer:
        hint = "see stemwright farm status; paths are those of the scheduler's machine"
        said = answer["refused"]
        raise InputError([Problem("farm_refused", str(each), hint=hint) for each in said])
    return answer
