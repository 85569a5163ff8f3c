"""What one revision did after another: in words, and in the numbers of its masters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bridge.comparing import Change
from bridge.finished import Finished, need_record
from bridge.jobs.reading import job_path
from bridge.jobs.revisions.shelf import COMPARED, find_revision, need_files
from bridge.jobs.revisions.song_changes import song_changes
from bridge.jobs.revisions.song_document import document_of_revision

SCHEMA = 1
_LEAST_SHOWN = 0.005


@dataclass(frozen=True)
class MasterChange:
    """What became of one master: its levels, None where a side lacks it or it has none."""

    version: str
    same_samples: bool
    lufs_before: float | None
    lufs_after: float | None
    true_peak_before_dbtp: float | None
    true_peak_after_dbtp: float | None
    words: str


@dataclass(frozen=True)
class RevisionChanges:
    """Revision `b` after revision `a`: `changes` make the one song of the other.

    `digests` are of what is said of both songs; `masters` is what was measured of both. `states`
    are the parameters that read otherwise in states that changed, as far as a plugin told them.
    """

    a: str
    b: str
    changes: tuple[Change, ...]
    digests: tuple[str, str]
    masters: tuple[MasterChange, ...]
    states: tuple[Change, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What changed, a line each: of a state that a plugin read, its parameters."""
        said = [line for each in self.changes for line in self._said(each)]
        return (*(said or ["nothing changed"]), *(each.words for each in self.masters))

    @property
    def words(self) -> str:
        """All of it in one line."""
        return "; ".join(self.lines)

    @property
    def has_states(self) -> bool:
        """Whether a plugin's state is among what changed."""
        return any(_state_step(each) is not None for each in self.changes)

    def _said(self, change: Change) -> list[str]:
        step = _state_step(change)
        if step is None:
            return [change.words]
        return [each.words for each in self.states if _inserted_step(each) == step] or [
            change.words
        ]

    def as_json(self) -> dict[str, Any]:
        """What `changes --json` prints."""
        return {
            "schema": SCHEMA,
            "a": self.a,
            "b": self.b,
            "digests": {"a": self.digests[0], "b": self.digests[1]},
            "changes": [each.as_json() for each in self.changes],
            "masters": [asdict(each) for each in self.masters],
            **({"states": [each.as_json() for each in self.states]} if self.states else {}),
            "words": self.words,
        }


def _inserted_step(change: Change) -> str:
    """The step, "vocals/warm", of a change at an insert's path in its chain."""
    row, *rest = (str(each) for each in change.path)
    owner = row if row == "master" else rest.pop(0)
    return f"{owner}/{rest[1]}"


def _state_step(change: Change) -> str | None:
    """The step whose state a change of a song is about; None for another."""
    match change.path:
        case ("plugin", step, "state"):
            return str(step)
    return None


def changes_between(path: Path, a: str, b: str) -> RevisionChanges:
    """Compare two revisions of a job.

    Raises InputError `no_revision`; `revision_changed` and `bad_revision` where what is compared is
    not as it was sent; ChainError.
    """
    folders = [_whole(job_path(path).parent, name) for name in (a, b)]
    one, other = (document_of_revision(folder) for folder in folders)
    made = [{each.version: each for each in need_record(folder).outputs} for folder in folders]
    masters = tuple(
        _master(version, made[0].get(version), made[1].get(version))
        for version in {**made[0], **made[1]}
    )
    return RevisionChanges(a, b, song_changes(one, other), (one.digest, other.digest), masters)


def _whole(job_folder: Path, name: str) -> Path:
    revision = find_revision(job_folder, name)
    need_files(revision, (*COMPARED, *revision.edited))
    return revision.folder


def _master(version: str, a: Finished | None, b: Finished | None) -> MasterChange:
    lufs = [None if each is None else each.measures.integrated_lufs for each in (a, b)]
    peaks = [None if each is None else each.measures.true_peak_dbtp for each in (a, b)]
    same = a is not None and b is not None and a.pcm_sha256 == b.pcm_sha256
    name = "master" if version == "main" else f"version {version}"
    if a is None or b is None:
        words = f"{name} {'added' if a is None else 'removed'}"
    elif same:
        words = f"{name}: the same samples"
    else:
        told = [
            *_moved("", "LU", "loudness", *lufs),
            *_moved("true peak ", "dB", "true peak", *peaks),
        ]
        words = f"{name} {'; '.join(told)}"
    return MasterChange(version, same, lufs[0], lufs[1], peaks[0], peaks[1], words)


def _moved(
    said: str, unit: str, name: str, before: float | None, after: float | None
) -> Iterator[str]:
    if before is None or after is None:
        if before != after:
            yield f"{name} {'not measurable now' if after is None else f'{after:.2f} now'}"
    elif abs(after - before) < _LEAST_SHOWN:
        yield f"{name} unchanged"
    else:
        yield f"{said}{after - before:+.2f} {unit}"
