"""The diff's page: what it says, what it plays, and that it does so in a real browser."""

from __future__ import annotations

import base64
import io
import json
import re
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyloudnorm
import pytest
import soundfile

from bridge.comparing import Diff, Limits, diff
from bridge.comparing.aligning.delay import advanced
from bridge.pages.diff import write_page
from bridge.pages.diff.page import page as page_of, sides
from bridge.pages.diff.player import signals
from stemwright.problems import InputError

RATE_HZ = 48000


@pytest.fixture
def page(tune, write, made_once, tmp_path: Path) -> Path:
    """B: 1 dB softer, 37 samples late, with a burst of noise at 4 s."""
    path = tmp_path / "diff.html"

    def make() -> None:
        late = np.roll(tune, 37, axis=1) * 10.0 ** (-1 / 20)
        burst = np.random.default_rng(5).normal(0, 0.02, (2, 480))
        late[:, 4 * RATE_HZ : 4 * RATE_HZ + 480] += burst
        write_page(path, diff(write("secret/a.wav", tune), write("secret/b.wav", late)))

    made_once("diff page", tmp_path, make)
    return path


def _embedded(page: Path) -> dict[str, Any]:
    """The first lossless deck."""
    return next(each for each in _decks(page) if "flac" in each["signals"][0])


def _decks(page: Path) -> list[dict[str, Any]]:
    held = r'<script type="application/json" id="(?:p\d-)?excerpts">(.*?)</script>'
    return [json.loads(each) for each in re.findall(held, _text(page))]


def _text(page: Path) -> str:
    return page.read_text("utf-8")


def _held(page: Path) -> dict[str, np.ndarray]:
    """What the page holds for each button at its gain, (frames, channels): a, b and n."""
    return {
        name: soundfile.read(io.BytesIO(base64.b64decode(each["flac"])))[0]
        * 10.0 ** (each["gain_db"] / 20.0)
        for name, each in zip("abn", _embedded(page)["signals"], strict=True)
    }


def test_verdict_first_then_everything_in_one_file_that_fetches_nothing(page: Path) -> None:
    text = _text(page)
    headings = re.findall(r"<h[12][^>]*>([^<]*)", text)
    assert headings == [
        "Different", "Listen", "What remains", "Where", "Spectrum", "Loudness", "Figures",
    ]  # fmt: skip
    assert "default-src 'none'" in text
    assert re.findall(r"""(?:src|href)=|url\(|https?://""", text) == []
    assert "secret" not in text
    assert "37.0000 samples late, 1.0000 dB softer" in text
    assert "B plays 1.00 dB louder than it is" in text
    assert len(text) < 6_000_000


def test_the_same_diff_gives_the_same_bytes(page: Path, tmp_path: Path) -> None:
    found = diff(tmp_path / "secret/a.wav", tmp_path / "secret/b.wav")
    write_page(tmp_path / "again.html", found)
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()


def test_what_plays_is_level_matched_aligned_and_lossless(page: Path, tune: np.ndarray) -> None:
    held = _held(page)
    lufs = {each: pyloudnorm.Meter(RATE_HZ).integrated_loudness(held[each]) for each in "ab"}
    assert lufs["a"] == pytest.approx(lufs["b"], abs=0.02)
    frames = len(held["a"])
    assert frames == tune.shape[1] - 37
    lsb = 2.0**-15
    assert np.abs(held["a"].T - tune[:, :frames]).max() < 2 * lsb
    burst = slice(4 * RATE_HZ - 37, 4 * RATE_HZ + 480 - 37)
    null = held["n"].copy()
    assert np.std(null[burst]) == pytest.approx(0.02 * 10.0 ** (1 / 20), rel=0.05)
    null[burst] = 0.0
    gain_db = _embedded(page)["signals"][2]["gain_db"]
    assert gain_db < -20.0
    assert np.abs(null).max() <= 1.001 * lsb * 10.0 ** (gain_db / 20.0)


def test_the_null_is_the_residual_after_any_alignment(tune, write, tmp_path) -> None:
    moved = -advanced(tune[::-1], 0.3) * 0.8
    moved[:, 2 * RATE_HZ] += 0.1
    found = diff(write("a.wav", tune), write("b.wav", moved)).worst
    assert found.alignment is not None
    assert found.alignment.swapped
    assert found.alignment.polarity == -1
    assert found.alignment.offset_frames == pytest.approx(-256.3, abs=0.01)
    path = tmp_path / "diff.html"
    write_page(path, Diff("a", "b", (found,)))
    null = _held(path)["n"]
    assert len(null) == found.aligned.frames
    assert 20 * np.log10(np.abs(null).max()) == pytest.approx(found.aligned.peak_dbfs, abs=0.01)
    assert null.std() == pytest.approx(found.aligned.rms, rel=0.01)


