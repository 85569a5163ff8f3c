"""`verify`: render a finished folder anew from nothing, and name what is not the same any more."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bridge.comparing.diff_values import Diff
from bridge.comparing.diffing import diff, diff_above, learnt_noise_floor
from bridge.comparing.digest_checks import DigestChecks, Place, check_digests, locate
from bridge.comparing.first_step import compare_renders
from bridge.comparing.judging.limits import Limits, Verdict
from bridge.finished import Lock, differences, found_again, read_lock, recall, write_folder
from bridge.gathering import Cancel, Events, link_stems
from bridge.hosting import scratch, search_folders, trusted_folders
from bridge.planning import Plan
from bridge.rendering import Context, context_of, render
from bridge.storing import Store
from chains import Chain, load
from stemwright.problems import Diagnostic, InputError, MachineError, Problem
from stemwright.shown import Shown

Stand = Callable[[Plan, Chain], Plan]
"""Puts what was kept of plugins that are not here in their place; tells it in `stands_in` notes."""

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


_KINDS = {
    "source": "source",
    "plugin": "plugin",
    "state": "state",
    "host": "host",
    "unknown": "host",
    "not_repeatable": "host",
}


@dataclass(frozen=True)
class Verified(Shown):
    """What a folder is against its own lock, rendered anew, and against its digests.

    `kind` of the first step that differs is source, plugin, state, chain or host. `repeatable` is
    False when that step gives another result each time. `not_repeatable` are all steps that do; the
    verdict allows for as much as they vary by. `within` is about the sound, `same` about all of it.
    `lock` is what the lock holds and this rendering has otherwise, heard or not. `stood_in` says of
    each step that was not hosted what stood in for it.
    """

    verdict: Verdict
    within: bool
    step: str | None
    kind: str | None
    differing: tuple[str, ...]
    repeatable: bool
    found: Diff
    digests: DigestChecks
    not_repeatable: tuple[str, ...] = ()
    lock: tuple[LockNote, ...] = ()
    stood_in: tuple[Diagnostic, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the sound is within the limits and every digest is what it should be."""
        return self.within and self.digests.same

    def as_json(self) -> dict[str, Any]:
        """What `verify --json` prints."""
        worst = self.found.worst
        raw = worst.raw
        return {
            "verdict": self.verdict,
            "first": None
            if self.step is None
            else {
                "step": self.step,
                "kind": self.kind,
                "name": self.step,
                "peak_dbfs": None if raw is None else _finite(raw.peak_dbfs),
                "rms_dbfs": None if raw is None else _finite(raw.rms_dbfs),
                "loudness_delta_lu": worst.loudness_delta_lu,
                "level_delta_db": self._level_delta_db,
                "repeatable": self.repeatable,
            },
            "differing": list(self.differing),
            "not_repeatable": list(self.not_repeatable),
            "floor": None if worst.floor is None else dict(worst.floor),
            "outputs": [{"name": each.name, "verdict": each.verdict} for each in self.found.files],
            "digests": self.digests.as_json(),
            "lock": [each.as_json() for each in self.lock],
            **({"stood_in": [each.as_json() for each in self.stood_in]} if self.stood_in else {}),
        }

    @property
    def _level_delta_db(self) -> float | None:
        renderings = self.found.renderings
        first = None if renderings is None else renderings.first
        return None if first is None else first.level_delta_db


def verify(
    path: Path,
    *,
    events: Events,
    folder: Path | None = None,
    jobs: int = 1,
    plugin_folders: Sequence[Path] | None = None,
    trusted: Sequence[Path] = (),
    limits: Limits = Limits(accept="exact"),  # noqa: B008 - frozen
    deadline_s: float | None = None,
    stems: Path | None = None,
    cancel: Cancel | None = None,
    stand: Stand | None = None,
) -> Verified:
    """Check a folder's digests, then render it anew from its chain.toml, its lock and its sources.

    `path` is the folder, or a master or a sidecar whose folder lies around it or is `folder`. It
    uses an empty store of its own and changes nothing. `plugin_folders`: host what lies there
    or in `trusted` and nothing else; absent, the system's folders are searched, and the folders
    the user trusts for good count too. `stems`: where the song's stems lie now. `stand` puts what
    was kept of plugins in the place of those that are not here, and is told.
    Raises InputError for a folder that is not ours or whose sources are gone, MachineError for a
    plugin that is not here, RenderError for one that fails.
    """
    place = locate(path, folder)
    lock = recorded = _lock_of(place)
    if lock.range is not None:
        raise _no_master(place)
    chain = load(place.folder / "chain.toml")
    folders = search_folders(()) if plugin_folders is None else tuple(plugin_folders)
    allowed = trusted_folders(trusted) if plugin_folders is None else tuple(trusted)

    stood_in: list[Diagnostic] = []

    def again(work: Path) -> Path:
        store = Store(work / "store")
        plan = link_stems(
            recall(lock, place.folder, store),
            chain,
            store,
            plugin_folders=folders,
            trusted=allowed,
            moves=lock.moves(),
            partial=stand is not None,
        )
        if stand is not None:
            plan = stand(plan, chain)
            if plan.missing:
                raise MachineError(plan.missing)
            stood_in[:] = [each for each in plan.diagnostics if each.code == "stands_in"]
        context = context_of(
            plan, store, events=events, cancel=cancel, jobs=jobs, deadline_s=deadline_s
        )
        return _rendered(context, chain, lock, work / "out")

    with scratch() as work:
        store = Store(work / "one" / "store")
        if stems is not None:
            lock = found_again(recorded, stems, store)
        digests = check_digests(place, lock, store, jobs)
        found = _compared(place.folder, work, again, limits, digests)
    return replace(found, stood_in=tuple(stood_in))


