"""What each of the face's values looks like in a notebook: figures, and a waveform and a player."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import singledispatch
from pathlib import Path

import numpy as np

from bridge.audio import Block, read_blocks
from bridge.comparing import Diff, DigestChecks, FileDiff, Verified, diff_headline
from bridge.pages import Excerpt, lane, preview, text
from bridge.planning import Lane, Plan, ReturnLane, Step
from bridge.plugins import Catalogue
from sessions import Session
from stemwright.decibels import linear
from stemwright.face.results import AudioFile, Master
from stemwright.problems import Diagnostic, StemwrightError


@singledispatch
def html_of(value: object) -> str:
    """A value as HTML that fetches nothing; names of files and plugins are escaped."""
    raise TypeError(f"there is no view of a {type(value).__name__}")


@html_of.register
def _(file: AudioFile) -> str:
    name = file.path.name
    return _block(_table(_READINGS, [_readings(name, file)]), _heard(name, file))


@html_of.register
def _(master: Master) -> str:
    """The first version is heard."""
    rows = [(*_readings(each.version, each), _yes(each.reached)) for each in master.files]
    sound = _heard(master.files[0].path.name, master.files[0]) if master.files else ""
    return _block(_table((*_READINGS, "target met"), rows), sound, _remarks(master.diagnostics))


_READINGS = ("", "LUFS", "dBTP", "LRA (LU)", "PLR (dB)", "length (s)", "Hz")


def _readings(name: str, file: AudioFile) -> tuple[str, ...]:
    found = file.measures
    readings = (file.lufs, file.true_peak_dbtp, file.loudness_range_lu, found.plr_db, file.seconds)
    return (name, *(_figure(each) for each in readings), str(file.sample_rate_hz))


def _yes(said: bool) -> str:
    return "yes" if said else "no"


@html_of.register
def _(found: Diff) -> str:
    first = [] if found.first_step is None else [f"first to differ: {found.first_step}"]
    return _block(
        _sentence(diff_headline(found)), _pairs(found), _listing(first), _both_heard(found.worst)
    )


def _pairs(found: Diff) -> str:
    return _table(_FIGURES, [_pair(each) for each in found.files])


_FIGURES = (
    *("", "verdict", "within", "residual rms (dBFS)", "residual peak (dBFS)"),
    *("loudness, B - A (LU)", "true peak, B - A (dB)", "why"),
)


def _pair(found: FileDiff) -> tuple[str, ...]:
    left = found.raw
    levels = (None, None) if left is None else (left.rms_dbfs, left.peak_dbfs)
    figures = (*levels, found.loudness_delta_lu, found.true_peak_delta_db)
    why = "; ".join([*found.reasons, *(each.text for each in found.missed)])
    return (
        *(found.name, found.verdict, _yes(found.within)),
        *(_figure(each) for each in figures),
        why,
    )


def _both_heard(found: FileDiff) -> str:
    """A and B of a pair that was measured, as far as they still lie there."""
    if found.sounds is None:
        return ""
    sides = zip("AB", (found.a, found.b), found.sounds, strict=True)
    return "".join(
        _heard(f"{side}: {Path(place).name}", AudioFile(Path(place), sound.measures))
        for side, place, sound in sides
        if place is not None and Path(place).is_file()
    )


@html_of.register
def _(found: Verified) -> str:
    first = [] if found.step is None else [f"first to differ: {found.step} ({found.kind})"]
    unsteady = [f"not repeatable: {each}" for each in found.not_repeatable]
    return _block(
        _sentence(f"{'the same' if found.same else 'NOT the same'}: {diff_headline(found.found)}"),
        _pairs(found.found),
        _listing([*first, *unsteady, *(each.message for each in found.lock)]),
        _both_heard(found.found.worst),
        _checks(found.digests),
    )


@html_of.register
def _(found: DigestChecks) -> str:
    return _block(_checks(found))


def _checks(found: DigestChecks) -> str:
    failed = len(found.differing)
    said = "every digest is the same" if found.same else f"{failed} of {len(found.checks)} differ"
    rows = [
        (each.digest, each.subject, ", ".join(each.said_by), _yes(each.same))
        for each in found.checks
    ]
    return (
        _sentence(said) + _table(("digest", "of", "said by", "same"), rows) + _listing(found.notes)
    )


@html_of.register
def _(plan: Plan) -> str:
    engine = plan.engine
    seconds = plan.frames / engine.sample_rate_hz
    return _block(
        _sentence(f"{plan.chain_name}: {seconds:.2f} s at {engine.sample_rate_hz} Hz"),
        _table(("", "stems", "inserts", "fader (dB)"), _lanes(plan)),
        _listing(
            [f"versions: {', '.join(plan.written)}", *(each.message for each in plan.missing)]
        ),
        _remarks(plan.diagnostics),
    )


def _lanes(plan: Plan) -> Iterator[tuple[str, ...]]:
    rows: tuple[Lane | ReturnLane, ...] = (*plan.lanes, *plan.returns)
    for row in rows:
        stems = ", ".join(each.name for each in row.stems) if isinstance(row, Lane) else ""
        yield row.id, stems, _inserts(row.steps), _figure(row.fader_db)
    driven = () if plan.finish is None else plan.finish.driven
    yield "master", "", _inserts((*plan.master, *driven)), ""


def _inserts(steps: tuple[Step, ...]) -> str:
    return ", ".join(insert for step in steps for insert in step.insert_ids)


@html_of.register
def _(found: Catalogue) -> str:
    rows = [(each.name, each.vendor, each.version, each.format) for each in found.plugins]
    unread = [f"cannot be read: {each.path}: {each.reason}" for each in found.unscannable]
    untrusted = [f"not trusted: {each}" for each in found.untrusted]
    return _block(
        _sentence(f"plugins: {len(rows)}, folders searched: {len(found.searched)}"),
        _table(("plugin", "vendor", "version", "format"), rows),
        _listing([*unread, *untrusted]),
    )


@html_of.register
def _(session: Session) -> str:
    head = ("track", "kind", "role", "channels", "clips", "gain (dB)", "pan", "muted")
    rows = [
        (
            *(each.name, each.kind, each.role, each.channels, len(each.clips)),
            *(_figure(each.gain_db), _figure(each.pan), _yes(each.muted)),
        )
        for each in session.tracks
    ]
    made_by = f" of {session.daw}" if session.daw else ""
    return _block(
        _sentence(f"{session.format}{made_by}, {session.sample_rate_hz} Hz, tracks: {len(rows)}"),
        _table(head, rows),
        _listing(f"{each.kind}: {each.name}" for each in session.references),
        _remarks(session.diagnostics),
    )


_STYLE = (
    "<style>.stemwright svg{width:100%;height:64px;fill:#48c}"
    ".stemwright line{stroke:#8888}.stemwright audio{width:100%}"
    ".stemwright small{display:block}</style>"
)
_LONGEST_S = 600
"""Longer files are heard up to there: what a notebook shows is saved in it."""


def _block(*parts: str) -> str:
    """A view around its parts, in colours that suit a light notebook and a dark one."""
    return f'<div class="stemwright">{_STYLE}{"".join(parts)}</div>'


def _sentence(words: str) -> str:
    """A line of plain text."""
    return f"<p>{text(words)}</p>"


def _listing(rows: Iterable[str]) -> str:
    """A list of plain text; nothing without rows."""
    said = "".join(f"<li>{text(each)}</li>" for each in rows)
    return f"<ul>{said}</ul>" if said else ""


def _remarks(diagnostics: Iterable[Diagnostic]) -> str:
    """What was said along the way."""
    return _listing(f"{each.severity}: {each.message}" for each in diagnostics)


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table of plain text."""
    heads = "".join(f"<th>{text(each)}</th>" for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{text(each)}</td>' for each in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _figure(value: float | None) -> str:
    """A reading with two digits; a dash where there is none."""
    return f"{value:.2f}" if value is not None and math.isfinite(value) else "-"


def _heard(name: str, file: AudioFile) -> str:
    """The waveform and a player of a file; of one that is gone by now, that."""
    try:
        found = _preview(file)
    except (StemwrightError, OSError) as error:
        return _sentence(f"{name} cannot be heard any more: {error}")
    gain = 1.0 / max(1.0, found.outline.peak)
    lowered = f", {found.lowered_db:g} dB lower" if found.lowered_db else ""
    source = f"data:audio/mpeg;base64,{found.coded_base64}"
    player = f'<audio controls preload="metadata" src="{source}"></audio>'
    return lane(f"{name}{lowered}", "heard", found.outline, gain) + player


def _preview(file: AudioFile) -> Excerpt:
    most = _LONGEST_S * file.sample_rate_hz
    frames = min(file.frames, most)
    peak = linear(file.sample_peak_dbfs)
    lufs = file.lufs if math.isfinite(file.lufs) else None
    return preview(_stereo(file, frames), file.sample_rate_hz, frames, peak, lufs)


def _stereo(file: AudioFile, frames: int) -> Iterator[Block]:
    """The first `frames`, of mono on both sides, of more than two channels the first two."""
    left = frames
    for samples in read_blocks(file.path):
        cut = samples[:, :left]
        left -= cut.shape[1]
        yield np.ascontiguousarray(np.broadcast_to(cut[:2], (2, cut.shape[1])))
        if not left:
            return