def test_a_louder_b_is_held_to_a_where_alignment_finds_no_gain(tune, write, tmp_path) -> None:
    bright = tune.copy()
    bright[:, 1:] += 0.6 * (tune[:, 1:] - tune[:, :-1])
    path = tmp_path / "diff.html"
    write_page(path, diff(write("a.wav", tune), write("b.wav", bright)))
    held = _held(path)
    lufs = {each: pyloudnorm.Meter(RATE_HZ).integrated_loudness(held[each]) for each in "ab"}
    assert lufs["a"] == pytest.approx(lufs["b"], abs=0.1)
    assert max(np.abs(each).max() for each in held.values()) <= 1.0
    said = re.search(r"B plays (\S+) dB softer", _text(path))
    assert said is not None
    own = {
        each: pyloudnorm.Meter(RATE_HZ).integrated_loudness(samples.T)
        for each, samples in (("a", tune), ("b", bright))
    }
    assert float(said[1]) == pytest.approx(own["b"] - own["a"], abs=0.02)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_keys_mouse_and_loop_in_both_colour_schemes(page, browse, scheme: str) -> None:
    keys = ["b", "3", "n", "a", "2"]
    seen = browse(page, "tour", given=keys, size=(1280, 900), scheme=scheme)
    assert "error" not in seen
    assert (seen["ready"], seen["seconds"], seen["done"]) == ("3", "5.00", "yes")
    assert int(seen["wide"]) <= 0
    assert (seen["order"], seen["pressed"]) == ("0 1 1 n 0 1", "pick1")
    length = _embedded_seconds(page)
    assert seen["dragged"] == f"{length / 4:.3f} {length * 3 / 4:.3f}"
    assert seen["left"] == f"{length / 2:.3f} {length * 3 / 4:.3f}"
    assert seen["right"] == f"0.000 {length / 2:.3f}"
    assert seen["all"] == f"0.000 {length:.3f}"
    assert (seen["started"], seen["stopped"]) == ("yes Stop", "no Play")
    assert seen["shown"] == "wide"
    paper, ink = (
        sum(map(int, re.findall(r"\d+", seen[name])[:3])) / 765 for name in ("paper", "ink")
    )
    assert abs(paper - ink) > 0.4
    assert (paper > 0.5) == (scheme == "light")


def _embedded_seconds(page: Path) -> float:
    return len(_held(page)["a"]) / RATE_HZ


def test_a_phone_scrolls_in_one_direction_alone(page, browse) -> None:
    seen = browse(page, "tour", given=["b"], phone=True)
    assert "error" not in seen
    assert (seen["done"], seen["shown"]) == ("yes", "narrow")
    assert int(seen["wide"]) <= 0


def test_switching_leaves_no_gap_and_no_step(page, played) -> None:
    heard = _levels(played(page, 2, [(0.5, "b"), (0.8, "a"), (1.1, "b"), (1.102, "a"), (1.5, "n")]))
    expected = _levels(_held(page)["a"].T)[: len(heard)]
    switching = slice(2, 295)  # after the fade in, before the null
    loud = expected[switching] > 1e-3
    ratio_db = 20 * np.log10(heard[switching][loud] / expected[switching][loud])
    assert loud.sum() > 100
    assert np.abs(ratio_db).max() < 0.1
    assert heard[299:].max() < 1e-5


