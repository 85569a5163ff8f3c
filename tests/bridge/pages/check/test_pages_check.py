"""The page of a stem check: every finding is on it, and what is heard is its place."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.audio import resampled
from bridge.checking import CODES, OtherMusic, SongAudio, StemFindings, code_of, plain_sum
from bridge.comparing import tone_distance, tone_of
from bridge.delivering import gains_of
from bridge.metering import Meter
from bridge.pages.check import beside_sum
from bridge.pages.check.page import check_page
from bridge.storing import Store
from tests.bridge.pages.check.conftest import RATE_HZ, Song, finding, fit_of, noise

_DIGITS = {"dB": 1, "dBFS": 1, "ms": 1, "s": 2, "Hz": 0, "ppm": 1}
_COUNTS = {"files", "samples", "bits", "bits that move", "shift", "polarity"}


def _sounds(page: str) -> dict[str, dict[str, Any]]:
    return {
        name: json.loads(text)
        for name, text in re.findall(r'id="(sound-\d+)">(.*?)</script>', page)
    }


def _card(page: str, finding_id: str) -> str:
    (card,) = re.findall(f'<article class="finding [a-z]+" id="{finding_id}".*?</article>', page)
    return card


def _heard(page: str, finding_id: str) -> tuple[dict[str, Any], list[np.ndarray]]:
    """The sound of a card, and its signals at the level they have."""
    (name,) = re.findall(r'data-sound="([^"]+)"', _card(page, finding_id))
    held = _sounds(page)[name]
    signals = [
        soundfile.read(io.BytesIO(base64.b64decode(each["flac"])), always_2d=True)[0].T
        * 10.0 ** (each["gain_db"] / 20.0)
        for each in held["signals"]
    ]
    return held, signals


def test_every_finding_is_told_with_its_value_its_words_and_its_unit(song: Song) -> None:
    for name in ("kick", "bass"):
        song.write(name, noise(3.0))
    mix = song.write("rough", noise(3.0))
    del song.stems["rough"], song.told["rough"]
    song.mix = mix
    of_mix = []
    for number, code in enumerate(CODES):
        value = 1.25 + number
        if code.scope == "stem":
            song.told["kick"].append(
                finding(
                    code.name, ("kick",), 0.1 * number, 0.1 * number + 0.01, value, number=number
                )
            )
        elif code.scope == "between":
            song.between.append(
                finding(code.name, ("kick", "bass"), 0.0, 3.0, value, number=number)
            )
        else:
            stems = () if code.name in {"missing", "other_version"} else ("bass",)
            of_mix.append(finding(code.name, stems, 0.0, 3.0, value, number=number))
    song.fit = fit_of(song, of_mix)
    page = song.page()
    for each in song.report.findings():
        card = unescape(_card(page, each.id))
        unit = code_of(each.code).unit
        digits = 4 if each.code == "dc_offset" else _DIGITS.get(unit, 2)
        if code_of(each.code).value in _COUNTS:
            digits = 0
        assert f"<b>{each.value:.{digits}f}{' ' * bool(unit)}{unit}</b>" in card
        assert f"<p>It is {each.code} number" in card
        assert code_of(each.code).says in card
        assert f'href="#{each.id}"' in page
    assert "<b>12.5<i>dB</i></b>" in page
    assert page.count("\N{MINUS SIGN}6.00 dB") == 2
    assert ["rough mix" in _card(page, each.id) for each in of_mix] == [True] * len(of_mix)


def test_what_is_heard_is_the_place_that_is_told(song: Song) -> None:
    samples = noise(6.0)
    song.write("late", samples, position=RATE_HZ)
    told = song.tell("clicks", "late", 4.0, 4.001, 20.0)
    held, (heard,) = _heard(song.page(), told)
    start = round(held["start"] * RATE_HZ)
    assert held["start"] < 3.2
    assert held["start"] + held["frames"] / held["rate"] > 4.8
    expected = samples[:, start - RATE_HZ :][:, : heard.shape[1]]
    assert heard.shape[1] == held["frames"]
    assert np.abs(heard - expected).max() < 2.0**-14


@pytest.mark.parametrize("at_s", [0.0, 2.999])
def test_a_place_ends_with_its_stem(song: Song, at_s: float) -> None:
    samples = noise(3.0)
    song.write("kick", samples)
    told = song.tell("clicks", "kick", at_s, at_s + 0.001)
    held, (heard,) = _heard(song.page(), told)
    start = round(held["start"] * RATE_HZ)
    assert start >= 0
    assert start + heard.shape[1] <= samples.shape[1]
    assert np.abs(heard - samples[:, start:][:, : heard.shape[1]]).max() < 2.0**-14


def test_what_is_quiet_is_raised_and_says_so(song: Song) -> None:
    samples = 0.001 * noise(3.0)
    song.write("kick", samples)
    told = song.tell("noise_floor", "kick", 0.0, 3.0)
    page = song.page()
    _, (heard,) = _heard(page, told)
    assert 0.15 < np.abs(heard).max() < 0.3
    assert re.search(r"\d\d dB louder than it is", _card(page, told))


def test_the_mix_is_heard_beside_the_stems_that_explain_it(song: Song) -> None:
    parts = [noise(3.0, seed=seed) for seed in (1, 2)]
    for name, part in zip(("kick", "bass"), parts, strict=True):
        song.write(name, part)
    song.mix = song.write("rough", 0.5 * sum(parts))
    del song.stems["rough"], song.told["rough"]
    song.fit = fit_of(song, [finding("missing", (), 1.0, 2.0, -20.0)])
    page = song.page()
    card = _card(page, "missing-000000")
    peaks = re.findall(r'<small class="[a-z0-9]+">([^<]+), peak (\S+) dBFS', card)
    assert [name for name, _ in peaks] == ["rough mix", "all stems, fitted", "what is left"]
    levels = [float(level.replace("\N{MINUS SIGN}", "-")) for _, level in peaks]
    assert levels[0] == pytest.approx(levels[1], abs=0.05)
    assert levels[2] < levels[0] - 40.0
    (name,) = re.findall(r'data-sound="([^"]+)"', card)
    assert len(_sounds(page)[name]["signals"]) == 3


def test_what_is_missing_is_shown_where_most_of_it_is(song: Song) -> None:
    part = noise(24.0)
    song.write("kick", part)
    times = np.arange(part.shape[1]) / RATE_HZ
    tone = 0.05 * np.sin(2 * np.pi * 1000 * times) * ((times > 15.0) & (times < 20.0))
    song.mix = song.write("rough", 0.5 * part + tone)
    del song.stems["rough"], song.told["rough"]
    song.fit = fit_of(song, [finding("missing", (), 1.0, 23.0, -20.0)])
    page = song.page()
    (name,) = re.findall(r'data-sound="([^"]+)"', _card(page, "missing-000000"))
    held = _sounds(page)[name]
    assert held["start"] > 13.5
    assert held["start"] + held["frames"] / held["rate"] < 21.5


class _Fetched(HTMLParser):
    """Everything a page leads to or would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.places += [str(value) for name, value in attrs if name in {"src", "href"}]


