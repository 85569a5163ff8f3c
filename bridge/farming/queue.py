"""The songs of a night, each a file in the scheduler's folder: what is kept when a process dies."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from stemwright.files import placed
from stemwright.values import dataclass

State = Literal["waiting", "working", "done", "missed", "failed", "cancelled"]
OPEN: tuple[State, ...] = ("waiting", "working")
WITHOUT_DATE = timedelta(hours=48)
"""When a song that nobody gave a date is due, from when it was handed in: so none starves."""


@dataclass(frozen=True)
class Song:
    """A job that was handed in. Times are ISO 8601 in UTC; `code` is the render's exit code.

    `machines` counts the steps that each machine did, `outputs` are the files with their hashes.
    """

    id: str
    job: str
    submitted: str
    due: str | None = None
    state: State = "waiting"
    begun: str | None = None
    ended: str | None = None
    code: int | None = None
    tries: int = 0
    seconds: float = 0.0
    errors: tuple[Mapping[str, Any], ...] = ()
    outputs: tuple[Mapping[str, Any], ...] = ()
    machines: Mapping[str, int] = field(default_factory=dict)

    @property
    def counts_as_due(self) -> datetime:
        """When it is due, or counts as due."""
        if self.due is not None:
            return datetime.fromisoformat(self.due)
        return datetime.fromisoformat(self.submitted) + WITHOUT_DATE

    @property
    def priority(self) -> int:
        """Greater for what is due earlier: minutes, negative."""
        return -int(self.counts_as_due.timestamp() // 60)

    def as_json(self) -> dict[str, Any]:
        """The file's object, and a row of `farm status`."""
        return asdict(self)


def now() -> str:
    """This moment as songs tell times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Queue:
    """A folder with a file a song, each replaced whole; one process writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._songs = folder / "songs"
        self._songs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._known = {each.id: each for each in self._read()}

    def _read(self) -> Iterator[Song]:
        for path in sorted(self._songs.glob("*.json")):
            told = json.loads(path.read_text("utf-8"))
            for name in ("errors", "outputs"):
                told[name] = tuple(told[name])
            yield Song(**told)

    def songs(self) -> Sequence[Song]:
        """Every song, the one that is due first before the others."""
        return sorted(
            self._known.values(), key=lambda each: (each.counts_as_due, each.submitted, each.id)
        )

    def get(self, song_id: str) -> Song:
        """The song of this id."""
        return self._known[song_id]

    def add(self, job: str, due: str | None) -> Song:
        """Hand a job in."""
        song = Song(f"{now()[:19].replace(':', '')}-{secrets.token_hex(4)}", job, now(), due)
        return self.keep(song)

    def keep(self, song: Song) -> Song:
        """Write what became of a song."""
        text = json.dumps(song.as_json(), indent=1, ensure_ascii=False)
        placed(self._songs / f"{song.id}.json", text.encode(), lasting=True)
        self._known[song.id] = song
        return song
