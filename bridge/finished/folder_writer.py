"""From a rendering to a folder: audio, record, lock, and the chain with its states beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from bridge.audio import Subtype, can_carry
from bridge.finished import RECORD_SCHEMA, Lock, Record
from bridge.finished.digests import (
    Carried,
    Digests,
    chain_digest,
    lock_digest,
    output_digest,
    sidecar,
    sidecar_of,
    stems_digest,
    tag,
)
from bridge.finished.finished_folder import FinishedFolder
from bridge.finished.lock_writer import as_text, hosted_steps, length_of, lock_of, range_of
from bridge.finished.place import OutputFolder, text_digest
from bridge.planning import NO_MOVES, HostedStep, Plan
from bridge.plugins import Plugin
from bridge.rendering import Context, Output, Rendering
from bridge.storing import file_digest
from chains import Chain, Insert, Plugin as PluginSettings, PluginTable, dumps
from stemwright.installation import installed_version
from stemwright.problems import Diagnostic, InputError, Problem

_PAGE = "report.html"


class Pages(Protocol):
    """What adds pages for people to a folder of results."""

    def rows(self) -> Mapping[str, Any]:
        """More rows for render.json."""
        ...

    def stands(self, folder: FinishedFolder, page: str) -> bool:
        """Whether report.html of the digest `page` is what would be written for `folder`."""
        ...

    def write(self, path: Path, folder: FinishedFolder) -> None:
        """Write report.html to `path`, given the folder as it will be; its path is a staged one."""
        ...


def write_folder(
    context: Context,
    rendering: Rendering,
    chain: Chain,
    subtype: Subtype,
    folder: Path,
    pages: Pages | None = None,
) -> Record:
    """Write `folder` as a whole and return what render.json says.

    Raises InputError or MachineError; the folder is then as it was.
    """
    with OutputFolder(folder) as out:
        return write_into(out, context, rendering, chain, subtype, pages)


def write_into(
    out: OutputFolder,
    context: Context,
    rendering: Rendering,
    chain: Chain,
    subtype: Subtype,
    pages: Pages | None = None,
    song: Mapping[str, Any] | None = None,
    held: Mapping[str, Any] | None = None,
) -> Record:
    """As `write_folder`; `song` is what the next render into the same folder is held to.

    `held` says what a job's held drive costs.
    """
    hosted = {step.id: step for step in hosted_steps(context.plan)}
    states = {
        step_id: (name, out.add(name, partial(_copy_state, path)))
        for step_id, (name, path) in _states(chain).items()
    }
    _refuse_changed(hosted, states)
    names = {step_id: name for step_id, (name, _) in states.items()}
    chain_text = dumps(_portable(chain, hosted, names))
    lock = lock_of(context, subtype, out.path, rendering)
    shared = _shared(lock, chain_text, dict(states.values()))
    untagged = [said for output in rendering.outputs for said in _add_master(out, output, shared)]
    out.add_text("chain.toml", chain_text)
    out.add_text("chain.lock", as_text(lock))
    told = _record(context, rendering, [*names.values()], untagged) | {"song": song}
    told |= {} if held is None else {"held": held}
    moves = context.plan.moves
    told |= {} if moves == NO_MOVES else {"moves": moves.as_json()}
    if pages is not None:
        told |= pages.rows()
        told["files"].append(_PAGE)
    record = Record.model_validate(told)
    if pages is not None:
        _add_page(out, pages, lambda path: FinishedFolder(path, record, chain, lock))
    return Record.model_validate(out.commit(told))


def _add_page(out: OutputFolder, pages: Pages, folder_at: Callable[[Path], FinishedFolder]) -> None:
    """Stage the page, or leave the one that stands; `folder_at` is the folder with its files."""
    standing = out.owned.as_written(_PAGE)
    if standing is not None and pages.stands(folder_at(out.staging), standing):
        out.keep(_PAGE)
    else:
        out.add(_PAGE, lambda path: pages.write(path, folder_at(path.parent)))


def _refuse_changed(
    hosted: Mapping[str, HostedStep], states: Mapping[str, tuple[str, Path]]
) -> None:
    """Raise InputError where a state is not what was rendered with any more."""
    problems = [
        Problem(
            "state_changed",
            f"the state of {step_id} was replaced while it was rendered",
            {"file": str(step.state)},
            hint="render again",
        )
        for step_id, step in hosted.items()
        if step_id in states and file_digest(states[step_id][1]) != step.state_hash
    ]
    if problems:
        raise InputError(problems)


def _copy_state(state: Path, staged: Path) -> None:
    """Copy a state that is one still: what was planned may have been replaced since."""
    from bridge.hosting import opened_state

    with opened_state(state) as source, staged.open("wb") as target:
        shutil.copyfileobj(source, target)


def _shared(lock: Lock, chain: str, states: Mapping[str, Path]) -> dict[str, str]:
    """The digests that all masters of a folder have in common."""
    return {
        "stems": stems_digest(lock.sources),
        "chain": chain_digest(chain.encode(), states),
        "lock": lock_digest(lock.as_json()),
    }


def _add_master(
    out: OutputFolder, output: Output, shared: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Stage a master with its digests in it and beside it; say where it has no room for them."""
    name = _file_of(output)
    digests = Digests(**shared, output=output_digest(output.pcm_sha256))
    carried = Carried(output.version, digests)
    beside, words = sidecar_of(Path(name)).name, sidecar(name, carried)

    def copy(staged: Path) -> None:
        shutil.copyfile(output.path, staged)
        tag(staged, carried)

    if _is_same_master(out, name, beside, words):
        out.keep(name)
    else:
        out.add(name, copy)
    out.add_text(beside, words)
    if not can_carry(output.path):
        said = f"{name} is too large for a tag; its digests are in {beside} alone"
        yield Diagnostic("note", "untagged", f"finish/{output.version}", said)


