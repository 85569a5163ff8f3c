"""Results as a notebook shows them: figures, a waveform, a player."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from bridge.audio import Block, read_blocks
from bridge.pages import Excerpt, lane, preview, text

if TYPE_CHECKING:
    from stemwright.results import AudioFile, Master

_STYLE = (
    "<style>.stemwright svg{width:100%;height:64px;fill:#48c}"
    ".stemwright line{stroke:#8888}.stemwright audio{width:100%}"
    ".stemwright small{display:block}</style>"
)
_LONGEST_S = 600
"""Longer files are heard up to there: what a notebook shows is saved in it."""


def file_html(file: AudioFile) -> str:
    """Figures, waveform and player of one file."""
    return _block(table(_HEAD, [_row(file.path.name, file)]) + _heard(file))


def master_html(master: Master) -> str:
    """Figures of every version; waveform and player of the first."""
    rows = [(*_row(each.version, each), "yes" if each.reached else "no") for each in master.files]
    said = "".join(
        f"<li>{text(each.severity)}: {text(each.message)}</li>" for each in master.diagnostics
    )
    notes = f"<ul>{said}</ul>" if said else ""
    heard = _heard(master.files[0]) if master.files else ""
    return _block(table((*_HEAD, "target met"), rows) + heard + notes)


_HEAD = ("", "LUFS", "dBTP", "LRA (LU)", "PLR (dB)", "length (s)", "Hz")


def _row(name: str, file: AudioFile) -> tuple[str, ...]:
    found = file.measures
    readings = (file.lufs, file.true_peak_dbtp, file.loudness_range_lu, found.plr_db, file.seconds)
    return (name, *(figure(each) for each in readings), str(file.sample_rate_hz))


def figure(value: float) -> str:
    """A reading with two digits; a dash where there is none."""
    return f"{value:.2f}" if math.isfinite(value) else "-"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """An HTML table."""
    heads = "".join(f"<th>{text(each)}</th>" for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{text(each)}</td>' for each in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _block(inner: str) -> str:
    return f'<div class="stemwright">{_STYLE}{inner}</div>'


def _heard(file: AudioFile) -> str:
    found = _preview(file)
    gain = 1.0 / max(1.0, found.outline.peak)
    lowered = f", {found.lowered_db:g} dB lower" if found.lowered_db else ""
    source = f"data:audio/mpeg;base64,{found.coded_base64}"
    player = f'<audio controls preload="none" src="{source}"></audio>'
    return lane(f"{file.path.name}{lowered}", "heard", found.outline, gain) + player


def _preview(file: AudioFile) -> Excerpt:
    most = _LONGEST_S * file.sample_rate_hz
    frames = min(file.frames, most)
    peak = 10.0 ** (file.sample_peak_dbfs / 20.0) if file.sample_peak_dbfs > -math.inf else 0.0
    lufs = file.lufs if math.isfinite(file.lufs) else None
    return preview(_stereo(file, frames), file.sample_rate_hz, frames, peak, lufs)


def _stereo(file: AudioFile, frames: int) -> Iterator[Block]:
    """The first `frames`, of mono on both sides, of more than two channels the first two."""
    left = frames
    for block in read_blocks(file.path):
        heard = block[:, :left]
        left -= heard.shape[1]
        yield np.ascontiguousarray(np.broadcast_to(heard[:2], (2, heard.shape[1])))
        if not left:
            return
