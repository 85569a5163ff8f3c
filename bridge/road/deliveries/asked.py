"""What a delivery is asked to be made of, before any of it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class ToDeliver:
    """What is delivered: a job's revision, its draft, or a finished folder of a render.

    `song` is a `job` or a finished folder. Of a job, `revision` names one; none is the newest that
    is approved, and `draft` takes what was not sent instead. Metadata and edits are those that were
    sent with a revision, or, with `current_job`, those that the job says now. Of a folder that is
    no job, `revision` is the number that its names get. `only` are the
    versions wanted, all where it is empty; `settings` are KEY=VALUE metadata that stand over all.
    `with_stems` has copies of the stems lie beside a song that a profile keeps. `dip_overs` turns
    down the moments at which a lossy file passes its limit.
    """

    song: Path
    is_job: bool = False
    revision: str | None = None
    draft: bool = False
    current_job: bool = False
    store: Path | None = None
    plugin_folders: Sequence[Path] = ()
    trusted: Sequence[Path] = ()
    jobs: int = 1
    only: Sequence[str] = ()
    settings: Sequence[str] = ()
    with_stems: bool = False
    dip_overs: bool = False

    def of(self, song: Path, *, is_job: bool) -> ToDeliver:
        """The same of another song."""
        return replace(self, song=song, is_job=is_job)