def _is_same_master(out: OutputFolder, name: str, beside: str, words: str) -> bool:
    """Whether the folder has this master, every byte of it, from this version of the tool.

    Its samples and its tag are what the sidecar says, and the lock says how it was written.
    """
    owned = out.owned
    if owned.record is None or owned.record.get("stemwright") != installed_version("stemwright"):
        return False
    return owned.as_written(name) is not None and owned.as_written(beside) == text_digest(words)


def _file_of(output: Output) -> str:
    return f"{output.version}.wav"


def _record(
    context: Context, rendering: Rendering, states: list[str], said: Sequence[Diagnostic]
) -> dict[str, Any]:
    outputs: list[dict[str, Any]] = [
        {
            "version": output.version,
            "path": _file_of(output),
            "pcm_sha256": output.pcm_sha256,
            "reached": output.reached,
            "trim_db": output.trim_db,
            "measures": {**output.measures, "path": _file_of(output)},
        }
        for output in rendering.outputs
    ]
    return {
        "schema": RECORD_SCHEMA,
        "stemwright": installed_version("stemwright"),
        "outputs": outputs,
        "steps": [step.as_json() for step in rendering.steps],
        "groups": [
            {"id": lane.id, "stems": [stem.id for stem in lane.stems]}
            for lane in context.plan.lanes
        ],
        "versions": [
            {
                "id": each.id,
                "groups": list(each.sounding),
                "without": list(each.without),
                **each.words,
            }
            for each in context.plan.versions
        ],
        "target": _target(context.plan),
        "drive_db": rendering.drive_db,
        "length": length_of(context.plan, rendering.frames),
        "range": range_of(context.plan, rendering.frames),
        "only": [*context.plan.only] or None,
        "diagnostics": [each.as_json() for each in (*rendering.diagnostics, *said)],
        "files": [
            *(output["path"] for output in outputs),
            *(sidecar_of(Path(output["path"])).name for output in outputs),
            "chain.toml",
            "chain.lock",
            *states,
        ],
    }


def _target(plan: Plan) -> dict[str, float | None] | None:
    """What was asked of the masters: the loudness of main alone, the ceiling of all."""
    if plan.finish is None:
        return None
    asked = plan.finish
    return {
        "integrated_lufs": asked.integrated_lufs,
        "true_peak_dbtp": asked.true_peak_dbtp,
    }


def _identity(plugin: Plugin) -> PluginTable:
    return PluginTable.model_validate(
        {
            "name": plugin.name,
            "vendor": plugin.vendor or None,
            "format": plugin.format,
            "id": plugin.class_id,
        }
    )


def _states(chain: Chain) -> dict[str, tuple[str, Path]]:
    """Every state the chain names, those of bypassed inserts and of empty groups too."""
    found: dict[str, tuple[str, Path]] = {}
    for owner, insert in chain.inserts():
        if isinstance(insert.settings, PluginSettings) and insert.settings.state:
            path = chain.resolve(insert.settings.state)
            name = f"states/{owner}-{insert.id}{path.suffix}"
            found[f"{owner}/{insert.id}"] = name, path
    return found


def _portable(chain: Chain, hosted: dict[str, HostedStep], states: dict[str, str]) -> Chain:
    """The same chain with its states in `states/`, and plugins by identity instead of by path.

    A plugin that was waited for is waited for as long wherever this chain goes.
    """

    def moved(owner: str, insert: Insert) -> Insert:
        settings, step_id = insert.settings, f"{owner}/{insert.id}"
        if not isinstance(settings, PluginSettings):
            return insert
        changed: dict[str, object] = {"state": states.get(step_id)}
        if step_id in hosted and hosted[step_id].warm_up_s:
            changed["warm_up_s"] = hosted[step_id].warm_up_s
        if settings.path is not None and step_id in hosted:
            changed["plugin"] = _identity(hosted[step_id].plugin)
        return replace(insert, settings=settings.model_copy(update=changed))

    if not any(isinstance(insert.settings, PluginSettings) for _, insert in chain.inserts()):
        return chain
    return chain.with_inserts(moved)
