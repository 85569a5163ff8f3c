"""What a lock says that rendering anew says otherwise, whether it is heard or not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass

from bridge.finished import Lock
from bridge.rendering import differences
from stemwright.problems import Problem

_MADE = ("frames", "drive_db", "trim_db", "drive_held")
_HEARD_FIRST = frozenset({"plugin", "state"})
_WORDS = {"binary": "binary", "class_id": "class", "version": "version"}


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
    plugins = {row.step: row.name for row in made.plugins}
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
        was, now = (getattr(each.engine, name) for each in (lock, made))
        yield from _edited(f"engine.{name}", was, now)
    yield from _edited("stemwright", lock.stemwright, made.stemwright)
    for name in _MADE:
        yield from _edited(name, getattr(lock, name), getattr(made, name))
    yield from _edited("range", _part(lock), _part(made))
    if _steps_pcm(lock) != _steps_pcm(made):
        yield LockNote("host", "steps", "chain.lock: a step's hash is not that of this rendering")
    if lock.outputs != made.outputs:
        yield LockNote("host", "outputs", "chain.lock: a master's hash is not that of this one")


def _part(lock: Lock) -> dict[str, float | None] | None:
    return None if lock.range is None else lock.range.model_dump()


def _steps_pcm(lock: Lock) -> list[tuple[str, str]]:
    """The steps by what they sound like: their keys also depend on what is not heard."""
    return [(step.id, step.pcm) for step in lock.steps]


def _edited(name: str, was: object, now: object) -> Iterator[LockNote]:
    if was != now:
        yield LockNote("host", name, f"chain.lock: {name} was {was} and is {now}")
