"""Sessions that Ardour itself bounces are held to its bounces, where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.bounced.__main__ import nulled
from benchmarks.bounced.ardour import MISSING, Ardour, is_here
from benchmarks.bounced.constructs import songs
from benchmarks.bounced.null import Null
from benchmarks.bounced.page import Row, table


@pytest.mark.skipif(not is_here(), reason=MISSING)
def test_a_session_of_sends_and_mutes_is_what_ardour_bounces_of_it(tmp_path: Path) -> None:
    song = next(each for each in songs() if each.name == "sends")
    found = nulled(song, tmp_path, Ardour(tmp_path / "ardour")).found
    assert found.truth_rms_dbfs > -20.0
    assert found.peak_dbfs < -125.0


def test_a_peak_above_its_goal_is_told() -> None:
    found = Null(-90.0, -101.25, -120.0, -10.0, 7)
    rows = (Row("one", "this", found, -100.0, "that"), Row("two", "", found, -80.0, ""))
    assert table(rows).splitlines()[2:] == [
        "| one | this | -90.0 (goal -100) | -101.2 | -120.0 | that |",
        "| two |  | -90.0 | -101.2 | -120.0 |  |",
    ]
