"""`verify`: render a finished folder anew from nothing, and name what is not the same any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bridge.comparing.diffing import diff
from bridge.comparing.first_step import FirstStep
from bridge.comparing.limits import Limits, Verdict
from bridge.comparing.model import Diff
from bridge.errors import InputError, Problem
from bridge.hosting import host, search_folders
from bridge.rendering import (
    Cancel,
    Context,
    Events,
    link_stems,
    read_lock,
    recall,
    render,
    write_folder,
)
from bridge.storing import Store
from chains import Chain, load

_KINDS = {
    "source": "source",
    "plugin": "plugin",
    "state": "state",
    "unknown": "host",
    "not_repeatable": "host",
}


@dataclass(frozen=True)
class Verified:
    """What a folder is against its own lock, rendered anew.

    `kind` of the first step that differs is source, plugin, state, chain or host. `repeatable` is
    False when that step gives another result each time; the verdict then allows for it.
    """

    verdict: Verdict
    within: bool
    step: str | None
    kind: str | None
    differing: tuple[str, ...]
    repeatable: bool
    found: Diff

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
                "repeatable": self.repeatable,
            },
            "differing": list(self.differing),
            "outputs": [{"name": each.name, "verdict": each.verdict} for each in self.found.files],
        }


def verify(
    folder: Path,
    *,
    events: Events,
    jobs: int = 1,
    plugin_folders: Sequence[Path] | None = None,
    limits: Limits = Limits(accept="exact"),  # noqa: B008 - frozen
    deadline_s: float | None = None,
) -> Verified:
    """Render `folder` anew from its chain.toml, its lock and the sources that names.

    It uses an empty store of its own and changes nothing. `plugin_folders`: host what lies there
    and nothing else; absent, the system's folders are searched.
    Raises InputError for a folder that is not ours or whose sources are gone, MachineError for a
    plugin that is not here, RenderError for one that fails.
    """
    lock = read_lock(folder)
    if not lock.get("outputs") or lock.get("range") is not None:
        raise InputError(
            Problem(
                "not_a_master",
                "only the folder of a whole render can be verified",
                {"file": str(folder)},
                hint="render it first: stemwright render SESSION CHAIN -o DIR",
            )
        )
    chain = load(folder / "chain.toml")
    folders = search_folders(()) if plugin_folders is None else tuple(plugin_folders)

    def again(work: Path) -> Path:
        store = Store(work / "store")
        plan = link_stems(recall(lock, folder, store), chain, store, plugin_folders=folders)
        context = Context(plan, store, host(plan.engine.host), events, Cancel(), jobs, deadline_s)
        return _rendered(context, chain, lock, work / "out")

    with TemporaryDirectory(prefix="stemwright-verify-") as name:
        return _compared(folder, Path(name), again, limits)


def _rendered(context: Context, chain: Chain, lock: dict[str, Any], out: Path) -> Path:
    drive_db = lock["drive_db"] if lock.get("drive_held") else None
    rendering = render(context, lock["subtype"], drive_db)
    write_folder(context, rendering, chain, lock["subtype"], out)
    return out


def _compared(folder: Path, work: Path, again: Callable[[Path], Path], limits: Limits) -> Verified:
    made = again(work / "one")
    found = diff(folder, made, limits)
    first = None if found.renderings is None else found.renderings.first
    repeatable = True
    if first is not None and first.kind in ("not_repeatable", "unknown"):
        other = again(work / "two")
        second = diff(made, other, limits)
        repeatable = second.verdict == "exact"
        if not repeatable:
            found = diff(made, folder, limits, floor=other)
    differing = () if found.renderings is None else found.renderings.differing
    return Verified(
        verdict=found.verdict,
        within=found.within,
        step=None if first is None else first.name,
        kind=None if first is None else _kind(first, folder, made),
        differing=differing,
        repeatable=repeatable,
        found=found,
    )


def _kind(first: FirstStep, folder: Path, made: Path) -> str:
    """Tell a changed chain from a changed host where the folder's own chain gives no clue."""
    was, now = read_lock(folder), read_lock(made)
    step = first.step or ""
    edited = was.get("specs", {}).get(step) != now["specs"].get(step)
    if first.kind == "unknown" and edited and was["engine"] == now["engine"]:
        return "chain"
    return _KINDS.get(first.kind, "chain")


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
