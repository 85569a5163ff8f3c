"""`stemwright tag`: what finished files say of themselves, read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bridge.cli.options import Json
from bridge.cli.printing import print_json, say
from bridge.cli.telling import say_diagnostics
from bridge.finished import refuse_kept
from bridge.road import loudness_in, set_metadata, song_metadata, tag_changes, version_in
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.delivering.tags import Bext, FileTags, SongMetadata, TagOptions

_LOUDNESS = (
    ("integrated_lufs", "LUFS"),
    ("range_lu", "LU"),
    ("true_peak_dbtp", "dBTP"),
    ("momentary_max_lufs", "LUFS"),
    ("short_term_max_lufs", "LUFS"),
)


@dataclass(frozen=True)
class _Work:
    """One file: what it has, what it gets, and where that goes; None is into itself."""

    had: FileTags
    metadata: SongMetadata
    to: Path | None


def tag(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Finished audio files.")],
    job: Annotated[
        Path | None,
        typer.Option("--job", metavar="JOB", help="Write the [metadata] of this song's job."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Write this, over what the job says; an empty VALUE takes the tag out. "
            "Repeatable.",
        ),
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(
            help="The version of the song that FILE is. Default: what a master of ours says of "
            "itself, else main."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE|FOLDER",
            help="Write a copy, never over another file. A name without an ending is a FOLDER, as "
            "is that of several files.",
        ),
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write into FILE itself.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")
    ] = False,
    loudness: Annotated[
        bool, typer.Option(help="Measure WAV files, and write what they measure into bext.")
    ] = True,
    before_audio: Annotated[
        bool, typer.Option("--before-audio", help="Put all tags of a WAV before its samples.")
    ] = False,
    id3: Annotated[
        Literal["2.4", "2.3"], typer.Option(help="Version of ID3 in MP3, AIFF and WAV.")
    ] = "2.4",
    json: Json = False,
) -> None:
    """Show the tags of finished files, or write them from a job: the samples never change.

    WAV gets bext, iXML, LIST-INFO and ID3, AIFF and MP3 ID3, FLAC and Ogg comments, M4A atoms.
    What is not said stays, tags of others too.

    Example: stemwright tag main.wav --job song/ -o delivery/
    """
    from bridge.delivering.tags import TagOptions

    metadata = _metadata(job, settings or [])
    if metadata is None:
        _show(_read(files), json=json)
        return
    work = _planned(files, metadata, version, out, in_place=in_place, dry_run=dry_run)
    if dry_run:
        _say_changes(work, json=json)
        return
    options = TagOptions(id3_version=id3, before_audio=before_audio)
    _write(work, options, out, loudness=loudness, json=json)


def _metadata(
    job: Path | None, settings: Sequence[str]
) -> tuple[SongMetadata | None, SongMetadata | None] | None:
    """Of the job, and set over it; None where nothing is to be written."""
    if job is None and not settings:
        return None
    problems: list[Problem] = []
    of_job = over = None
    try:
        if job is not None:
            from bridge.jobs import load_job

            of_job = song_metadata(load_job(job))
    except InputError as error:
        problems += error.problems
    try:
        over = set_metadata(settings) if settings else None
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return of_job, over


def _read(files: Sequence[Path]) -> list[FileTags]:
    """Raises InputError with what is wrong with any of the files."""
    from bridge.delivering.tags import read_tags

    found: list[FileTags] = []
    problems: list[Problem] = []
    for path in files:
        try:
            found.append(read_tags(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _planned(
    files: Sequence[Path],
    metadata: tuple[SongMetadata | None, SongMetadata | None],
    version: str | None,
    out: Path | None,
    *,
    in_place: bool,
    dry_run: bool,
) -> list[_Work]:
    if in_place and out is not None:
        raise InputError(Problem("usage", "--in-place and -o: one of them"))
    if not (in_place or out is not None or dry_run):
        message = "nothing says where the tags go"
        hint = "-o FILE writes a copy, --in-place changes FILE itself, --dry-run says what it would"
        raise InputError(Problem("usage", message, hint=hint))
    as_folder = out is not None and (len(files) > 1 or out.is_dir() or not out.suffix)
    targets = [out / path.name if as_folder and out is not None else out for path in files]
    _check_targets(files, targets)
    of_job, over = metadata
    return [
        _Work(had, _of_file(had, of_job, over, version), to)
        for had, to in zip(_read(files), targets, strict=True)
    ]


def _check_targets(files: Sequence[Path], targets: Sequence[Path | None]) -> None:
    """Nothing is written over, and nothing that a job keeps as it was sent."""
    problems: list[Problem] = []
    seen: set[Path] = set()
    for path, to in zip(files, targets, strict=True):
        try:
            refuse_kept(path if to is None else to)
        except InputError as error:
            problems += error.problems
        place = (path if to is None else to).absolute()
        where: dict[str, str | int] = {"file": str(path if to is None else to)}
        if place in seen:
            problems.append(Problem("same_target", "two files would have this name", where))
        elif to is not None and to.exists():
            message = f"{to} exists already"
            hint = "choose another name"
            problems.append(Problem("would_overwrite", message, where, hint=hint))
        seen.add(place)
    if problems:
        raise InputError(problems)


def _of_file(
    had: FileTags, of_job: SongMetadata | None, over: SongMetadata | None, version: str | None
) -> SongMetadata:
    """What a file gets: of the job, as of its version, and what is set over that.

    The song's ISRC leaves a version that has it.
    """
    from bridge.delivering.tags import MAIN, SongMetadata

    found = SongMetadata()
    if of_job is not None:
        found = of_job.of_version(version or version_in(had.path) or MAIN)
        if of_job.isrc and had.values.get("isrc") == of_job.isrc and not found.isrc:
            found = replace(found, cleared=found.cleared | {"isrc"})
    return found if over is None else found.with_over(over)


def _write(
    work: Sequence[_Work], options: TagOptions, out: Path | None, *, loudness: bool, json: bool
) -> None:
    from bridge.delivering.tags import write_tags
    from stemwright.files import cannot_write

    if out is not None and any(each.to is not None and each.to.parent == out for each in work):
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise cannot_write(out, cause) from cause
    rows: list[dict[str, Any]] = []
    told: list[Mapping[str, str]] = []
    for each in work:
        path = each.had.path
        measured = loudness_in(path) if loudness and each.had.container == "WAV" else None
        changes = list(tag_changes(each.had, each.metadata))
        done = write_tags(path, each.metadata, each.to, replace(options, loudness=measured))
        diagnostics = [said.as_json() for said in done.diagnostics]
        told += diagnostics
        if not json:
            say(f"{done.path}: {_counted(len(changes))}; its audio is as it was")
        row = {"path": str(path), "written": str(done.path), "container": done.container}
        rows.append({**row, "audio_sha256": done.audio_sha256, "changes": _as_json(changes)})
    if json:
        print_json({"files": rows, "diagnostics": told})
    else:
        say_diagnostics(told)


def _counted(count: int) -> str:
    return "1 tag changed" if count == 1 else f"{count} tags changed"


def _say_changes(work: Sequence[_Work], *, json: bool) -> None:
    rows = []
    for each in work:
        changes = list(tag_changes(each.had, each.metadata))
        rows.append({"path": str(each.had.path), "written": None, "changes": _as_json(changes)})
        if json:
            continue
        say(f"{each.had.path}: {_counted(len(changes)).replace('changed', 'would change')}")
        width = max((len(name) for name, _, _ in changes), default=0)
        say(*(f"  {name:<{width}}  {a or '-'} -> {b or '-'}" for name, a, b in changes))
    if json:
        print_json({"files": rows, "diagnostics": []})


def _as_json(changes: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, str | None]]:
    return {name: {"from": a or None, "to": b or None} for name, a, b in changes}


def _show(found: Sequence[FileTags], *, json: bool) -> None:
    if json:
        print_json({"files": [each.as_json() for each in found], "diagnostics": []})
        return
    for each in found:
        say(f"{each.path}  ({each.container})", *_lines(each))


def _lines(found: FileTags) -> list[str]:
    rows = list(found.values.items())
    if found.cover is not None:
        size = f"{found.cover.width_px} x {found.cover.height_px}"
        rows.append(("cover", f"{found.cover.mime}, {size}, {found.cover.size_bytes} bytes"))
    rows += _of_bext(found.bext)
    width = max((len(name) for name, _ in rows), default=0)
    lines = [f"  {name:<{width}}  {text}" for name, text in rows] or ["  no tags"]
    lines += [f"  {name} in {place}: {text}" for name, place, text in found.disagreeing]
    return lines


def _of_bext(bext: Bext | None) -> list[tuple[str, str]]:
    if bext is None:
        return []
    rows = [("time reference", f"{bext.time_reference_frames} samples")]
    if bext.loudness is not None:
        values = [(getattr(bext.loudness, key), unit) for key, unit in _LOUDNESS]
        texts = [f"{value:.2f} {unit}" for value, unit in values if value == value]
        rows.append(("loudness", ", ".join(texts)))
    rows += [("coding history", line) for line in bext.coding_history.splitlines()]
    return rows