HOSTILE = '"><img src=x onerror=alert(1)></script>\N{RIGHT-TO-LEFT OVERRIDE}&'


def test_names_and_words_are_text_and_nothing_is_fetched(song: Song) -> None:
    song.write(HOSTILE, noise(1.0))
    song.write("bass", noise(1.0))
    song.told[HOSTILE].append(
        finding("clicks", (HOSTILE,), 0.5, 0.5, 9.0, accepted=f"{HOSTILE} is meant")
    )
    song.tell("dropout", HOSTILE, 0.5, 0.51)
    song.between.append(finding("duplicate", (HOSTILE, "bass"), 0.0, 1.0, 1.0, number=7))
    page = song.page(HOSTILE)
    assert "<img src=x" not in page
    assert page.count("</script>") == page.count("<script")
    fetched = _Fetched()
    fetched.feed(page)
    assert {re.match("data:|#[a-z]+|", each)[0] for each in fetched.places} == {
        "data:", "#dropout", "#duplicate", "#stem",
    }  # fmt: skip
    assert "default-src 'none'" in page


def test_the_same_report_gives_the_same_page_without_a_path(song: Song) -> None:
    song.write("kick", noise(2.0))
    song.tell("clicks", "kick", 1.0, 1.001)
    song.tell("hum", "kick", 0.0, 2.0)
    first = song.page()
    assert first == song.page()
    assert str(song.folder) not in first
    assert "0.wav" not in first


