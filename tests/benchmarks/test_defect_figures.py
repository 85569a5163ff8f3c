"""Findings are held to truths by code, stem and time, and what comes of it is counted once."""

from __future__ import annotations

import math

import pytest

from benchmarks.defects.judging import Alarms, Judged, Tally, judged
from benchmarks.defects.ours import Told
from benchmarks.defects.page import PAGE, markers, with_figures
from benchmarks.defects.truth import Truth


def _click(start_s: float, end_s: float | None = None, severity: str = "major") -> Told:
    return Told("clicks", severity, start_s, end_s or start_s + 0.0001, 12.0)


def test_a_click_within_five_milliseconds_hits_and_one_farther_off_is_false() -> None:
    truths = [Truth("clicks", 1.0, 1.0002, 12.0), Truth("clicks", 2.0, 2.0002, 12.0)]
    told = [_click(1.004), _click(2.03)]
    assert judged(told, truths) == Judged(wanted=2, hit=1, right=1, false=1)


def test_a_finding_over_everything_hits_no_click() -> None:
    truths = [Truth("clicks", 1.0, 1.0002, 12.0)]
    assert judged([_click(0.0, 20.0)], truths) == Judged(1, 0, 0, 1)


def test_two_findings_of_one_defect_hit_it_once() -> None:
    truths = [Truth("clipped", 1.0, 9.0, -3.0)]
    told = [Told("clipped", "major", at, at + 1.0, -3.0) for at in (1.0, 5.0)]
    assert judged(told, truths) == Judged(1, 1, 2, 0)


def test_what_is_only_worth_a_word_counts_neither_way() -> None:
    assert judged([_click(3.0, severity="info")], []) == Judged(0, 0, 0, 0)
    assert judged([Told("hot_peaks", "info", 3.0, 3.1, -1.0)], []) == Judged(0, 0, 0, 1)


def test_stems_have_to_be_those_that_were_damaged() -> None:
    truth = Truth("duplicate", 0.0, 9.0, 1.0, ("a", "b"))
    right, wrong = (Told("duplicate", "major", 0.0, 9.0, 1.0, who) for who in ("ba", "ac"))
    assert judged([right, wrong], [truth]) == Judged(1, 1, 1, 1)


def test_a_code_that_tells_the_same_hits_too() -> None:
    truth = Truth("length", 0.0, 9.0, -2.0, ("a",), also=("start",))
    assert judged([Told("start", "minor", 0.0, 1.0, 2.0, ("a",))], [truth]).hit == 1
    assert judged([Told("drift", "major", 0.0, 1.0, 2.0, ("a", "b"))], [truth]).hit == 0


def test_false_alarms_on_clean_stems_lower_precision_by_their_share() -> None:
    tally = Tally("hum", "-60")
    for name in "abcd":
        tally.add(name, Judged(1, 1, 1, 0))
    assert tally.precision(0, 40) == 1.0
    assert tally.precision(10, 40) == pytest.approx(4 / 5)
    assert (tally.recall, math.isnan(Tally("hum", "none").recall)) == (1.0, True)


def test_what_is_true_of_a_clean_stem_is_no_alarm() -> None:
    alarms = Alarms()
    told = [Told("lossy_source", "major", 0.0, 30.0, 16000.0), _click(2.0)]
    alarms.add("a", 30.0, told, frozenset({"lossy_source"}))
    assert (alarms.by_code, alarms.minutes, alarms.others_a_minute) == ({"clicks": 1}, 0.5, 0.0)


def test_the_page_has_a_place_for_the_figures_of_both_parts() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for part in ("training", "kept"):
        begin, end = markers(part)
        assert f"{begin}\nhere\n{end}" in with_figures(text, part, "here")
        with pytest.raises(ValueError, match="once each"):
            with_figures("nothing", part, "here")
