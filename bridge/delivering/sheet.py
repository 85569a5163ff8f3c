"""The delivery sheet: what lies in the folder, in words a label reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.delivering.manifest import DeliveredFile, Manifest
from bridge.delivering.playback import playback_gains
from bridge.delivering.profiles import record_size
from bridge.delivering.sides import Side
from stemwright.problems import Problem
from stemwright.words import clock

SHEET, PAGE = "delivery.txt", "delivery.html"


def sheet_text(manifest: Manifest, left_out: Sequence[Problem]) -> str:
    """The sheet as it is written."""
    return "\n".join(_lines(manifest, left_out)) + "\n"


def _lines(manifest: Manifest, left_out: Sequence[Problem]) -> Iterator[str]:
    revision = "" if manifest.revision is None else f", revision {manifest.revision}"
    yield f"{manifest.artist} - {manifest.title}{revision}".strip(" -")
    yield ""
    for file in manifest.files:
        yield from _file(file)
    for beside in manifest.enclosed:
        yield f"{beside.enclosure.path}: {beside.enclosure.says}"
    for problem in left_out:
        yield f"not delivered: {problem.message}"
    failed = [each for each in manifest.checks if each.outcome == "fail"]
    warned = [each for each in manifest.checks if each.outcome == "warn"]
    yield f"checks: {len(manifest.checks)}, failed {len(failed)}, to look at {len(warned)}"
    for check in (*failed, *warned):
        wanted = "" if check.wanted is None else f", wanted {check.wanted}"
        said = f": {check.words}" if check.words else ""
        found = f"{check.check} {check.found}{wanted} {check.unit}"
        yield f"  {check.outcome}  {check.file}  {found}{said}"


def _file(file: DeliveredFile) -> Iterator[str]:
    coding, measures = file.coding, file.measures
    depth = f"{coding.bits} bit" if coding.bits else f"{coding.kbps} kbps"
    if coding.bits == 32:
        depth = "32 bit float"
    yield file.path
    length = clock(file.frames / coding.rate_hz)
    yield f"  {file.version}, {coding.format.upper()}, {coding.rate_hz} Hz, {depth}, {length}"
    yield f"  {measures.integrated_lufs:.2f} LUFS, {measures.true_peak_dbtp:.2f} dBTP"
    if file.side is not None:
        yield f"  of a record of {record_size(file.side.record).words}"
        yield from _songs(file.side)
    yield f"  sha256 {file.sha256}"
    if file.is_the_song:
        said = [f"{each.name} {each.gain_db:+.1f} dB" for each in playback_gains(measures)]
        yield f"  played at: {', '.join(said)}"
    yield ""


def _songs(side: Side) -> Iterator[str]:
    for number, part in enumerate(side.parts, 1):
        start, stop = (clock(each / side.rate_hz) for each in (part.start_frame, part.stop_frame))
        yield f"  {side.letter}{number}  {start} to {stop}  {part.artist} - {part.title}"
