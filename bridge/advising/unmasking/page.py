"""Cuts to look at and listen to: what each does, and the song with and without all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bridge.advising.unmasking.cuts import FreeingCut, GroupEffect, Unmasking
from bridge.advising.unmasking.listening import UnmaskedSounds
from bridge.pages import (
    PREVIEW_HZ,
    Chart,
    Curve,
    Deck,
    Track,
    change,
    chart,
    clock,
    figure,
    players,
    short_preview,
    table,
)
from bridge.pages.beside import Beside
from bridge.pages.proposal import BothSounds, Proposal, song_deck, write_proposal

_MODEL = (
    "Hidden and heard are of a model of partial loudness (Moore, Glasberg and Baer 1997), the "
    "groups together at 80 dB SPL, each channel in an ear: 10 phon less are half as loud."
)
_NOT_HEARD = "Groups are heard after their inserts, rides and faders: no returns, no master bus."


def write_unmasking_page(
    path: Path, made: Unmasking, sounds: UnmaskedSounds, beside: Beside, title: str
) -> None:
    """Write the page of cuts. Raises MachineError where the disk refuses."""
    heading = f"{title}: cuts that free groups" if made.cuts else "Nothing to cut"
    sections = (
        ("Cuts", _cuts(made)),
        ("Groups", _groups(made)),
        ("Listen", players(list(_decks(made, sounds, beside))) if made.cuts else ""),
    )
    remarks = (*made.remarks, _MODEL, _NOT_HEARD)
    write_proposal(
        path, Proposal(f"{title}: unmask", heading, _tiles(made), sections, beside, remarks)
    )


def _tiles(made: Unmasking) -> list[tuple[str, str, str, str]]:
    gains = [each.gain_phon for each in made.cuts]
    lost = [each.level_lu for each in made.groups if each.level_lu is not None]
    cut = len({each.cut.group for each in made.cuts})
    return [
        ("Cuts", str(len(made.cuts)), "", f"of {len(made.groups)} groups, cut: {cut}"),
        ("Most freed", figure(max(gains, default=0.0)), "phon", "in its band"),
        ("Most a group loses", figure(-min(lost, default=0.0) + 0.0), "LU", "of its loudness"),
    ]


def _cuts(made: Unmasking) -> str:
    head = ("Cut", "Hz", "Q", "Depth, dB", "Frees", "Hidden there, phon", "Gain, phon", "When")
    return table(head, list(map(_row, made.cuts)), "Every cut", words=True) if made.cuts else ""


def _row(each: FreeingCut) -> tuple[str, ...]:
    cut = each.cut
    moving = "" if cut.threshold_db is None else f" over {figure(cut.threshold_db, 0)} dB of it"
    spans = ", ".join(f"{clock(start, 1)} to {clock(end, 1)}" for start, end in each.times_s)
    return (
        cut.id,
        figure(cut.hz, 0),
        figure(cut.q, 1),
        f"{change(-cut.depth_db)}{moving}",
        cut.frees,
        figure(each.hidden_phon),
        change(each.gain_phon, 1),
        f"{figure(100.0 * each.hidden_share, 0)} %: {spans}",
    )


def _groups(made: Unmasking) -> str:
    head = ("Group", "Hidden by the others, phon", "Level, LU", "Heard, phon")
    return table(head, list(map(_effect, made.groups)), "What all cuts do") + _chart(made)


def _effect(each: GroupEffect) -> tuple[str, ...]:
    name = f"{each.id} (lead)" if each.is_lead else each.id
    moved = (change(each.level_lu, 2), change(each.audible_phon, 2))
    return (name, figure(each.hidden_phon), *moved)


def _chart(made: Unmasking) -> str:
    if not made.cuts:
        return ""
    ticks = tuple((float(n), each.id) for n, each in enumerate(made.groups))
    points = tuple((float(n), each.audible_phon) for n, each in enumerate(made.groups))
    heard = Curve("heard", "s1", points, bars=True)
    drawn = Chart(
        "Heard after all cuts", "phon", "group", (heard,), ticks, (-0.5, len(ticks) - 0.5)
    )
    return chart(drawn)


def _decks(made: Unmasking, sounds: UnmaskedSounds, beside: Beside) -> Iterator[Deck]:
    names = [each.id for each in made.groups]
    before, after = (sounds.together(names, cut_too=done) for done in (False, True))
    both = BothSounds(sounds.rate_hz, sounds.start_s, before, after, "as it is")
    yield song_deck("the song", both, others=beside.others)
    for pair in dict.fromkeys((each.cut.frees, each.cut.group) for each in made.cuts):
        yield _pair(*pair, sounds)


def _pair(freed: str, group: str, sounds: UnmaskedSounds) -> Deck:
    before, after = (
        short_preview(sounds.together([freed, group], cut_too=done), sounds.rate_hz)
        for done in (False, True)
    )
    return Deck(
        PREVIEW_HZ,
        (
            Track("before", "as they are", "s1", before, 0.0, sounds.start_s),
            Track("after", f"{group} cut", "s2", after, 0.0, sounds.start_s),
        ),
        name=f"{freed} and {group}",
        said="These two groups alone, at preview quality (MP3).",
    )
