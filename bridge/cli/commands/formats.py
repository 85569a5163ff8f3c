"""`stemwright formats`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Json
from bridge.cli.printing import print_json, say

if TYPE_CHECKING:
    from sessions import Session

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE]...", help="Sessions to try; without any, the readers' list."),
]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print the table as docs/formats.md's.")]
_HEADINGS = ("file", "format", "DAW", "tracks", "clips", "devices", "states", "diagnostics")


@dataclass(frozen=True)
class Row:
    """What a session holds, in numbers; a refused one has its problem's kind as `refused`.

    `diagnostics` are codes with how often each came.
    """

    file: str
    format: str
    daw: str
    tracks: int
    clips: int
    devices: int
    states: int
    diagnostics: tuple[str, ...]
    refused: str | None = None


def formats(files: Files = None, markdown: Markdown = False, json: Json = False) -> None:
    """List the session formats that can be read, or try FILEs and tell what each holds.

    Example: stemwright formats song.rpp song.als
    """
    if not files:
        _list_readers(json)
        return
    rows = [row(path) for path in files]
    if json:
        print_json([asdict(each) for each in rows])
        return
    say(*(markdown_table(rows) if markdown else _plain_table(rows)))


def _list_readers(as_json: bool) -> None:
    from sessions import installed_formats

    found, broken = installed_formats()
    if as_json:
        print_json([{"name": each.name, "describe": each.describe} for each in found])
        return
    for each in found:
        say(f"{each.name:<16} {each.describe}")
    for said in broken:
        say(f"{said.severity}: {said.message}", err=True)


def row(path: Path) -> Row:
    """Read one session and count what it holds; a refusal is a row too."""
    from sessions import SessionError, read

    try:
        session = read(path)
    except SessionError as error:
        kinds = Counter(problem.kind for problem in error.problems)
        return Row(path.name, "", "", 0, 0, 0, 0, (), ", ".join(sorted(kinds)))
    return counted(path.name, session)


def counted(name: str, session: Session) -> Row:
    """The numbers of a session; effects on clips count as devices."""
    clips = [clip for track in session.tracks for clip in track.clips]
    devices = [each for track in session.tracks for each in track.devices]
    devices += [each for clip in clips for each in clip.devices]
    codes = Counter(said.code for said in session.diagnostics)
    return Row(
        name,
        session.format,
        session.daw or "",
        len(session.tracks),
        len(clips),
        len(devices),
        sum(device.state is not None for device in devices),
        tuple(code if count == 1 else f"{code} x{count}" for code, count in sorted(codes.items())),
    )


def _cells(each: Row) -> tuple[str, ...]:
    if each.refused:
        return (each.file, f"refused: {each.refused}", "", "", "", "", "", "")
    numbers = (each.tracks, each.clips, each.devices, each.states)
    told = ", ".join(each.diagnostics)
    return (each.file, each.format, each.daw, *map(str, numbers), told)


def markdown_table(rows: Sequence[Row]) -> Iterable[str]:
    """The table in Markdown, line by line: by format and file, what was refused last."""
    yield "| " + " | ".join(_HEADINGS) + " |"
    yield "|---|---|---|--:|--:|--:|--:|---|"
    for each in sorted(rows, key=lambda each: (bool(each.refused), each.format, each.file)):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in _cells(each)) + " |"


def _plain_table(rows: Sequence[Row]) -> Iterable[str]:
    table = [_HEADINGS, *map(_cells, rows)]
    widths = [max(len(line[at]) for line in table) for at in range(len(_HEADINGS))]
    for line in table:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(padded).rstrip()
