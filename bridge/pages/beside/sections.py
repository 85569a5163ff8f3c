"""The parts of a page that hold a song to other music: figures, curves, services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.finished import PlaybackTold
from bridge.pages import chart, section, tag, text
from bridge.pages.beside.songs import Beside
from bridge.pages.report import (
    STUDIO,
    Drawn,
    Row,
    TableWords,
    beside_section,
    loudness_over_time,
    playback_rows,
    spectra_of,
    versions_playback,
    versions_section,
)
from stemwright.values import dataclass

_COLOURS = 8


@dataclass(frozen=True)
class BesideWords:
    """What a page calls its parts and their charts; `windows` and `about_services` sentences."""

    figures: str = "Beside the rough mix and the reference"
    loudness: str = "Loudness over time"
    spectra: str = "Spectra"
    services: str = "As services play it"
    loudness_chart: str = "Short-term loudness, level-matched"
    spectra_chart: str = "Spectra, level-matched"
    windows: str = "3 s windows, each at its end."
    about_services: str = ""
    tables: TableWords = STUDIO


def beside_parts(
    beside: Beside, words: BesideWords, colours: Sequence[int] = ()
) -> list[tuple[str, str]]:
    """Titles and HTML: distances and figures, loudness over time, spectra, what services do.

    `colours` are those of the song's own, then of the others, as they are listened to in. A part
    of which there is nothing to tell is empty.
    """
    faults = [f"{row.heard.name}: {row.fault}" for row in beside.others if row.fault is not None]
    unread = tag("ul", "".join(tag("li", text(each)) for each in faults)) if faults else ""
    if not beside.told:
        return [(words.figures, unread)]
    drawn = list(_drawn(beside, colours))
    curves = loudness_over_time(words.loudness_chart, drawn)
    lines = spectra_of(words.spectra_chart, drawn)
    matched = f"All as loud as {drawn[0].row.heard.name}."
    return [
        (words.figures, _figures(beside, words.tables, drawn) + unread),
        (words.loudness, "" if curves is None else chart(curves, f"{words.windows} {matched}")),
        (words.spectra, "" if lines is None else chart(lines, matched)),
        (words.services, _playback(beside, words.about_services) if beside.is_song else ""),
    ]


def in_one_section(title: str, parts: Sequence[tuple[str, str]]) -> str:
    """All parts under one heading; nothing where each of them is empty."""
    return section(title, "".join(tag("h3", text(name)) + each for name, each in parts if each))


def _figures(beside: Beside, words: TableWords, drawn: Sequence[Drawn]) -> str:
    if len(beside.told) > 1:
        return versions_section(beside.told, words)
    ((name, told),) = beside.told
    colours: dict[tuple[str, str], int] = {
        (each.row.heard.kind, each.row.heard.name): each.colour for each in drawn
    }
    return beside_section(told, name, words, colours)


def _drawn(beside: Beside, colours: Sequence[int]) -> Iterator[Drawn]:
    """The song in the colours that it is listened to in; what it becomes is bold."""
    every = (*beside.own, *beside.others)
    rows = [row for row in every if row.found is not None]
    to_lufs = rows[0].lufs
    for row in rows:
        own = row in beside.own
        number = beside.own.index(row) if own else 2 + beside.others.index(row)
        colour = colours[every.index(row)] if colours else 1 + number % _COLOURS
        gain_db = 0.0 if to_lufs is None or row.lufs is None else to_lufs - row.lufs
        yield Drawn(row, colour, gain_db, bold=row == beside.own[-1])


def _playback(beside: Beside, said: str) -> str:
    songs = [(row.heard.name, _rules(row)) for row in (*beside.own, *beside.others)]
    shown = versions_playback(songs)
    return shown + tag("p", text(said)) if shown and said else shown


def _rules(row: Row) -> list[PlaybackTold]:
    found = {} if row.found is None else row.found.measures
    return [PlaybackTold.model_validate(each) for each in playback_rows(found)]
