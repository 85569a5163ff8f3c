"""Writing a stand-in into a chain: never over another song's, and always saying what it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.road.advising.fit_writing import Texts, refuse_elsewhere, refuse_existing
from stemwright.files import placed
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.jobs import Job
    from bridge.road.advising.standing_in import StoodIn
    from chains import Chain

_COPY = "chain.toml"
_STAYS = frozenset({"id", "bypass"})


def stand_in_into_copy(chain: Chain, stood: StoodIn, out: Path) -> Texts:
    """Write the chain with what stands in to a new file; its text before and after.

    Raises InputError `output_exists`, `chain_elsewhere`, ChainError where it would be wrong.
    """
    refuse_existing(out)
    refuse_elsewhere(chain, out)
    before, after = _texts(chain, stood)
    placed(out, after.encode(), lasting=True)
    return before, after


def stand_in_into_job(job: Job, stood: StoodIn) -> Texts:
    """Put what stands in into the song's own chain; its text before and after.

    A chain outside of the job's folder may be other songs': it is copied into the folder, and the
    job names the copy. Raises as `stand_in_into_copy`; InputError `stand_in_overridden`.
    """
    from bridge.jobs import edited
    from chains import load

    _refuse_overridden(job, stood)
    chain = load(job.chain_path)
    if job.chain_path.resolve().is_relative_to(job.folder.resolve()):
        before, after = _texts(chain, stood)
        placed(job.chain_path, after.encode(), lasting=True)
        return before, after
    texts = stand_in_into_copy(chain, stood, job.folder / _COPY)
    edited(job.path, lambda document: document.__setitem__("chain", _COPY))
    return texts


def _refuse_overridden(job: Job, stood: StoodIn) -> None:
    owner, _, insert = stood.insert.rpartition("/")
    mark = f"{owner}.insert.{insert}."
    named = [path for path in job.overrides if mark in f"{path}."]
    if named:
        raise InputError(
            Problem(
                "stand_in_overridden",
                f"the job sets {named[0]}, which is the plugin's and not its stand-in's",
                {"file": str(job.path)},
                hint="take it out of the job, and fit again",
            )
        )


def _texts(chain: Chain, stood: StoodIn) -> Texts:
    from chains import CHAIN, loads, toml_text

    assert chain.path is not None  # noqa: S101 - only files are given to the command
    before = toml_text(chain.path, CHAIN)
    after = _with_stand_in(chain, before, stood)
    loads(after, chain.path)
    return before, after


def _with_stand_in(chain: Chain, text: str, stood: StoodIn) -> str:
    """The text with the insert's table made anew; its comments that stand beside it stay."""
    import tomlkit

    places = {f"{owner}/{insert.id}": insert.where.at for owner, insert in chain.inserts()}
    document: Any = tomlkit.parse(text)
    row = document
    for key in places[stood.insert]:
        row = row[key]
    for key in [each for each in row if each not in stood.table and each not in _STAYS]:
        del row[key]
    for key, value in stood.table.items():
        if row.get(key) != value:
            row[key] = _item(value)
    row["use"].comment(stood.comment)
    return tomlkit.dumps(document)


def _item(value: Any) -> Any:
    """Bands as one writes them: an inline table a line."""
    import tomlkit

    if isinstance(value, dict):
        made = tomlkit.inline_table()
        made.update(value)
        return made
    if isinstance(value, list) and value and isinstance(value[0], dict):
        rows = tomlkit.array()
        for each in value:
            rows.append(_item(each))
        return rows.multiline(True)
    return tomlkit.item(value)
