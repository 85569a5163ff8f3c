"""What is asked of finished files and folders: figures, what differs, whether it is still the same.

Nothing but the page of a finished folder is made again here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import Diagnostic, Severity

if TYPE_CHECKING:
    from bridge.comparing import Diff, DigestChecks, Limits, Policy, Stand, Verified
    from bridge.gathering import Cancel, Events
    from bridge.metering import Measures
    from bridge.pages.bypass import Bypassed


def measured(path: Path) -> Measures:
    """Every reading of an audio file. Raises InputError as `bridge.metering.measure` does."""
    from bridge.metering import measure

    return measure(path)


def doubts(found: Measures) -> Iterator[Diagnostic]:
    """What a file's readings rest on that it does not say itself, as of where its channels are."""
    for code, said in found.doubts:
        severity: Severity = "note" if code == "speakers_assumed" else "warning"
        yield Diagnostic(severity, code, str(found.path), f"{found.path} {said}")


def compared(
    a: Path,
    b: Path,
    limits: Limits | Policy | None = None,
    *,
    floor: Path | None = None,
    read: Sequence[Path] = (),
    junit: Path | None = None,
    page: Path | None = None,
    short_page: bool = False,
) -> Diff:
    """Compare B with A, and write what was found as JUnit XML and as a page where asked to.

    Without `limits`, the page does not judge. Neither file may take the place of what is compared
    or of a file that was `read` for it. Raises InputError as `bridge.comparing.diff` does, and
    MachineError when the disk refuses.
    """
    from bridge.comparing import Limits, check_outputs, diff, junit as as_junit
    from stemwright.files import placed

    outputs = {"junit": junit, "page": page}
    wanted = {name: path for name, path in outputs.items() if path is not None}
    check_outputs(wanted, [a, b, *([] if floor is None else [floor]), *read])
    found = diff(a, b, Limits() if limits is None else limits, floor=floor)
    if junit is not None:
        placed(junit, as_junit(found))
    if page is not None:
        from bridge.pages.diff import write_page

        write_page(page, found, asked=limits is not None, short=short_page)
    return found


def verified(
    master: Path,
    *,
    events: Events,
    folder: Path | None = None,
    stems: Path | None = None,
    plugin_folders: Sequence[Path] | None = None,
    trusted: Sequence[Path] = (),
    limits: Limits | None = None,
    jobs: int = 1,
    plugin_timeout_s: float | None = None,
    cancel: Cancel | None = None,
    job: Path | None = None,
    frozen: bool | None = None,
) -> Verified:
    """Check a master's digests and render it anew; without `limits` every sample has to be equal.

    What the `job` it is of has frozen stands in for plugins that are not here, but beside
    `plugin_folders`; `frozen` has it stand in for all of them, or for none. Raises as
    `bridge.comparing.verify` does.
    """
    from bridge.comparing import Limits, verify

    return verify(
        master,
        events=events,
        folder=folder,
        jobs=jobs,
        plugin_folders=plugin_folders,
        trusted=trusted,
        limits=Limits(accept="exact") if limits is None else limits,
        deadline_s=plugin_timeout_s,
        stems=stems,
        cancel=cancel,
        stand=None if job is None else stand_of(job, frozen, alone=plugin_folders is not None),
    )


def stand_of(job: Path, frozen: bool | None, *, alone: bool) -> Stand | None:
    """What puts a job's frozen audio in the place of plugins; None where it may not, or is none.

    A plugin that is here in another build plays: whether it sounds the same is what is asked.
    """
    from bridge.jobs import frozen_songs, job_path, stand_in

    songs = frozen_songs(job_path(job).parent)
    if not (songs.lists or songs.damaged) or not (not alone if frozen is None else frozen):
        return None
    return partial(stand_in, songs=songs, forced=frozen is True, others_play=frozen is None)


def checked_digests(
    master: Path, *, folder: Path | None = None, stems: Path | None = None, jobs: int = 1
) -> DigestChecks:
    """Check a master's digests alone. Raises InputError as `verify_digests` does."""
    from bridge.comparing import verify_digests

    return verify_digests(master, folder=folder, jobs=jobs, stems=stems)


def report_again(
    folder: Path,
    *,
    stems: Path | None = None,
    store: Path | None = None,
    jobs: int = 1,
    short: bool = False,
) -> Path:
    """Write a finished folder's report.html again; return its path.

    Raises as `bridge.pages.report.rewrite_report` does.
    """
    from bridge.pages.report import rewrite_report
    from bridge.storing import Store, default_root

    return rewrite_report(folder, Store(store or default_root()), jobs, stems, short=short)


def without_insert(
    folder: Path,
    step_id: str,
    *,
    stems: Path | None = None,
    store: Path | None = None,
    plugin_folders: Sequence[Path] = (),
    jobs: int = 1,
) -> Bypassed:
    """Write what an insert does: with it, without it, the difference, a page to switch between.

    Raises as `bridge.pages.bypass.bypass` does.
    """
    from bridge.pages.bypass import bypass
    from bridge.storing import Store, default_root

    kept = Store(store or default_root())
    return bypass(folder, step_id, kept, stems, plugin_folders, jobs)
