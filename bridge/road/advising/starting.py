"""A starter chain for stems: made, heard, and written where no file is yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from bridge.road.inputs import Inputs
from bridge.road.printed_sessions import stems_of
from stemwright.files import Staged, cannot_write
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.advising import Starter
    from bridge.gathering import Events
    from sessions import Session


@dataclass(frozen=True)
class NewChain:
    """A starter chain that was written."""

    path: Path
    starter: Starter

    def as_json(self) -> dict[str, Any]:
        """What `new --json` prints."""
        return {"chain": str(self.path), **self.starter.as_json()}


def new_chain(
    stems: Sequence[Path],
    path: Path,
    *,
    reference: Path | None = None,
    target_lufs: float | None = None,
    store: Path | None = None,
    skip: Sequence[str] = (),
    long: bool = False,
    jobs: int = 1,
    events: Events | None = None,
) -> NewChain:
    """Make a starter chain for `stems` and write it to `path`, which is not overwritten.

    What is rendered on the way stays in the store, so that the first render of the chain finds it.
    Raises InputError `output_exists`, `not_a_folder`, `reference_among_stems` and what reading and
    rendering raise; nothing is written then.
    """
    from bridge.advising import Trials, heard_reference, starter
    from bridge.gathering import Silent
    from bridge.jobs import title_of
    from bridge.road.advising.chain_copy import check_free, existing
    from bridge.storing import Store
    from sessions import read

    check_free(path)
    heard = None if reference is None else heard_reference(reference)
    given = Inputs(stems, path, store=store, jobs=jobs)
    printed = stems_of(stems, given, events=events).paths
    session = read(list(printed), skip=skip, long=long)
    if reference is not None:
        _refuse_reference_among(session, reference)
    kept = Store(given.store_root)
    trials = Trials(session, kept, jobs, events or Silent())
    made = starter(trials, title_of(stems[0]) or path.stem, heard, target_lufs)
    kept.collect()
    try:
        with Staged(path, overwrite=False) as staged:
            staged.write_text(made.text, encoding="utf-8")
    except FileExistsError as cause:
        raise InputError(existing(path)) from cause
    except OSError as cause:
        raise cannot_write(path, cause) from cause
    return NewChain(path, made)


def _refuse_reference_among(session: Session, reference: Path) -> None:
    """Raise InputError for a reference that would be summed as a stem."""
    named = reference.resolve()
    for track in session.tracks:
        for clip in track.clips:
            if clip.media is not None and clip.media.path.resolve() == named:
                raise InputError(_among_stems(reference))


def _among_stems(reference: Path) -> Problem:
    return Problem(
        "reference_among_stems",
        f"{reference.name} lies among the stems and would be summed with them",
        {"file": str(reference)},
        hint=f"move it out of their folder, or leave it out with --skip {quote(reference.name)}",
    )
