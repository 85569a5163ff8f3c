"""The ledger of seats, kept by the scheduler: no licence is used more often than it exists.

A seat is taken while a child runs, and comes back with the child's end or with its worker's.
Whoever asks longest is next. Each taking and return is a line in a file.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, TextIO

from distributed import Scheduler
from distributed.diagnostics.plugin import SchedulerPlugin

from bridge.farming.queue import now

TAKE, RETURN = "stemwright_seat_take", "stemwright_seat_return"
_SETTLING_S = 2.0
"""After a scheduler's start: workers of one that died end their children before they come back."""
_PATIENT_S = 5.0
"""Who has not asked again for so long asks no more."""


class SeatLedger(SchedulerPlugin):
    """Who has which seat, and who waits for one."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8", buffering=1)
        self._begun_s = time.monotonic()
        self._held: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._waiting: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._log("begun", "", 0, "", "")

    async def take(
        self, licence: str, of: int, ticket: str, worker: str, step: str
    ) -> dict[str, Any]:
        """Give a seat to a ticket, if one is free and nobody asked before it."""
        licence, ticket, moment_s = str(licence), str(ticket), time.monotonic()
        held, waiting = self._held[licence], self._waiting[licence]
        if ticket in held:
            return {"taken": True}
        waiting[ticket] = moment_s
        for other in [one for one, seen_s in waiting.items() if moment_s - seen_s > _PATIENT_S]:
            del waiting[other]
        settled = moment_s - self._begun_s > _SETTLING_S
        first = list(waiting)[: max(0, int(of) - len(held))]
        if not settled or ticket not in first:
            return {"taken": False}
        del waiting[ticket]
        held[ticket] = str(worker)
        self._log("taken", licence, int(of), str(worker), str(step))
        return {"taken": True}

    async def give_back(self, licence: str, ticket: str) -> dict[str, Any]:
        """Take a seat back; one that is back already stays so."""
        self._waiting[str(licence)].pop(str(ticket), None)
        worker = self._held[str(licence)].pop(str(ticket), None)
        if worker is not None:
            self._log("returned", str(licence), 0, worker, "")
        return {}

    def remove_worker(
        self,
        scheduler: Scheduler,  # noqa: ARG002 - Dask tells it all by name
        worker: str,
        *,
        stimulus_id: str,  # noqa: ARG002 - likewise
        **kwargs: Any,  # noqa: ARG002 - likewise
    ) -> None:
        """A worker went, and its children with it: its seats are free."""
        for licence, held in self._held.items():
            for ticket in [one for one, holder in held.items() if holder == worker]:
                del held[ticket]
                self._log("returned", licence, 0, worker, "")

    def _log(self, what: str, licence: str, of: int, worker: str, step: str) -> None:
        row = {"at": now(), "what": what, "licence": licence, "of": of, "worker": worker}
        self._file.write(json.dumps({**row, "step": step}) + "\n")

    async def close(self) -> None:
        """The scheduler ends."""
        self._file.close()


def seats_used(path: Path) -> list[dict[str, Any]]:
    """What the log says: of each licence how many there are, were used at once, and how often.

    A scheduler that began anew found all seats returned.
    """
    used: dict[str, dict[str, Any]] = {}
    at_once: defaultdict[str, int] = defaultdict(int)
    if not path.exists():
        return []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        name = row["licence"]
        if row["what"] == "begun":
            at_once.clear()
        elif row["what"] == "returned":
            at_once[name] -= 1
        else:
            at_once[name] += 1
            seat = used.setdefault(
                name, {"licence": name, "of": row["of"], "most_at_once": 0, "taken": 0}
            )
            seat["of"] = row["of"]
            seat["taken"] += 1
            seat["most_at_once"] = max(seat["most_at_once"], at_once[name])
    return [used[name] for name in sorted(used)]
