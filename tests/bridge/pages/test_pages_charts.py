"""Charts: units on both axes, gaps, a logarithm, and one line where two coincide."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bridge.pages.charts import Chart, Curve, chart, hz_ticks, time_ticks

LINE = Curve("one", "a", tuple((float(x), float(x % 7)) for x in range(20)))
CHART = Chart("Loudness", "LUFS", "minutes:seconds", (LINE,), time_ticks(19.0), (0.0, 19.0))


def _moved(curve: Curve, name: str, by: float) -> Curve:
    points = tuple((x, None if y is None else y + by) for x, y in curve.points)
    return replace(curve, name=name, colour="b", points=points)


def test_both_axes_have_their_unit_in_both_sizes() -> None:
    units = re.findall(r'<text class="unit[^>]*>([^<]*)', chart(CHART))
    assert units == ["LUFS", "minutes:seconds"] * 2
    assert re.findall(r'<text class="x"[^>]*>([^<]*)', chart(CHART))[:3] == ["0:00", "0:02", "0:04"]


def test_two_that_coincide_are_one_line_that_says_so() -> None:
    drawn = chart(replace(CHART, curves=(LINE, _moved(LINE, "other", 0.001))))
    assert drawn.count("<polyline") == 2  # one a size
    assert "one and other: one line, they coincide within 0.03 LU" in drawn
    apart = chart(replace(CHART, curves=(LINE, _moved(LINE, "other", 0.5))))
    assert apart.count("<polyline") == 4
    assert "coincide" not in apart


def test_one_that_ends_a_little_earlier_coincides_and_one_that_parts_does_not() -> None:
    shorter = replace(LINE, name="short", points=LINE.points[:19])
    assert "coincide" in chart(replace(CHART, curves=(shorter, LINE)))
    assert "coincide" not in chart(
        replace(CHART, curves=(replace(LINE, points=LINE.points[:9]), LINE))
    )
    parted = replace(LINE, points=(*LINE.points[:-1], (19.0, None)))
    assert "coincide" not in chart(replace(CHART, curves=(parted, LINE)))


def test_a_gap_parts_a_line() -> None:
    points = (*LINE.points[:9], (9.0, None), *LINE.points[10:])
    assert chart(replace(CHART, curves=(replace(LINE, points=points),))).count("<polyline") == 4


def test_decades_are_equally_far_apart_on_a_logarithmic_axis() -> None:
    drawn = chart(replace(CHART, curves=(), ticks=hz_ticks(), x_range=(20.0, 20000.0), log_x=True))
    at = {
        label: float(x)
        for x, label in re.findall(r'<text class="x" x="([\d.]*)"[^>]*>([^<]*)', drawn)[:10]
    }
    assert at["200"] - at["20"] == pytest.approx(at["2k"] - at["200"], abs=0.2)


def test_nothing_but_numbers_decides_the_bytes() -> None:
    assert chart(CHART) == chart(CHART)
    assert "nan" not in chart(replace(CHART, curves=()))


@pytest.mark.parametrize("top", [1e4, 3e9, 1e300])
def test_a_scale_of_any_height_has_a_few_lines(top: float) -> None:
    line = Curve("this stem", "s1", ((0.0, 0.0), (1.0, top)))
    drawn = chart(Chart("Middle", "%", "s", (line,), ((0.0, "0"),), (0.0, 1.0), (0.0, top)))
    assert 4 <= drawn.count('class="y"') <= 20
