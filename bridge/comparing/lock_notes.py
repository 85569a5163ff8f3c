"""What a lock says that rendering anew says otherwise, whether it is heard or not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bridge.rendering import differences
from stemwright.problems import Problem

_MADE = ("frames", "drive_db", "trim_db", "drive_held", "range")
_HEARD_FIRST = frozenset({"plugin", "state"})
_WORDS = {"binary": "binary", "class_id": "class", "version": "version"}

Lock = Mapping[str, Any]


@dataclass(frozen=True)
class LockNote:
    """One thing the lock holds and this rendering has otherwise.

    `kind` is source, plugin, state, chain or host; `name` is its place in the lock.
    """

    kind: str
    name: str
    message: str

    def as_json(self) -> dict[str, str]:
        """A row of `lock` in `verify --json`."""
        return asdict(self)


def lock_notes(lock: Lock, made: Lock, differing: Collection[str]) -> Iterator[LockNote]:
    """Yield what `lock` and the lock that was `made` anew disagree on.

    `differing` are the steps that sound otherwise: their plugins are told by the first of them.
    What is computed (drive, hashes) is asked only where nothing sounds otherwise.
    """
    heard = {step.partition("@")[0] for step in differing}
    plugins = {str(row["step"]): str(row["name"]) for row in made["plugins"]}
    for problem in differences(lock, made):
        if problem.kind == "old_lock":
            continue
        kind = problem.kind.removesuffix("_differs")
        path = str(problem.where["path"])
        step, _, what = path.rpartition(" ")
        if kind not in _HEARD_FIRST or step not in plugins:
            yield _plain(kind, path, problem)
        elif step not in heard:
            yield LockNote(kind, path, _unheard(plugins[step], what))
    if not heard:
        yield from _computed(lock, made)


def _plain(kind: str, path: str, problem: Problem) -> LockNote:
    known = kind in ("source", "plugin", "state", "host")
    return LockNote(kind if known else "chain", path, f"chain.lock: {problem.message}")


def _unheard(plugin: str, what: str) -> str:
    return f"{plugin}'s {_WORDS.get(what, what)} is another one; it sounds the same"


def _computed(lock: Lock, made: Lock) -> Iterator[LockNote]:
    """What only an edited lock can have otherwise, for the sound is the same."""
    for name in ("offline", "transport"):
        yield from _edited(f"engine.{name}", lock["engine"].get(name), made["engine"][name])
    yield from _edited("stemwright", lock.get("stemwright"), made["stemwright"])
    for name in _MADE:
        yield from _edited(name, lock.get(name), made[name])
    if _pcm(lock, "steps", "id", "pcm") != _pcm(made, "steps", "id", "pcm"):
        yield LockNote("host", "steps", "chain.lock: a step's hash is not that of this rendering")
    hashes = ("outputs", "version", "pcm_sha256")
    if _pcm(lock, *hashes) != _pcm(made, *hashes):
        yield LockNote("host", "outputs", "chain.lock: a master's hash is not that of this one")


def _pcm(lock: Lock, rows: str, *names: str) -> list[list[Any]]:
    """The rows by what they sound like: their keys also depend on what is not heard."""
    return [[row.get(name) for name in names] for row in lock.get(rows, [])]


def _edited(name: str, was: object, now: object) -> Iterator[LockNote]:
    if was != now:
        yield LockNote("host", name, f"chain.lock: {name} was {was} and is {now}")
