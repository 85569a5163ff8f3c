"""What the page's switcher plays: excerpts at one loudness, and the gains that make it so."""

from __future__ import annotations

import json
import math

from bridge.reporting.charts import colours
from bridge.reporting.figures import change, clock, figure, tag, text
from bridge.reporting.songbook import Row, Songbook
from bridge.reporting.tables import KINDS


def player(book: Songbook) -> str:
    """The switcher with its data; a sentence when there is nothing to play."""
    rows = [row for row in book.rows if row.excerpt is not None]
    if not rows:
        return tag("p", "No audio is at hand for excerpts; render again to hear it here.")
    below_db = _headroom_db(rows, book)
    buttons = "".join(_button(n, row, book) for n, row in enumerate(rows))
    return (
        tag("p", text(_said(rows, below_db)))
        + tag("div", buttons, class_="buttons", role="group", aria_label="Switch between signals")
        + _transport()
        + _data(rows, book, below_db)
    )


def _said(rows: list[Row], below_db: float) -> str:
    first = next((row for row in rows if row.heard.kind == "version"), rows[0]).excerpt
    assert first is not None  # noqa: S101 - narrows for the type checker
    seconds = max(row.excerpt.seconds for row in rows if row.excerpt is not None)
    lowered = ""
    if below_db > 0.05:
        lowered = f" All play {figure(below_db)} dB under the master's own level, so none clips."
    return (
        f"{seconds:g} s around the loudest moment, from {clock(first.start_s)}, the same place in "
        "all of this song (a reference plays its own loudest moment). Every signal plays at the "
        f"master's integrated loudness.{lowered} Lossless excerpts, 16 bit."
    )


def _headroom_db(rows: list[Row], book: Songbook) -> float:
    """How far all must play under the master's level so that the most boosted peak fits."""
    over = [0.0]
    for row in rows:
        if row.excerpt is not None and row.excerpt.peak > 0.0:
            peak_db = 20.0 * math.log10(row.excerpt.peak) + row.excerpt.scale_db
            over.append(peak_db + (book.match_db(row) or 0.0))
    return max(over)


def _button(number: int, row: Row, book: Songbook) -> str:
    match_db = book.match_db(row)
    gain = "as it is" if row is book.main else change(match_db, 1)
    label = (
        tag("kbd", str(number + 1))
        + tag("span", text(row.heard.name), class_="name")
        + tag("small", text(f"{KINDS[row.heard.kind]}, {gain}"))
    )
    colour = f"--mine: var(--s{colours(book)[f'{row.heard.kind} {row.heard.name}']})"
    pressed = "true" if row is book.main else "false"
    return tag("button", label, type="button", aria_pressed=pressed, style=colour)


def _transport() -> str:
    return (
        '<div class="transport"><button type="button" id="play" aria-pressed="false">Play</button>'
        '<progress id="where" max="1" value="0" aria-label="Place in the excerpt"></progress>'
        '<output id="clock">0:00</output></div>'
        '<p class="hint">Keys: 1 to 9 switch, space plays and stops.</p>'
    )


def _data(rows: list[Row], book: Songbook, below_db: float) -> str:
    listed = [
        {
            "name": row.heard.name,
            "rate": row.heard.rate_hz,
            "start": row.excerpt.start_s,
            "gain_db": round((book.match_db(row) or 0.0) + row.excerpt.scale_db - below_db, 4),
            "flac": row.excerpt.flac_base64,
        }
        for row in rows
        if row.excerpt is not None
    ]
    coded = json.dumps(listed, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    return tag("script", coded, type="application/json", id="excerpts")
