"""Where the page of a stem check shows a finding: within what is told, in the row of its stem."""

from __future__ import annotations

import re

import pytest

from bridge.pages.check.looks import _CLOSE
from tests.bridge.pages.check.conftest import RATE_HZ, Song, finding, fit_of, noise

_CUT_S = 0.001
"""What a time of three digits may lack."""


def _close_up(card: str) -> tuple[float, float]:
    """From when to when the samples are shown."""
    ((ms, minutes, seconds),) = re.findall(
        r"<small>[^<]*?([\d.]+) ms from (\d+):([\d.]+), up to", card
    )
    start_s = 60 * int(minutes) + float(seconds)
    return start_s, start_s + float(ms) / 1000


@pytest.mark.parametrize("code", _CLOSE)
@pytest.mark.parametrize(("start_s", "end_s"), [(2.0, 2.6), (2.0, 2.09), (2.0, 5.5), (2.0, 2.001)])
def test_what_is_close_up_is_what_is_told_though_all_around_is_louder(
    song: Song, code: str, start_s: float, end_s: float
) -> None:
    samples = noise(6.0)
    first, stop = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
    samples[:, first:stop] *= 0.01
    song.write("late", samples, position=RATE_HZ // 2)
    told = song.tell(code, "late", start_s + 0.5, end_s + 0.5)
    page = song.page()
    (card,) = re.findall(f'<article class="finding [a-z]+" id="{told}".*?</article>', page)
    shown_s, until_s = _close_up(card)
    if end_s - start_s > 0.08:
        assert start_s + 0.5 - _CUT_S <= shown_s
        assert until_s <= end_s + 0.5 + _CUT_S
    else:
        assert shown_s <= start_s + 0.5
        assert end_s + 0.5 <= until_s


def test_a_stems_row_has_what_is_told_of_it_against_the_mix(song: Song) -> None:
    for name in ("kick", "bass", "snare"):
        song.write(name, noise(3.0))
    song.mix = song.write("rough", noise(3.0))
    del song.stems["rough"], song.told["rough"]
    accepted = finding("level", ("bass",), 0.0, 3.0, 2.0, accepted="it is meant")
    of_mix = [
        finding("polarity", ("kick",), 0.0, 3.0, -1.0),
        accepted,
        finding("missing", (), 1.0, 2.0, -20.0),
    ]
    song.fit = fit_of(song, of_mix)
    rows = dict(
        re.findall(
            r'<div class="row-head"><(?:a|span)[^>]*>([^<]+)</(?:a|span)>(.*?)</div>', song.page()
        )
    )
    assert re.findall(r"<small>([^<]*)</small>", "".join(rows.values())) == [
        "1 major", "1 accepted", "nothing found", "1 major"
    ]  # fmt: skip
    assert re.findall(r'href="#([^"]+)"', rows["kick"]) == ["polarity-000000"]
    assert "polarity" not in rows["rough mix"]


def test_a_mix_that_only_its_stems_differ_from_is_not_said_to_have_nothing(song: Song) -> None:
    song.write("kick", noise(3.0))
    song.mix = song.write("rough", noise(3.0))
    del song.stems["rough"], song.told["rough"]
    song.fit = fit_of(song, [finding("polarity", ("kick",), 0.0, 3.0, -1.0)])
    assert "rough mix</span><small>told of the stems</small>" in song.page()
    song.fit = fit_of(song, [])
    assert "rough mix</span><small>nothing found</small>" in song.page()


def test_what_is_told_of_the_mix_itself_is_seen_and_heard(song: Song) -> None:
    song.write("kick", noise(3.0))
    song.mix = song.write("rough", noise(3.0, seed=2))
    del song.stems["rough"]
    song.tell("corrupt_samples", "rough", 1.0, 1.001)
    song.fit = fit_of(song, [])
    (card,) = re.findall(r'<article class="finding [a-z]+" id="corrupt.*?</article>', song.page())
    assert '<small class="s1">rough, peak' in card
    assert "data-sound" in card
    shown_s, until_s = _close_up(card)
    assert shown_s <= 1.0 < 1.001 <= until_s
