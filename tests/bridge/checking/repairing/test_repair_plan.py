"""Which findings become steps, and in what order."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.checking.findings import CheckReport, Finding, MixFit, StemFindings
from bridge.checking.repairing import StemPlace, planned_repairs
from stemwright.problems import InputError

PLACE = StemPlace(1000, 480000, 48000)


def finding(code: str, start_s: float = 1.0, end_s: float = 1.001, **more: Any) -> Finding:
    """A finding of the stem "lead" at a place in the song."""
    told = {"severity": "major", "stems": ("lead",), "value": -3.0, **more}
    return Finding(f"{code}-{start_s}", code, start_s=start_s, end_s=end_s, **told)


def planned(*found: Finding, only: tuple[str, ...] = (), mix: tuple[Finding, ...] = ()) -> Any:
    """The plan for these findings."""
    fit = MixFit(40.0, (), mix, "sums", "") if mix else None
    report = CheckReport((StemFindings("lead", found),), mix=fit)
    return planned_repairs(report, {"lead": PLACE}, only)


def test_ranges_count_in_the_frames_of_the_file() -> None:
    (step,) = planned(finding("clicks", 1.0, 1.0 + 4 / 48000)).steps
    assert (step.first, step.stop) == (47000, 47004)
    (whole,) = planned(finding("hum", 1.0, 2.0)).steps
    assert (whole.first, whole.stop) == (0, 480000)


def test_what_is_only_worth_a_word_or_meant_is_left_unless_it_is_named() -> None:
    info = finding("dc_offset", severity="info")
    meant = finding("hum", accepted="it is the amp")
    assert planned(info, meant).steps == ()
    assert [each.code for each in planned(info, meant, only=("dc_offset",)).steps] == ["dc_offset"]
    assert planned(info, meant, only=("hum",)).steps == ()
    assert [each.code for each in planned(info, meant, only=(meant.id,)).steps] == ["hum"]


def test_steps_come_in_the_order_in_which_they_are_done() -> None:
    codes = ["offset", "polarity", "dc_offset", "hum", "clicks", "clipped", "corrupt_samples"]
    found = [finding(code, 1.0 + at) for at, code in enumerate(codes)]
    plan = planned(*found[2:], mix=tuple(found[:2]))
    assert [each.code for each in plan.steps] == [
        "corrupt_samples", "clicks", "clipped", "hum", "dc_offset", "polarity", "offset",
    ]  # fmt: skip


def test_how_late_a_stem_is_becomes_whole_frames() -> None:
    late = finding("offset", value=1000.0 * 333 / 48000)
    (step,) = planned(mix=(late,)).steps
    assert step.parameters == {"late_frames": 333.0}


def test_clicks_at_the_edges_of_a_gap_are_part_of_it() -> None:
    edges = [finding("clicks", at) for at in (0.9999, 1.0055, 2.0)]
    plan = planned(finding("dropout", 1.0, 1.005), *edges)
    assert [(each.finding, each.also) for each in plan.steps] == [
        ("dropout-1.0", ("clicks-0.9999", "clicks-1.0055")),
        ("clicks-2.0", ()),
    ]


def test_what_has_no_repair_is_told_once() -> None:
    plan = planned(finding("duplicate", stems=("lead", "double")))
    assert plan.steps == ()
    assert [(each.stem, each.code) for each in plan.refused] == [("lead, double", "duplicate")]


def test_words_that_name_nothing_are_refused() -> None:
    with pytest.raises(InputError) as error:
        planned(finding("clicks"), only=("clicks-1.1", "clocks"))
    assert [each.nearest for each in error.value.problems] == ["clicks-1.0", "clicks"]
