"""The foreman: has every song of the queue rendered by a command of its own, the next due first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridge.farming.queue import OPEN, Queue, Song, State, now
from stemwright.problems import Problem
from stemwright.values import dataclass

_TRIES = 3
_ENDING_S = 15.0


@dataclass(frozen=True)
class Renders:
    """How songs are rendered: the farm's address and certificates, the store, how many at once."""

    address: str
    certificates: Path | None
    store_root: Path
    at_once: int
    jobs: int
    shared: Path | None = None

    def words(self, song: Song) -> list[str]:
        """A song's command."""
        words = [sys.executable, "-P", "-m", "stemwright", "render", "--json", "--excerpt"]
        words += ["--farm", self.address, "--farm-priority", str(song.priority)]
        words += ["--store", str(self.store_root), "--jobs", str(self.jobs)]
        if self.certificates is not None:
            words += ["--farm-certs", str(self.certificates)]
        if self.shared is not None:
            words += ["--farm-shared", str(self.shared)]
        return [*words, "--", song.job]


class Foreman:
    """Looks after the queue; `look` is called again and again by one thread."""

    def __init__(self, queue: Queue, renders: Renders) -> None:
        self._queue, self._renders = queue, renders
        self._working: dict[str, _Render] = {}
        for song in queue.songs():  # of a scheduler that died: its commands died with it
            if song.state == "working":
                queue.keep(replace(song, state="waiting"))

    def look(self) -> None:
        """Begin what there is room for; take note of what ended."""
        for song_id, render in list(self._working.items()):
            if render.is_over:
                del self._working[song_id]
                self._over(self._queue.get(song_id), render)
        for song in self._queue.songs():
            if len(self._working) >= self._renders.at_once:
                return
            if song.state == "waiting":
                begun = replace(song, state="working", begun=now(), tries=song.tries + 1)
                self._queue.keep(begun)
                self._working[song.id] = _Render(self._renders.words(song))

    def _over(self, song: Song, render: _Render) -> None:
        code, told, said = render.result()
        if song.state == "cancelled":
            return
        if (code < 0 or code == 130) and song.tries < _TRIES:
            self._queue.keep(replace(song, state="waiting"))
            return
        state: State = {0: "done", 1: "missed"}.get(code, "failed")  # type: ignore[assignment]
        errors = tuple(told.get("errors", ()))
        if state == "failed" and not errors:
            ended = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
            lost = Problem("song_lost", f"its command {ended}, {song.tries} times", hint=said)
            errors = (lost.as_json(),)
        self._queue.keep(
            replace(
                song,
                state=state,
                code=code,
                ended=now(),
                seconds=round(song.seconds + render.seconds, 3),
                errors=errors,
                outputs=tuple(
                    {name: each[name] for name in ("version", "path", "pcm_sha256")}
                    for each in told.get("outputs", ())
                ),
                machines=told.get("machines", {}),
            )
        )

    def cancel(self, songs: Sequence[Song]) -> None:
        """Take songs out of the queue; what is being rendered of them is stopped."""
        for song in songs:
            if song.state in OPEN:
                self._queue.keep(replace(song, state="cancelled", ended=now()))
            if song.id in self._working:
                self._working[song.id].stop()

    def end(self) -> None:
        """Stop all commands; their songs wait for the next scheduler."""
        for render in self._working.values():
            render.stop()
        for song_id, render in self._working.items():
            render.wait()
            song = self._queue.get(song_id)
            if song.state == "working":
                self._queue.keep(replace(song, state="waiting", tries=song.tries - 1))
        self._working.clear()


class _Render:
    """A song's command at work."""

    def __init__(self, words: Sequence[str]) -> None:
        self._begun_s = time.monotonic()
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed where it is read
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - likewise
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=self._printed,
            stderr=self._said,
            start_new_session=True,  # an interrupt in the terminal is the scheduler's to tell
            env={**os.environ, "STEMWRIGHT_ENDS_WITH": str(os.getpid())},
        )

    @property
    def is_over(self) -> bool:
        return self._process.poll() is not None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun_s

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            self._process.terminate()

    def wait(self) -> None:
        try:
            self._process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def result(self) -> tuple[int, Mapping[str, Any], str | None]:
        """The exit code, the JSON that was printed, and the last line that was said."""
        code = self._process.wait()
        told: Mapping[str, Any] = {}
        with self._printed as printed, self._said as said:
            printed.seek(0)
            said.seek(0)
            with suppress(ValueError):
                told = json.loads(printed.read())
            lines = said.read().decode(errors="replace").strip().splitlines()
        return code, told, lines[-1] if lines else None
