"""The report in a real browser: it plays, switches without a gap, at one level, and counts ABX."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile

from bridge.pages.bypass import bypass

RATE_HZ = 48000
ROUGH, OTHER, STEMS, MAIN, INSTRUMENTAL = range(5)


def _page(made) -> Path:
    return made.folder / "report.html"


def _held(made) -> list[np.ndarray]:
    """Every signal at its gain, (2, frames)."""
    return [
        soundfile.read(io.BytesIO(base64.b64decode(one["flac"])))[0].T
        * 10.0 ** (one["gain_db"] / 20.0)
        for one in made.excerpts
    ]


def _levels(samples: np.ndarray) -> np.ndarray:
    """RMS of both sides in windows of 5 ms."""
    whole = samples[:, : samples.shape[1] // 240 * 240]
    return np.sqrt((whole.reshape(2, -1, 240) ** 2).mean(axis=(0, 2)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_keys_mouse_and_loop_in_both_colour_schemes(finished, browse, scheme: str) -> None:
    keys = ["1", "9", "b", "2", "n", "a", "5"]
    seen = browse(_page(finished), "tour", given=keys, size=(1280, 900), scheme=scheme)
    assert "error" not in seen
    assert (seen["ready"], seen["seconds"], seen["done"]) == ("5", "5.00", "yes")
    assert int(seen["wide"]) <= 0
    assert (seen["order"], seen["pressed"]) == ("3 0 0 3 1 n 0 4", "pick4")
    assert seen["dragged"] == "1.250 3.750"
    assert (seen["left"], seen["right"]) == ("2.500 3.750", "0.000 2.500")
    assert seen["all"] == "0.000 5.000"
    assert (seen["started"], seen["stopped"]) == ("yes Stop", "no Play")
    assert seen["shown"] == "wide"
    paper, ink = (
        sum(map(int, re.findall(r"\d+", seen[name])[:3])) / 765 for name in ("paper", "ink")
    )
    assert abs(paper - ink) > 0.4
    assert (paper > 0.5) == (scheme == "light")


def test_a_phone_scrolls_in_one_direction_alone(finished, browse) -> None:
    seen = browse(_page(finished), "tour", given=["b"], phone=True)
    assert "error" not in seen
    assert (seen["done"], seen["shown"]) == ("yes", "narrow")
    assert int(seen["wide"]) <= 0


def test_what_is_switched_to_is_heard_at_once_and_nothing_else(finished, played) -> None:
    held = _held(finished)
    keys = [(0.52, "1"), (0.82, "3"), (1.12, "5"), (1.122, "4"), (1.52, "n")]
    heard = played(_page(finished), 2, keys)
    null = held[MAIN] - held[ROUGH]
    null *= 10.0 ** (min(0.0, np.floor(-20.0 * np.log10(np.abs(null).max()))) / 20.0)
    spans = [
        (0.01, 0.5, held[MAIN]), (0.51, 0.8, held[ROUGH]), (0.81, 1.1, held[STEMS]),
        (1.12, 1.5, held[MAIN]), (1.51, 1.95, null),
    ]  # fmt: skip
    for start_s, end_s, expected in spans:
        cut = slice(round(start_s * RATE_HZ), round(end_s * RATE_HZ))
        assert np.abs(heard[:, cut] - expected[:, cut]).max() < 2e-4
    levels = _levels(heard[:, 480:])
    # Noise into other noise over 5 ms: a straight crossfade is 3 dB down in its middle.
    assert 20 * np.log10(levels.min() / np.median(levels)) > -9.0
    assert np.abs(heard).max() <= 1.0


def test_all_come_out_of_the_loudspeaker_at_one_loudness(finished, played) -> None:
    keys = [(5.02, "1"), (10.02, "2"), (15.02, "3"), (20.02, "5")]
    heard = played(_page(finished), 25.02, keys)
    lufs = [
        pyloudnorm.Meter(RATE_HZ).integrated_loudness(part.T)
        for part in np.split(heard[:, : 25 * RATE_HZ], 5, axis=1)
    ]
    assert lufs == pytest.approx([lufs[0]] * 5, abs=0.1)


def test_abx_between_any_two_counts_right(finished, blind_tests) -> None:
    pairs = [None, (INSTRUMENTAL, STEMS), (STEMS, INSTRUMENTAL), (OTHER, MAIN)]
    found = blind_tests(_page(finished), pairs)
    keys = ("lanes", "badges", "mode", "anew")
    assert [tuple(test[key] for key in keys) for test in found] == [
        ("03", "A--B-", "x pick0 pick3", f"0/0 {ROUGH} false"),
        ("24", "--B-A", "x pick2 pick4", f"0/0 {INSTRUMENTAL} false"),
        ("24", "--A-B", "x pick2 pick4", f"0/0 {STEMS} false"),
        ("13", "-A-B-", "x pick1 pick3", f"0/0 {OTHER} true"),  # no null of two songs
    ]
    for test in found:
        assert (test["early"], test["null"]) == ("0/0", "x")
        assert test["said"] == "Right. 13 of 17 right, p = 0.0245"


def test_the_page_of_a_bypass_plays_what_its_files_hold(finished, played) -> None:
    found = bypass(finished.folder, "drums/squeeze", finished.store)
    with_it, without, difference = (
        soundfile.read(found.folder / name)[0].T
        for name in ("with.wav", "without.wav", "difference.wav")
    )
    page = found.folder / "listen.html"
    heard = played(page, 3, [(1.02, "a"), (2.02, "n")])
    lufs_db = re.search(r"A: without it</span><small>(\S+) dB", page.read_text("utf-8"))
    assert lufs_db is not None
    moved_db = float(lufs_db[1].replace("\N{MINUS SIGN}", "-")) - found.gain_db
    for at_s, expected in (
        (0, with_it),
        (1, without * 10 ** (moved_db / 20)),
        (2, difference),
    ):
        cut = slice(round((at_s + 0.01) * RATE_HZ), round((at_s + 0.95) * RATE_HZ))
        aside = np.abs(heard[:, cut] - expected[:, cut]).max()
        assert aside < 2e-4 + 1e-3 * np.abs(expected[:, cut]).max()


def test_a_page_opens_with_the_whole_song_and_every_toggle_says_its_state(finished, browse) -> None:
    seen = browse(_page(finished), "whole", size=(1280, 900))
    assert "error" not in seen
    assert (seen["prefix"], seen["during"], seen["after"]) == ("[]", "true yes", "false no")
    assert (seen["switched"], seen["odd"], seen["done"]) == ("0", "0", "yes")
    assert seen["marks"] == "0:00 0:01 0:02 0:03 0:04 0:05"
    assert seen["seconds"] == "6.00"
    assert (seen["rows"], seen["alone"]) == ("false true", "false false")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", seen["dated"])
    assert seen["scrolls"] == "0"


def test_a_phone_is_told_that_a_table_goes_on(finished, browse) -> None:
    seen = browse(_page(finished), "whole", phone=True)
    assert seen["done"] == "yes"
    assert int(seen["scrolls"]) >= 1
    assert int(seen["services"]) <= 0  # rule and date are there without scrolling
    assert int(seen["rule"]) >= 9 * 14


def test_a_page_without_audio_says_so_and_raises_nothing(finished, browse, tmp_path) -> None:
    page = tmp_path / "silent.html"
    text = re.sub(r'<script type="application/json".*?</script>', "", finished.page)
    page.write_text(text, "utf-8")
    assert browse(page) == {"ready": "0"}