def _levels(samples: np.ndarray) -> np.ndarray:
    """RMS of the left side in windows of 5 ms."""
    whole = samples[0, : samples.shape[1] // 240 * 240]
    return np.sqrt((whole.reshape(-1, 240) ** 2).mean(1))


def test_the_loudspeaker_gets_both_within_a_tenth_of_a_lu(page, played) -> None:
    length_s = _embedded_seconds(page)
    heard = played(page, 10, [(0.02 + length_s, "b")])
    cut = round(length_s * RATE_HZ)
    one, other = (
        pyloudnorm.Meter(RATE_HZ).integrated_loudness(part.T)
        for part in (heard[:, :cut], heard[:, cut : 2 * cut])
    )
    assert one == pytest.approx(other, abs=0.1)


def test_abx_counts_and_its_p_is_the_binomial_one(page, blind_tests) -> None:
    assert blind_tests(page, [None]) == [
        {
            "lanes": "01",
            "badges": "",
            "early": "0/0",
            "mode": "x pick0 pick1",
            "null": "x",
            "said": "Right. 13 of 17 right, p = 0.0245",
            "anew": "0/0 0 false",
        }
    ]


def test_the_null_is_raised_as_far_as_it_does_not_clip(page, browse) -> None:
    seen = browse(page, "offline", given={"seconds": 1, "keys": []})
    room_db = -20 * np.log10(np.abs(_held(page)["n"]).max())
    assert seen["raise"] == str(20 * int(room_db // 20))
    assert seen["null"] == ""


def test_exact_and_incomparable_pairs_have_a_page_without_a_player(
    tune, write, browse, tmp_path
) -> None:
    a, mono = write("a.wav", tune), write("mono.wav", tune[:1])
    path = tmp_path / "diff.html"
    for b, heading in ((a, "A and B are equal"), (mono, "incomparable: NOT within")):
        write_page(path, diff(a, b))
        assert heading in _text(path)
        assert browse(path) == {"ready": "0"}


def test_folders_list_all_pairs_and_show_the_worst(tune, write, browse, tmp_path) -> None:
    for name, other in (("one", tune), ("two & <b>", 0.5 * tune)):
        write(f"a/{name}.wav", tune, dither=False)
        write(f"b/{name}.wav", other, dither=False)
    write("a/alone.wav", tune)
    path = tmp_path / "diff.html"
    write_page(path, diff(tmp_path / "a", tmp_path / "b"))
    rows = re.findall(r'<th scope="row">([^<]*)</th><td>(\w+)</td>', _text(path))
    assert sorted(rows[:3]) == [
        ("alone", "incomparable"),
        ("one", "exact"),
        ("two &amp; &lt;b&gt; (shown below)", "changed"),
    ]
    assert browse(path, "tour", given=[])["ready"] == "3"


def test_both_sides_are_named_by_what_tells_them_apart() -> None:
    assert sides("/x/v1/main.wav", "/x/v2/main.wav") == ("v1/main.wav", "v2/main.wav")
    assert sides("/secret/a.wav", "/secret/b.wav") == ("a.wav", "b.wav")
    assert sides("/x/a/main.wav", "/y/a/main.wav") == ("x/a/main.wav", "y/a/main.wav")
    assert sides("/x", "/x") == ("x", "x")


def test_it_judges_only_where_limits_were_asked_for(tune, write) -> None:
    a, b = write("a.wav", tune), write("b.wav", 0.5 * tune)
    words = ("limits", "allowed", "fail")
    for limits, asked in ((Limits(), False), (Limits(rms_dbfs=-100.0), True)):
        text = page_of(diff(a, b, limits), asked=asked, short=True)
        shown = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
        assert any(word in shown for word in words) == asked


def test_every_version_can_be_heard_in_whole_and_in_part(tune, write, tmp_path) -> None:
    for name, level in (("main", 0.5), ("instrumental", 0.9), ("same", 1.0)):
        write(f"a/{name}.wav", tune, dither=False)
        write(f"b/{name}.wav", level * tune, dither=False)
    path = tmp_path / "diff.html"
    write_page(path, diff(tmp_path / "a", tmp_path / "b"))
    tabs = re.findall(r'class="tab"[^>]*>([^<]*)', _text(path))
    assert sorted(tabs) == [
        "instrumental, excerpt, lossless", "instrumental, whole song",
        "main, excerpt, lossless", "main, whole song", "same, whole song",
    ]  # fmt: skip
    wholes = [each for each in _decks(path) if "mp3" in each["signals"][0]]
    assert {each["signals"][0]["frames"] for each in wholes} == {5 * 32000}
    write_page(path, diff(tmp_path / "a", tmp_path / "b"), short=True)
    assert len(_decks(path)) == 2


def test_mono_and_quiet_and_unrelated_pairs(tune, write, browse, tmp_path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (1, RATE_HZ))
    silence = np.zeros((1, RATE_HZ))
    path = tmp_path / "diff.html"
    for n, (a, b) in enumerate([(tune[:1, :RATE_HZ], noise), (silence, noise), (noise, noise / 2)]):
        write_page(path, diff(write(f"a{n}.wav", a), write(f"b{n}.wav", b)))
        seen = browse(path, "tour", given=[])
        assert (seen["ready"], "error" in seen) == ("3", False)


def test_memory_does_not_grow_with_the_files(tune, write) -> None:
    rates = {"rate_hz": 8000}
    short = tune[:, ::6]
    found = diff(write("a.wav", short, **rates), write("b.wav", short / 2, **rates)).worst
    peaks = []
    for name, repeats in (("two minutes", 24), ("eight minutes", 96)):
        tiled = np.tile(short, repeats)
        one, other = (write(f"{name} {side}.wav", tiled / side, **rates) for side in (1, 2))
        tracemalloc.start()
        heard = signals(replace(found, a=str(one), b=str(other)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert heard is not None
        assert heard.seconds == 5 * repeats
    assert peaks[1] < 1.1 * peaks[0]


def test_neither_an_input_nor_a_missing_folder_is_written(tune, write, tmp_path) -> None:
    a, b = write("a.wav", tune), write("b.wav", tune * 0.5)
    before = a.read_bytes()
    found = diff(a, b)
    with pytest.raises(InputError) as refused:
        write_page(a, found)
    assert refused.value.problems[0].kind == "page_over_input"
    assert a.read_bytes() == before
    with pytest.raises(InputError) as failed:
        write_page(tmp_path / "no" / "diff.html", found)
    assert failed.value.problems[0].kind == "missing_folder"
    assert list(tmp_path.glob(".*")) == []
