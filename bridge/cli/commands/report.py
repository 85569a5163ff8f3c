"""`stemwright report`: the page of a finished folder again, or one insert bypassed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.given_song import finished
from bridge.cli.options import Json, PluginPath, StemsPlace, StorePath
from bridge.cli.printing import print_json, say, say_size
from bridge.road import cores, report_again, without_insert

if TYPE_CHECKING:
    from bridge.pages.bypass import Bypassed


def report(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR|JOB", help="A folder that render wrote, or a job.")
    ],
    bypass: Annotated[
        str | None,
        typer.Option(
            "--bypass",
            metavar="GROUP/INSERT",
            help="Write what this insert does: with it, without it, the difference.",
        ),
    ] = None,
    stems: StemsPlace = None,
    excerpt: Annotated[
        bool, typer.Option("--excerpt", help="A small page: excerpts alone, no whole songs.")
    ] = False,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    json: Json = False,
) -> None:
    """Write DIR/report.html again from what DIR and the store hold; render nothing.

    With --bypass, write DIR/bypass-GROUP-INSERT/ instead: with.wav, without.wav at the same
    loudness, and difference.wav, 24 bit, and listen.html to switch between them, and between the
    master with and without the insert, for which what comes after it is rendered again.

    Example: stemwright report --bypass vocals/deess master/
    """
    folder = finished(folder)
    if bypass is None:
        path = report_again(folder, stems=stems, store=store, jobs=cores(), short=excerpt)
        if json:
            from bridge.finished import need_record

            record = need_record(folder).as_json()
            of_main = {key: record.get(key) for key in ("beside", "playback")}
            print_json({"report": str(path), "bytes": path.stat().st_size, **of_main})
        else:
            say_size(path)
        return
    found = without_insert(
        folder,
        bypass,
        stems=stems,
        store=store,
        plugin_folders=plugin_path or (),
        jobs=cores(),
    )
    if json:
        print_json(found.as_json())
    else:
        say(*_lines(found))


_FILES = ("with.wav", "without.wav", "difference.wav", "listen.html")


def _lines(found: Bypassed) -> list[str]:
    lines = [str(found.folder / name) for name in _FILES]
    if found.with_lufs is None or found.without_lufs is None:
        lines.append("loudness    not measurable: nothing was matched")
    else:
        lines.append(
            f"loudness    {found.with_lufs:.2f} LUFS with {found.step}, "
            f"{found.without_lufs:.2f} without: {found.gain_db:+.2f} dB put on without.wav"
        )
    if found.difference_peak_dbfs is None or found.difference_rms_dbfs is None:
        lines.append("difference  none: the insert changes nothing but the level")
    else:
        lines.append(
            f"difference  peak {found.difference_peak_dbfs:.1f} dBFS, "
            f"RMS {found.difference_rms_dbfs:.1f} dBFS"
        )
    if found.pad_db:
        lines.append(f"all three   {-found.pad_db:.2f} dB, so that none clips")
    return lines
