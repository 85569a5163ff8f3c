"""A balance to look at and listen to: each group's move, and the song before and after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bridge.advising.balancing.listening import Sounds
from bridge.advising.balancing.proposal import Balance, GroupMove
from bridge.pages import (
    PREVIEW_HZ,
    Chart,
    Curve,
    Deck,
    Track,
    change,
    chart,
    figure,
    players,
    short_preview,
    table,
)
from bridge.pages.beside import Beside
from bridge.pages.proposal import (
    BothSounds,
    Proposal,
    Target,
    song_deck,
    write_proposal,
)

_HEARD = {
    "after_inserts": "Groups are heard after their inserts and rides",
    "before_inserts": "Groups are heard as their stems came, without inserts",
}


_SUM = "Before and after are the groups' sum alone: no returns, no master bus."


def write_balance_page(
    path: Path, balance: Balance, sounds: Sounds, beside: Beside, title: str
) -> None:
    """Write the page of a balance. Raises MachineError where the disk refuses."""
    heading = f"{title}: faders to {balance.target}" if balance.moves else "The balance is there"
    sections = (
        ("Moves", _moves(balance)),
        ("Listen", players([_song(balance, sounds, beside), *_groups(balance, sounds)])),
    )
    said = Proposal(
        f"{title}: balance", heading, _tiles(balance), sections, beside, list(_remarks(balance))
    )
    write_proposal(path, said)


def _tiles(balance: Balance) -> list[tuple[str, str, str, str]]:
    largest = max((abs(each.change_db) for each in balance.groups), default=0.0)
    left = sum(bool(each.left_alone) for each in balance.groups)
    explained = balance.facts.get("explained_db")
    rows = [
        ("Faders that move", str(len(balance.moved_groups)), "", f"of {len(balance.groups)}"),
        ("Largest move", figure(largest, 2), "dB", ""),
        ("Left alone", str(left), "", "named below"[: 11 * bool(left)]),
    ]
    if isinstance(explained, float):
        rows.append(("Rough mix explained", figure(explained), "dB", "by the stems"))
    return rows


def _moves(balance: Balance) -> str:
    head = ("Group", "Share now, LU", "Share wanted, LU", "Fader, dB", "Move, dB", "New fader, dB")
    shown = table(head, list(map(_row, balance.groups)), "Every group's fader")
    if balance.stems:
        stem_head = ("Stem", "Group", "Gain, dB", "Move, dB", "New gain, dB")
        rows = [
            (each.id, each.group, *_gains(each.gain_db, each.change_db, each.new_gain_db))
            for each in balance.stems
        ]
        shown += table(stem_head, rows, "Every stem's gain")
    return shown + _chart(balance)


def _row(each: GroupMove) -> tuple[str, ...]:
    gains = _gains(each.fader_db, each.change_db, each.new_fader_db)
    return (each.id, figure(each.share_lu, 2), figure(each.wanted_lu, 2), *gains)


def _gains(before_db: float, moved_db: float, after_db: float) -> tuple[str, str, str]:
    return change(before_db), change(moved_db or None), change(after_db)


def _chart(balance: Balance) -> str:
    if not balance.moved_groups:
        return ""
    points = tuple((float(n), each.change_db) for n, each in enumerate(balance.groups))
    ticks = tuple((float(n), each.id) for n, each in enumerate(balance.groups))
    moves = Curve("move of the fader", "s1", points, bars=True)
    return chart(Chart("Moves", "dB", "group", (moves,), ticks, (-0.5, len(points) - 0.5)))


def _song(balance: Balance, sounds: Sounds, beside: Beside) -> Deck:
    is_other = balance.aim != "rough"
    name = "reference" if is_other else "rough mix"
    target = Target(name, sounds.target, sounds.target_s, is_other)
    both = BothSounds(
        sounds.rate_hz, sounds.start_s, sounds.before, sounds.after, "faders as they are", target
    )
    return song_deck("the song", both, _SUM, beside.others)


def _groups(balance: Balance, sounds: Sounds) -> Iterator[Deck]:
    """Each group that moves by itself, at its old fader and at its new one."""
    for each in balance.moved_groups:
        sound = short_preview(sounds.groups[each.id], sounds.rate_hz)
        yield Deck(
            PREVIEW_HZ,
            (
                Track("before", change(each.fader_db, 2, "dB"), "s1", sound, 0.0, sounds.start_s),
                Track(
                    "after",
                    change(each.new_fader_db, 2, "dB"),
                    "s2",
                    sound,
                    each.change_db,
                    sounds.start_s,
                ),
            ),
            name=each.id,
            said="The group alone at both faders, at preview quality (MP3).",
        )


def _remarks(balance: Balance) -> Iterator[str]:
    for each in balance.groups:
        if each.left_alone:
            yield f"{each.id} is left alone: {each.left_alone}"
    for each in balance.groups:
        yield from (f"{each.id}: {said}" for said in each.remarks)
    yield from balance.remarks
    yield f"{_HEARD[balance.heard]}; their sum stays as loud as it is."
    if "rough" in balance.facts:
        yield f"Rough mix: {balance.facts['rough']}."
