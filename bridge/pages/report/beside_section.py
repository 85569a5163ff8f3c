"""The page's part on other music: distances, dynamics, width, low end, and the services' gains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bridge.finished import BesideTold, FiguresTold, OtherTold, PlaybackTold, ToneBandTold
from bridge.pages import Chart, Curve, change, chart, figure, hz_ticks, table, tag, text
from stemwright.values import dataclass

_KINDS = {
    "mix": "rough mix",
    "reference": "reference",
    "master": "other master",
    "target": "target",
    "version": "earlier",
}
_Versions = Sequence[tuple[str, BesideTold]]
_COLOURS = 8
_REACHES_DB = (6.0, 10.0, 15.0, 20.0, 30.0, 40.0, 80.0)
"""How far a chart of differences goes each way: with the line of no difference in its grid."""


@dataclass(frozen=True)
class TableWords:
    """What the tables and charts call their figures: the heads of their columns, from the second.

    `apart` says under the distances what they are, `dashed` which lines of a chart are.
    """

    mid: str
    side: str
    dashed: str
    distances: tuple[str, str, str, str, str]
    apart: str
    dynamics: tuple[str, str, str, str, str, str]
    bands: tuple[str, str, str, str]


STUDIO = TableWords(
    mid="mid",
    side="side",
    dashed="the side is dashed",
    distances=("mid, dB", "side, dB", "moved by, dB", "loudness, LU", "in time"),
    apart="How far the balance is apart: thirds of an octave from 50 Hz to 16 kHz, mid and side, "
    "after one gain that matches both; the root mean square of the differences. Loudness: the "
    "same of the short-term curves, where both run beside each other.",
    dynamics=(
        "Integrated, LUFS", "Range, LU", "PLR, dB", "Lowest PSR, dB", "Correlation",
        "Lost in mono, dB",
    ),
    bands=("Of all power, dB", "Crest, dB", "Side over mid, dB", "Correlation"),
)  # fmt: skip


def beside_section(
    told: BesideTold | None,
    main: str = "main",
    words: TableWords = STUDIO,
    colours: Mapping[tuple[str, str], int] | None = None,
) -> str:
    """Tables and a chart; nothing without other music. `main` is what the master is called.

    `colours` are the others' by kind and name, where the page has given them some.
    """
    if told is None:
        return ""
    curves = [
        curve
        for number, each in enumerate(told.others)
        for curve in _curves(
            (colours or {}).get(_key(each), 1 + number % _COLOURS),
            f"beside {each.name}",
            each.tone.bands,
            words,
        )
    ]
    title = f"What {main} has more of, level-matched"
    drawn = _differences_chart(title, f"{main} has", curves, words)
    return _tables([(main, told)], drawn, words)


def versions_section(versions: _Versions, words: TableWords = STUDIO) -> str:
    """The same of a song as it is and as it may become, by name, beside each that both met."""
    others = {_key(each): each for _, told in versions for each in told.others}
    drawn = "".join(_chart_against(other, versions, words) for other in others.values())
    return _tables(versions, drawn, words)


def _chart_against(other: OtherTold, versions: _Versions, words: TableWords) -> str:
    curves = [
        curve
        for number, (name, told) in enumerate(versions)
        for each in told.others
        if _key(each) == _key(other)
        for curve in _curves(1 + number % _COLOURS, f"of {name}", each.tone.bands, words)
    ]
    title = f"Against {_name(other)}: what there is more of, level-matched"
    return _differences_chart(title, "there is", curves, words)


def _key(other: OtherTold) -> tuple[str, str]:
    return other.kind, other.name


def _tables(versions: _Versions, drawn: str, words: TableWords) -> str:
    rows = {("version", name): (name, told.main) for name, told in versions}
    for _, told in versions:
        for each in told.others:
            rows.setdefault(_key(each), (_name(each), each.figures))
    songs = list(rows.values())
    figures = table(("", *words.dynamics), _dynamics(songs), "Dynamics and mono")
    bands = table(("", *words.bands), _bands(songs), "Low end, crest and width by band")
    return _distances(versions, words) + drawn + figures + bands


def _distances(versions: _Versions, words: TableWords) -> str:
    places = list(dict.fromkeys(_key(each) for _, told in versions for each in told.others))
    pairs = [(name, each) for name, told in versions for each in told.others]
    rows = [
        (
            f"{name} beside {_name(each)}",
            figure(each.tone.mid_db, 2),
            figure(each.tone.side_db, 2),
            change(each.tone.level_db, 1),
            figure(each.loudness_lu, 1),
            _place(each),
        )
        for name, each in sorted(pairs, key=lambda pair: places.index(_key(pair[1])))
    ]
    shown = table(("", *words.distances), rows, "Distance of the balance", words=True)
    return shown + tag("p", text(words.apart))


def _name(other: OtherTold) -> str:
    kind = _KINDS[other.kind]
    return other.name if other.name == kind else f"{other.name} ({kind})"


def _place(other: OtherTold) -> str:
    if other.offset_s is None:
        return "another song" if other.kind == "reference" else "as it lies"
    return f"aligned, {change(other.offset_s, 3, 's')}" if other.offset_s else "aligned"


def _differences_chart(title: str, subject: str, curves: Sequence[Curve], words: TableWords) -> str:
    levels = [abs(level) for curve in curves for _, level in curve.points if level is not None]
    if not levels:
        return ""
    reach = next((each for each in _REACHES_DB if max(levels) <= each), _REACHES_DB[-1])
    drawn = Chart(
        title,
        "dB a third of an octave",
        "Hz",
        tuple(curves),
        hz_ticks(),
        (20.0, 20000.0),
        (-reach, reach),
        log_x=True,
        level=0.0,
    )
    return chart(drawn, f"Over the line {subject} more, under it less; {words.dashed}.")


def _curves(
    colour: int, name: str, bands: Sequence[ToneBandTold], words: TableWords
) -> Iterator[Curve]:
    mid = tuple((band.hz, band.mid_db) for band in bands)
    side = tuple((band.hz, band.side_db) for band in bands)
    yield Curve(f"{words.mid} {name}", f"s{colour}", mid)
    if any(level is not None for _, level in side):
        yield Curve(f"{words.side} {name}", f"s{colour}", side, dashed=True)


_Rows = Sequence[tuple[str, FiguresTold]]


def _dynamics(told: _Rows) -> list[tuple[str, ...]]:
    return [(name, *_row(found)) for name, found in told]


def _row(found: FiguresTold) -> tuple[str, ...]:
    lost = None if found.fold_down_db is None else -found.fold_down_db
    return (
        figure(found.integrated_lufs),
        figure(found.loudness_range_lu),
        figure(found.plr_db),
        figure(found.psr_min_db),
        figure(found.correlation, 2),
        figure(lost),
    )


def _bands(told: _Rows) -> list[tuple[str, ...]]:
    return [
        (
            f"{band.band}: {name}",
            figure(band.share_db),
            figure(band.crest_db),
            figure(band.width_db),
            figure(band.correlation, 2),
        )
        for place in range(len(told[0][1].bands))
        for name, found in told
        for band in found.bands[place : place + 1]
    ]


def playback_section(rows: Sequence[PlaybackTold]) -> str:
    """What services do to the main master's level, each with its rule and the day it was read."""
    if not rows:
        return ""
    cells = [
        (
            each.name,
            f"{change(each.gain_db, 1, 'dB')}, plays at {figure(each.lufs, 0, 'LUFS')}{_why(each)}",
            f"{each.rule_source}, read {each.rule_date}",
        )
        for each in rows
    ]
    return table(("service", "turns it by", "rule"), cells, "Playback gains", words=True)


def versions_playback(songs: Sequence[tuple[str, Sequence[PlaybackTold]]]) -> str:
    """The same of several songs, by name; those without a loudness are left out."""
    known = [(name, rows) for name, rows in songs if rows]
    if not known:
        return ""
    cells = [
        (
            f"{rules[0].name}, {figure(rules[0].lufs, 0, 'LUFS')}",
            *(f"{change(each.gain_db, 1, 'dB')}{_why(each)}" for each in rules),
            f"{rules[0].rule_source}, read {rules[0].rule_date}",
        )
        for rules in zip(*(rows for _, rows in known), strict=True)
    ]
    head = ("service", *(name for name, _ in known), "rule")
    return table(head, cells, "Playback gains", words=True)


def _why(row: PlaybackTold) -> str:
    if row.held_db > 0.0:
        return f"; its peak leaves no room for {figure(row.held_db, 1, 'dB')} more"
    if row.gain_db == 0.0 and not row.raises:
        return "; never turns up"
    return ""
