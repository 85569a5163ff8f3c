"""A farm as a render sees it: hosts that are elsewhere, with the local ones' names and results."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from distributed import Client, Future
from distributed.comm.core import CommClosedError
from distributed.core import Server
from distributed.utils import sync

from bridge.farming.files import CALL, Exchange, FileNamed, Offers
from bridge.farming.hosts import FarmHost
from bridge.farming.offer import Offer, offer_from_json, resource_of
from bridge.farming.worker import own_address, refused, set_up_dask, told_workers
from bridge.hosting import Host
from bridge.plugins import Catalogue, Plugin
from stemwright import problems as errors
from stemwright.problems import MachineError, Problem, StemwrightError, StoppedError

if TYPE_CHECKING:
    from distributed import Security
    from tornado.ioloop import IOLoop

_POLL_S = 0.25
_LOOK_S = 5.0
_REACH_S = 10.0
PATIENCE_S = 120.0
"""How long a farm may be away, or without the machine that is needed, until a song gives up."""
_MACHINES_OWN = frozenset({"disk_full", "not_on_machine", "not_writable", "store_unusable"})
_MEMORY_MB = 300.0
"""What a child takes with a usual plugin; its audio passes in blocks."""


class Farm:
    """A connection to a scheduler; implements bridge.hosting.Elsewhere.

    Any thread may ask. `priority` goes before smaller ones. `preferred` are hashes of binaries.
    Raises MachineError `farm_unreachable`.
    """

    def __init__(
        self,
        address: str,
        *,
        security: Security | None = None,
        shared: Path | None = None,
        priority: int = 0,
        preferred: Set[str] = frozenset(),
        patience_s: float = PATIENCE_S,
    ) -> None:
        set_up_dask()
        self.address, self._security, self._shared = address, security, shared
        self._priority, self._patience_s = priority, patience_s
        self._preferred = preferred
        self._guard = threading.Lock()
        self._stopped = threading.Event()
        self._offers = Offers()
        self._numbers = itertools.count()
        self._name = secrets.token_hex(6)
        self.machines: dict[str, int] = {}
        self._client, self._server, self._turn = *self._connected(_REACH_S), 0

    def _connected(self, within_s: float) -> tuple[Client, Server]:
        until_s, said = time.monotonic() + within_s, ""
        while True:
            try:
                client = Client(
                    self.address,
                    security=self._security,
                    set_as_default=False,
                    timeout=_REACH_S,
                )
                return client, _on_loop(client, self._served)
            except (TimeoutError, OSError, ValueError) as error:
                said = str(error) or type(error).__name__
            if time.monotonic() > until_s or self._stopped.wait(1.0):
                raise refused(f"there is no farm to be had at {self.address}: {said}")

    async def _served(self) -> Server:
        """What workers fetch the inputs from."""

        async def block(blake3: str, offset: int) -> dict[str, Any]:
            return self._offers.block(str(blake3), int(offset))

        server = Server({CALL: block})
        args = {} if self._security is None else self._security.get_listen_args("client")
        await server.listen(_listening(self.address), **args)
        return server

    def close(self) -> None:
        """Let go of the scheduler."""
        client, server = self._client, self._server
        with suppress(Exception):
            _on_loop(client, server.close)
        with suppress(Exception):
            client.close(timeout=2)

    def stop(self) -> None:
        """Give up what is waited for; calls raise StoppedError."""
        self._stopped.set()

    def hosting(self, local: Host) -> Host:
        """The same host on the farm's machines."""
        return FarmHost(self, local.name, local.version)

    def offers(self) -> list[Offer]:
        """What every machine at work offers."""
        return sorted(self._at_work().values(), key=lambda each: each.machine)

    def _at_work(self) -> dict[str, Offer]:
        """The same by the worker's address."""
        workers = told_workers(_on_loop(self._client, self._identity))
        return {at: offer_from_json(each["stemwright"]) for at, each in workers.items()}

    async def _identity(self) -> Mapping[str, Any]:
        scheduler: Any = self._client.scheduler
        found: Mapping[str, Any] = await scheduler.identity(n_workers=-1)
        return found

    def known(self, here: Catalogue) -> Catalogue:
        """What this machine's scan found, and each further plugin of the farm.

        Of several builds of one, that of the last render comes first (`preferred`, by the hashes
        of binaries), then the one that most machines have; who plans tells that there are others.
        """
        offers = self.offers()
        have = {(each.class_id, each.format) for each in here.plugins}
        counted: dict[tuple[str, str], dict[str, list[Plugin]]] = {}
        for plugin in (each for offer in offers for each in offer.plugins):
            identity = plugin.class_id, plugin.format
            if identity not in have:
                counted.setdefault(identity, {}).setdefault(plugin.binary_hash, []).append(plugin)
        found = [
            same[0]
            for builds in counted.values()
            for same in sorted(builds.values(), key=self._rank)
        ]
        places = {Path(f"{offer.machine} of the farm") for offer in offers}
        return replace(
            here,
            plugins=(*here.plugins, *found),
            searched=(*here.searched, *sorted(places)),
        )

    def _rank(self, same: Sequence[Plugin]) -> tuple[bool, int, str]:
        return same[0].binary_hash not in self._preferred, -len(same), same[0].binary_hash

    def refuse(self, plugins: Sequence[tuple[str, Plugin]], local: Host) -> None:
        """Raise MachineError naming every insert that no machine can run, and what each lacks."""
        offers = self.offers()
        lacking = [
            self._lacking(step_id, plugin, local.name, local.version, offers)
            for step_id, plugin in plugins
            if not _can_run(plugin, local.name, local.version, offers)
        ]
        if lacking:
            raise MachineError(lacking)

    def _lacking(
        self, step_id: str, plugin: Plugin, engine: str, version: str, offers: Sequence[Offer]
    ) -> Problem:
        said = [f"{each.machine} {_why_not(plugin, engine, version, each)}" for each in offers]
        group, _, insert = step_id.rpartition("/")
        return Problem(
            "not_on_farm",
            f"no machine of the farm can run {plugin.name} ({step_id}):"
            f" {'; '.join(said) or 'there is none at work'}",
            {"group": group, "insert": insert, "plugin": plugin.name},
            hint="install this very plugin where a worker runs and start that again, or render"
            " without --farm",
        )

    def do(self, operation: Callable[..., Any], asked: Mapping[str, Any], plugin: Plugin) -> Any:
        """Have a machine that can do it do it; what was lost on the way is asked for anew.

        Raises what the operation raised there; MachineError where no machine can do it, or the
        farm is away, for longer than patience. A machine whose disk is full, or that has no longer
        what it offered, is passed over while there is another.
        """
        resource = resource_of(plugin, str(asked["engine"]), str(asked["engine_version"]))
        unfit: set[str] = set()
        while True:
            turn, client = self._turn, self._client
            future: Future[dict[str, Any]] | None = None
            try:
                future = client.submit(
                    operation,
                    dict(asked),
                    key=f"{asked['step_id']}-{self._name}-{next(self._numbers)}",
                    resources={resource: 1.0, "memory_mb": _MEMORY_MB},
                    priority=self._priority,
                    workers=self._fit(resource, unfit) if unfit else None,
                    pure=False,
                )
                answer = self._awaited(client, future, resource, asked, plugin)
            except (TimeoutError, CancelledError, OSError, RuntimeError):
                self._again(turn)
                continue
            finally:
                if future is not None:
                    with suppress(Exception):
                        future.release()
            machine = str(answer["machine"])
            with self._guard:
                self.machines[machine] = self.machines.get(machine, 0) + 1
            if "error" not in answer:
                return answer
            unfit.add(str(answer["worker"]))
            if not _is_machines_own(answer) or not self._fit(resource, unfit):
                raise _error(answer)

    def _fit(self, resource: str, unfit: Set[str]) -> list[str]:
        """The workers that have a resource, but these."""
        return [
            address
            for address, offer in self._at_work().items()
            if address not in unfit and resource in offer.resources()
        ]

    def _awaited(
        self,
        client: Client,
        future: Future[dict[str, Any]],
        resource: str,
        asked: Mapping[str, Any],
        plugin: Plugin,
    ) -> dict[str, Any]:
        looked_s = able_s = time.monotonic()
        while not future.done():
            if self._stopped.wait(_POLL_S if time.monotonic() - looked_s > 1.0 else 0.01):
                with suppress(Exception):
                    future.cancel()
                raise StoppedError(Problem("interrupted", "stopped while hosting on the farm"))
            now_s = time.monotonic()
            if now_s - looked_s < _LOOK_S:
                continue
            looked_s = now_s
            if client.status != "running":
                raise CancelledError
            offers = self.offers()
            able = any(resource in each.resources() for each in offers)
            able_s = now_s if able else able_s
            if now_s - able_s > self._patience_s:
                engine, version = str(asked["engine"]), str(asked["engine_version"])
                step_id = str(asked["step_id"])
                raise MachineError(self._lacking(step_id, plugin, engine, version, offers))
        found: dict[str, Any] = future.result(timeout=_REACH_S)
        return found

    def _again(self, turn: int) -> None:
        """Connect anew after `turn`, once for all threads that lost it. Raises MachineError."""
        with self._guard:
            if self._stopped.is_set():
                raise StoppedError(Problem("interrupted", "stopped while hosting on the farm"))
            if turn != self._turn:
                return
            self.close()
            self._client, self._server = self._connected(self._patience_s)
            self._turn += 1

    @contextmanager
    def offered(self, path: Path | None) -> Iterator[FileNamed | None]:
        """Let workers fetch a file for the time inside."""
        if path is None:
            yield None
            return
        with self._offers.offered(path, self._server.address) as named:
            self.exchange.publish(path, named.blake3)
            yield named

    @property
    def exchange(self) -> Exchange:
        """How results come here."""
        return Exchange(self._client.rpc, _loop_of(self._client), self._shared)


