"""The master beside its rough mix and a reference: figures that hold, and nothing that leaks."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from bridge.comparing import tone_distance, tone_of_file
from bridge.finished import open_finished
from bridge.pages.report import rewrite_report


def test_render_json_tells_how_far_each_is_and_the_page_says_the_same(finished) -> None:
    told = finished.record["beside"]
    mix, reference = told["others"]
    assert [mix["kind"], reference["kind"]] == ["mix", "reference"]
    assert len(told["main"]["bands"]) == 4
    found = tone_distance(
        tone_of_file(finished.folder / "main.wav"), tone_of_file(finished.sources / "rough.wav")
    )
    assert (mix["tone"]["mid_db"], mix["tone"]["side_db"]) == pytest.approx(
        (found.mid_db, found.side_db), abs=0.006
    )
    assert reference["figures"]["fold_down_db"] == 0.0  # it is mono
    assert reference["loudness_lu"] is None  # it is another song
    assert reference["tone"]["side_db"] is None
    section = finished.page.split("<h2>Beside the rough mix and the reference")[1].split("<h2>")[0]
    assert f"{found.mid_db:.2f}" in section
    assert "rough (rough mix)" in section
    services = finished.page.split("<h2>As services play it")[1].split("<h2>")[0]
    for row in finished.record["playback"]:
        assert row["rule_date"] in services
        assert row["gain_db"] <= 0.0 or row["raises"]


def test_no_reference_reaches_what_is_rendered(song, finished) -> None:
    song.references = []
    bare = song.make(store="another").record
    assert (bare["beside"], finished.record["beside"] is None) == (None, False)
    for row in ("outputs", "steps"):
        names = ("pcm_sha256", "key", "pcm")
        ours, theirs = (
            [[each.get(name) for name in names] for each in record[row]]
            for record in (bare, finished.record)
        )
        assert ours == theirs


def test_a_rough_mix_that_is_the_master_later_lies_at_no_distance(song) -> None:
    song.references = []
    made = song.make()
    samples, rate_hz = soundfile.read(made.folder / "main.wav", always_2d=True)
    late = np.pad(0.5 * samples, ((rate_hz // 4, 0), (0, 0)))
    soundfile.write(song.folder / "late.wav", late, rate_hz, "FLOAT")
    song.references = [("mix", "late", song.folder / "late.wav")]
    again = song.make()
    (mix,) = again.record["beside"]["others"]
    assert mix["offset_s"] == pytest.approx(0.25, abs=1e-4)
    assert (mix["tone"]["mid_db"], mix["tone"]["side_db"]) == pytest.approx((0.0, 0.0), abs=0.02)
    assert mix["tone"]["level_db"] == pytest.approx(-6.02, abs=0.01)
    assert mix["loudness_lu"] == pytest.approx(0.0, abs=0.02)
    page = again.page
    rewrite_report(again.folder, again.store)
    assert (again.folder / "report.html").read_text(encoding="utf-8") == page
    assert open_finished(again.folder).record.beside is not None