def verify_digests(
    path: Path, *, folder: Path | None = None, jobs: int = 1, stems: Path | None = None
) -> DigestChecks:
    """Check the digests of a folder or of one master, as `verify` does, and render nothing.

    Where all stems are gone, it does without; `stems` is where they lie now.
    Raises InputError for what is no master of ours, or for a master whose folder is not found.
    """
    place = locate(path, folder)
    lock = _lock_of(place)
    with scratch() as work:
        store = Store(work)
        if stems is not None:
            lock = found_again(lock, stems, store)
        return check_digests(place, lock, store, jobs, without_stems=stems is None)


def _lock_of(place: Place) -> Lock:
    lock = read_lock(place.folder)
    if not lock.outputs:
        raise _no_master(place)
    return lock


def _no_master(place: Place) -> InputError:
    return InputError(
        Problem(
            "not_a_master",
            "only the folder of a whole render can be verified",
            {"file": str(place.folder)},
            hint="render it first: stemwright render SESSION CHAIN -o DIR",
        )
    )


def _rendered(context: Context, chain: Chain, lock: Lock, out: Path) -> Path:
    drive_db = lock.drive_db if lock.drive_held else None
    rendering = render(context, lock.subtype, drive_db, lock.trim_db or 0.0)
    write_folder(context, rendering, chain, lock.subtype, out)
    return out


def _compared(
    folder: Path,
    work: Path,
    again: Callable[[Path], Path],
    limits: Limits,
    digests: DigestChecks,
) -> Verified:
    made = again(work / "one")
    found = diff(folder, made, limits)
    unsteady: tuple[str, ...] = ()
    if _may_vary(found, made):
        other = again(work / "two")
        unsteady = _not_repeatable(made, other)
        if unsteady:
            allowed = _own_variation(found, unsteady, limits)
            found = diff_above(folder, made, allowed, learnt_noise_floor(made, other))
    renderings = found.renderings
    first = None if renderings is None else renderings.first
    differing = () if renderings is None else renderings.differing
    return Verified(
        verdict=found.verdict,
        within=found.within,
        step=None if first is None else first.name,
        kind=None if first is None else _KINDS.get(first.kind, "chain"),
        differing=differing,
        repeatable=first is None or first.step not in unsteady,
        found=found,
        digests=digests,
        not_repeatable=unsteady,
        lock=tuple(lock_notes(read_lock(folder), read_lock(made), differing)),
    )


def _may_vary(found: Diff, made: Path) -> bool:
    """Whether the difference may be a plugin's own: it is worth another render to know."""
    first = None if found.renderings is None else found.renderings.first
    if found.renderings is None or first is None or found.verdict == "exact":
        return False
    hosted = {row.step for row in read_lock(made).plugins}
    return bool(found.renderings.not_repeatable) or (first.step or "").partition("@")[0] in hosted


def _not_repeatable(made: Path, other: Path) -> tuple[str, ...]:
    renderings = compare_renders(made, other)
    return () if renderings is None else renderings.not_repeatable


def _own_variation(found: Diff, unsteady: Sequence[str], limits: Limits) -> Limits:
    """Limits for a step that varies: its floor and no more; any other change has to be exact."""
    first = None if found.renderings is None else found.renderings.first
    if limits.accept != "exact" or first is None or first.step not in unsteady:
        return limits
    return replace(limits, accept="tolerant", rms_dbfs=-math.inf, peak_dbfs=-math.inf)


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