def test_of_a_storm_the_worst_are_shown_and_the_others_listed(song: Song) -> None:
    song.write("kick", noise(2.0))
    told = [song.tell("clicks", "kick", 0.004 * n, 0.004 * n, float(n)) for n in range(400)]
    page = song.page()
    cards = re.findall(r'<article class="finding major" id="([^"]+)"', page)
    assert cards == [told[399], told[398], told[397]]
    assert "3 of 400 shown" in page
    listed = [each for each in told if f"<td>{each}</td>" in page]
    assert listed == told[:300]
    assert "97 more are in --json" in page
    assert len(page) < 1_500_000
    marks = re.findall(r'<a href="#([^"]+)" class="mark major"', page)
    assert 1 <= len(marks) < 200
    assert {f'id="{each}"' in page for each in marks} == {True}


def test_what_was_accepted_is_folded_with_why(song: Song) -> None:
    song.write("kick", noise(2.0))
    song.told["kick"].append(finding("hum", ("kick",), 0.0, 2.0, -50.0, accepted="it is the <amp>"))
    page = song.page()
    assert "<summary>1 accepted</summary>" in page
    assert "it is the &lt;amp&gt;" in page
    assert "hum-000000" in page
    assert "<article" not in page
    assert "Nothing else was found in 1 stem." in page


def test_marks_lie_where_their_findings_are(song: Song) -> None:
    song.write("kick", noise(4.0))
    song.tell("clicks", "kick", 1.0, 1.0)
    song.tell("dropout", "kick", 3.0, 3.2)
    page = song.page()
    marks = re.findall(r'class="mark major" style="left:([\d.]+)%;width:([\d.]+)%"', page)
    places = [(float(left), float(width)) for left, width in marks]
    assert places == [pytest.approx((25.0, 0.0)), pytest.approx((75.0, 5.0), abs=0.01)]


