"""Metadata of a job and of a command line, put into finished files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.delivering.tags import FileTags, Loudness, SongMetadata
    from bridge.jobs import Job


def song_metadata(job: Job, said_in: Path | None = None) -> SongMetadata:
    """What a job says of its song: [metadata], its title, artist and tempo where that has none.

    Raises JobError with every fault of the table, each with its line in the job's file, or in
    `said_in`, the copy that was read.
    """
    from bridge.delivering.tags import ALIASES, MAIN, checked
    from bridge.jobs import JobError, job_lines

    table = dict(job.metadata)
    named = {ALIASES.get(key, key) for key in table}
    song: dict[str, Any] = {"title": job.title, "artist": job.artist, "bpm": job.tempo_bpm}
    for key, value in song.items():
        if value and key not in named:
            table[key] = value
    versions = [each.id for each in job.chain.versions if each.id != MAIN]
    versions += [each.id for each in job.edits]
    found, faults = checked(
        table, job_lines(said_in or job.path), ("metadata",), folder=job.folder, versions=versions
    )
    if faults:
        raise JobError(faults)
    return found


def set_metadata(settings: Sequence[str], versions: Sequence[str] | None = None) -> SongMetadata:
    """What KEY=VALUE texts say; an empty value takes the tag out. Raises InputError, all faults.

    Where a song has `versions`, versions.NAME.KEY is what one of them says otherwise.
    """
    from bridge.delivering.tags import checked
    from chains import Source

    table: dict[str, Any] = {}
    of_versions: dict[str, dict[str, str]] = {}
    problems = []
    for each in settings:
        key, has_value, value = each.partition("=")
        if not has_value or not key:
            message = f'"{each}" is no KEY=VALUE'
            problems.append(Problem("bad_setting", message, expected="such as title=Song"))
            continue
        place, name = table, key
        if versions is not None and key.startswith("versions.") and key.count(".") > 1:
            version, _, name = key.removeprefix("versions.").rpartition(".")
            place = of_versions.setdefault(version, {})
        if name in place:
            problems.append(Problem("said_twice", f"{key} is set twice", expected="one of the two"))
        place[name] = value
    if of_versions:
        table["versions"] = of_versions
    found, faults = checked(table, Source(), versions=versions)
    problems += [fault.as_problem() for fault in faults]
    if problems:
        raise InputError(problems)
    return found


def version_in(path: Path) -> str:
    """Which version of its song a master of ours is, as its own tag says; "" where it has none."""
    from bridge.finished import read_tag

    carried = read_tag(path)
    return "" if carried is None else carried.version


def loudness_in(path: Path) -> Loudness:
    """What bext says of a file's loudness: all of it measured. Raises InputError as `measured`."""
    from bridge.delivering.tags import Loudness
    from bridge.road.asking import measured

    return Loudness.of(measured(path))


def tag_changes(had: FileTags, metadata: SongMetadata) -> Iterator[tuple[str, str, str]]:
    """(field, what a file says, what it would say) of every field that `metadata` changes in it."""
    for name, text in metadata.changes().items():
        before = had.values.get(name, "")
        if before != text:
            yield name, before, text
    if "cover" in metadata.cleared and had.cover is not None:
        yield "cover", had.cover.sha256, ""
    if metadata.cover is not None:
        yield "cover", "" if had.cover is None else had.cover.sha256, str(metadata.cover)