def _loop_of(client: Client) -> IOLoop:
    if client.loop is None:
        raise CommClosedError("the scheduler is gone")
    return client.loop


def _on_loop(client: Client, work: Callable[[], Awaitable[Any]]) -> Any:
    return sync(_loop_of(client), work)


def _can_run(plugin: Plugin, engine: str, version: str, offers: Sequence[Offer]) -> bool:
    name = resource_of(plugin, engine, version)
    return any(each.resources().get(name, 0.0) >= 1.0 for each in offers)


def _why_not(plugin: Plugin, engine: str, version: str, offer: Offer) -> str:
    same = [each for each in offer.plugins if each.class_id == plugin.class_id]
    if not same:
        return "has it not"
    if all(each.binary_hash != plugin.binary_hash for each in same):
        return f"has another binary of it (version {same[0].version or 'unknown'})"
    if offer.engines.get(engine) != version:
        return f"hosts with {engine} {offer.engines.get(engine)}, not {version}"
    return "has no seat for it"


def _is_machines_own(answer: Mapping[str, Any]) -> bool:
    """Whether what went wrong is the machine's and not the plugin's: another one may do it."""
    return {each["kind"] for each in answer["problems"]} <= _MACHINES_OWN


def _error(answer: Mapping[str, Any]) -> StemwrightError:
    """What went wrong on another machine, as it would have been raised here, the machine named."""
    kind = getattr(errors, str(answer["error"]), MachineError)
    machine = str(answer["machine"])
    found = (Problem(**each) for each in answer["problems"])
    return kind(
        [
            replace(
                each,
                message=f"on {machine}: {each.message}",
                where={**each.where, "machine": machine},
            )
            for each in found
        ]
    )


def _listening(scheduler: str) -> str:
    """Where inputs are offered: at the address from which this machine reaches the scheduler."""
    return f"{urlsplit(scheduler).scheme}://{own_address(scheduler)}:0"