ODD = {
    "short": (0.2, 2, 48000),
    "one frame": (1 / 48000, 2, 48000),
    "telephone": (1.0, 1, 8000),
    "high": (1.0, 2, 192000),
    "six channels": (1.0, 6, 48000),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_stems_have_their_pictures_all_the_same(song: Song, name: str) -> None:
    seconds, channels, rate_hz = ODD[name]
    song.write(
        name,
        0.5 + 0.0 * noise(seconds, channels, rate_hz) + noise(seconds, channels, rate_hz),
        rate_hz,
    )
    song.write("silent", np.zeros((1, 48000)))
    for code in CODES:
        if code.scope == "stem":
            song.tell(code.name, name, 0.0, seconds)
            song.tell(code.name, "silent", 0.0, 1.0)
    page = song.page()
    heard = _sounds(page)
    assert heard
    assert {each["rate"] <= 48000 for each in heard.values()} == {True}
    assert all(each["frames"] for each in heard.values())
    assert "nan" not in page.split("<script")[0].lower().replace("finances", "")


def test_a_stem_that_ends_in_the_midst_of_its_file_has_words_instead(
    song: Song,
) -> None:
    audio = song.write("cut", noise(3.0))
    song.tell("clicks", "cut", 2.5, 2.5)
    song.told["gone"] = [finding("undecodable", ("gone",), 0.0, 0.0, 1.0)]
    path = audio.paths[0]
    path.write_bytes(path.read_bytes()[:100_000])
    page = song.page()
    assert "No picture" in _card(page, "clicks-000000")
    assert "cannot be read" in _card(page, "undecodable-000000")


def test_a_page_of_many_findings_keeps_to_its_size(song: Song) -> None:
    codes = ("clicks", "dropout", "clipped", "corrupt_samples", "upcut_start", "cut_tail")
    for number in range(10):
        song.write(f"stem {number}", noise(4.0, seed=number))
        for code in codes:
            song.tell(code, f"stem {number}", 1.0 + 0.2 * number, 1.01 + 0.2 * number)
    page = song.page()
    assert len(page) < 8_000_000
    assert page.count("<article") == 60
    assert page.count('class="strips seek"') == 60
    assert len(_sounds(page)) >= 40


def test_the_plain_sum_is_told_beside_the_rough_mix_and_the_references(
    song: Song, tmp_path: Path
) -> None:
    keys, voice = noise(4.0), 0.5 * noise(3.0, channels=1, rate_hz=24000, seed=2)
    song.write("keys", keys)
    song.write("voice", voice, 24000, position=12000)
    late = np.pad(0.5 * keys, ((0, 0), (RATE_HZ // 4, 0)))
    mix, wide = song.write("rough", late), song.write("wide", noise(1.0, channels=4))
    for name in ("rough", "wide"):
        del song.stems[name], song.told[name]
    others = OtherMusic("reference", "wide", wide), OtherMusic("reference", "gone", None, "no file")
    audio = SongAudio(song.stems, mix, others)
    whole = np.concatenate([*plain_sum(audio)], axis=1)
    at_rate = np.concatenate([*resampled([voice], 1, 24000, RATE_HZ)], axis=1)
    expected = np.pad(at_rate, ((0, 0), (RATE_HZ // 2, 0))).repeat(2, axis=0)
    expected = np.pad(expected, ((0, 0), (0, keys.shape[1] - expected.shape[1]))) + keys
    assert np.abs(whole - expected).max() < 1e-6

    beside = beside_sum(audio, Store(tmp_path / "store"))
    assert beside is not None
    told = beside.as_json()
    assert told is not None
    (other,) = told["others"]
    far = tone_distance(tone_of([expected], RATE_HZ), tone_of([keys], RATE_HZ))
    assert far.mid_db is not None
    assert far.mid_db > 0.5
    assert other["tone"]["mid_db"] == pytest.approx(far.mid_db, abs=0.011)
    assert (other["kind"], other["offset_s"]) == ("mix", 0.25)
    measures = [Meter(RATE_HZ, 2), Meter(RATE_HZ, 2)]
    for meter, samples in zip(measures, (expected, late), strict=True):
        meter.add(samples)
    wanted = [gains_of(each.result().integrated_lufs, -6.0)[1].gain_db for each in measures]
    gains = [each["services"][1]["gain_db"] for each in told["playback"]]
    assert gains == [pytest.approx(each, abs=0.02) for each in wanted]

    song.mix = mix
    page = unescape(song.page(beside=beside))
    shown = page.split("<h2>Beside the rough mix and the reference")[1]
    assert f"<td>{far.mid_db:.2f}</td>" in shown
    assert "aligned, +0.250 s" in shown
    assert "What the plain sum has more of" in shown
    assert shown.count("All as loud as the plain sum.") == 2
    assert "wide: it has 4 channels" in shown
    assert "gone: no file" in shown
    assert beside_sum(SongAudio(song.stems), Store(tmp_path / "store")) is None


def test_the_mix_is_no_stem_and_has_one_row(song: Song) -> None:
    song.write("kick", noise(1.0))
    song.mix = song.write("rough", noise(1.0))
    del song.stems["rough"], song.told["rough"]
    own = finding("corrupt_samples", ("rough",), 0.0, 0.5, 3.0)
    song.fit = fit_of(song, ())
    told = replace(
        song.report, stems=(*song.report.stems, StemFindings("rough", (own,), is_mix=True))
    )
    page = check_page(told, SongAudio(song.stems, song.mix), "Night Drive")
    assert page.count('class="row-head"') == 2
    assert '<a href="#mix">rough mix</a><small>1 major</small>' in page
    assert "1 major in 1 stem" in page
    assert "samples <b>3</b>" in page
