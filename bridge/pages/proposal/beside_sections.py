"""The sections of a proposal's page that hold it to other music: figures, curves, services."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.finished import PlaybackTold
from bridge.pages import chart, section, tag, text
from bridge.pages.proposal.beside_both import Beside
from bridge.pages.report import (
    Drawn,
    Row,
    loudness_over_time,
    playback_rows,
    spectra_of,
    versions_playback,
    versions_section,
)

_TITLE = "Beside the rough mix and the reference"
_WINDOWS = "3 s windows, each at its end"
_COLOURS = 8
_NO_MASTER = (
    "Before and after are the groups' sum, as it comes to the returns and the master bus: a drive "
    "and a limiter that follow make another level of it."
)


def beside_sections(beside: Beside) -> str:
    """Distances and figures, loudness over time, spectra, and what services do to each.

    Nothing without other music where nothing is proposed either.
    """
    faults = [f"{row.heard.name}: {row.fault}" for row in beside.others if row.fault is not None]
    unread = tag("ul", "".join(tag("li", text(each)) for each in faults)) if faults else ""
    if not beside.told:
        return section(_TITLE, unread)
    title = _TITLE if beside.others else "Before and after"
    if not beside.is_song:
        title = f"Beside the {beside.others[0].heard.name}, in these seconds"
    drawn = list(_drawn(beside))
    curves = loudness_over_time("Short-term loudness, level-matched", drawn)
    lines = spectra_of("Spectra, level-matched", drawn)
    began = "." if beside.is_song else ", from where these seconds begin."
    matched = f"All as loud as {drawn[0].row.heard.name}."
    return "".join([
        section(title, versions_section(beside.told) + unread),
        section(
            "Loudness over time",
            "" if curves is None else chart(curves, f"{_WINDOWS}{began} {matched}"),
        ),
        section("Spectra", "" if lines is None else chart(lines, matched)),
        section("As services play it", _playback(beside) if beside.is_song else ""),
    ])  # fmt: skip


def _drawn(beside: Beside) -> Iterator[Drawn]:
    """The song in the colours that it is listened to in; what it becomes is bold."""
    rows = [row for row in (*beside.own, *beside.others) if row.found is not None]
    to_lufs = rows[0].lufs
    for row in rows:
        own = row in beside.own
        number = beside.own.index(row) if own else 2 + beside.others.index(row)
        gain_db = 0.0 if to_lufs is None or row.lufs is None else to_lufs - row.lufs
        yield Drawn(row, 1 + number % _COLOURS, gain_db, bold=row == beside.own[-1])


def _playback(beside: Beside) -> str:
    songs = [(row.heard.name, _rules(row)) for row in (*beside.own, *beside.others)]
    shown = versions_playback(songs)
    return shown + tag("p", text(_NO_MASTER)) if shown else ""


def _rules(row: Row) -> list[PlaybackTold]:
    found = {} if row.found is None else row.found.measures
    return [PlaybackTold.model_validate(each) for each in playback_rows(found)]
