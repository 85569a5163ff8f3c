"""The balance's figures: what all faders have in common is no error, a lost stem is told."""

from __future__ import annotations

from pathlib import Path

from benchmarks.balance.buses import BUSES
from benchmarks.balance.page import recovered_table
from benchmarks.balance.recovered import of_report
from benchmarks.balance.songs import Song


def test_errors_are_against_the_middle_fader_and_lost_stems_are_told() -> None:
    song = Song("s", {name: Path(f"{name}.wav") for name in "abcd"})
    faders = {"a": 3.0, "b": -2.0, "c": 0.0, "d": 1.0}
    rows = [
        {"id": name, "new_fader_db": value + 7.0 + 0.6 * (name == "c"), "left_alone": None}
        for name, value in faders.items()
    ]
    rows[3]["left_alone"] = "d is silent"
    found = of_report(song, BUSES[1], faders, {"groups": rows, "explained_db": 20.0})
    assert {name: round(value, 6) for name, value in found.errors_db.items()} == {
        "a": 0.0,
        "b": 0.0,
        "c": 0.6,
    }
    assert (found.lost, round(found.worst_db, 6), round(found.mean_db, 6)) == (("d",), 0.6, 0.2)
    (row,) = recovered_table([found]).splitlines()[2:]
    assert row.split(" | ")[2:6] == ["3 of 4", "0.60", "0.200", "0.5 missed"]
