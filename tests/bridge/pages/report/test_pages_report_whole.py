"""Whole songs, gain reduction and rows that play: what the page holds is what was rendered."""

from __future__ import annotations

import base64
import io
import json
import re

import numpy as np
import pytest
import soundfile
import soxr
import typer

from bridge.cli.commands.render import render as render_command
from bridge.finished import Record
from bridge.pages.excerpts import PREVIEW_HZ
from bridge.pages.report import Heard, rewrite_report
from bridge.pages.report.excerpts import Place, excerpt
from bridge.pages.report.song import Song, day, song_of
from bridge.storing import Store
from stemwright.problems import InputError

RATE_HZ = 48000


def _decoded(signal: dict) -> np.ndarray:
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(signal["mp3"])))
    assert rate_hz == PREVIEW_HZ
    return samples.T


def _rms_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.square(samples).mean()))


def test_every_whole_song_is_as_long_and_as_loud_as_the_master(finished) -> None:
    whole, excerpts = finished.decks
    frames = finished.record["outputs"][0]["measures"]["frames"]
    assert whole["rate"] == PREVIEW_HZ
    assert (whole["nulled"], whole["blinded"]) == (False, False)
    assert (excerpts["nulled"], excerpts["blinded"]) == (True, True)
    levels = {}
    for signal in whole["signals"]:
        heard = _decoded(signal)
        assert heard.shape[1] == signal["frames"] == round(frames * PREVIEW_HZ / 48000)
        levels[signal["name"]] = _rms_db(heard) + signal["gain_db"]
    # Noise at one loudness has one level, but for what its own spectrum makes of it.
    assert levels["rough"] == pytest.approx(levels["main"], abs=1.0)
    main = soundfile.read(finished.folder / "main.wav")[0].T
    heard = _decoded(next(each for each in whole["signals"] if each["name"] == "main"))
    # White noise loses what is above 15 kHz: 10 * log10(15 / 24) = -2 dB.
    assert _rms_db(heard) == pytest.approx(_rms_db(main) - 2.0, abs=0.7)


@pytest.mark.parametrize("start_s", [0, 2, 5, 9])
def test_a_place_kept_on_the_way_is_the_one_that_would_be_read(studio, noise, start_s: int) -> None:
    samples, reads = noise(6.0), []

    def blocks():
        reads.append(1)
        yield from np.array_split(samples, 37, axis=1)

    heard = Heard("mix", "rough", "a digest", RATE_HZ, samples.shape[1], blocks)
    place = Place(start_s * RATE_HZ, (start_s + 2) * RATE_HZ)
    passed = list(place.kept_of(blocks))
    assert np.array_equal(np.concatenate(passed, axis=1), samples)
    of_place = excerpt(heard, Store(studio.folder / "one"), start_s, 2, 44100, place)
    assert len(reads) == 1
    assert of_place == excerpt(heard, Store(studio.folder / "other"), start_s, 2, 44100)
    assert len(reads) == 2


def test_a_place_that_was_not_reached_is_read(studio, noise) -> None:
    samples = noise(6.0)
    heard = Heard("mix", "rough", "a digest", RATE_HZ, samples.shape[1], lambda: iter([samples]))
    place = Place(3 * RATE_HZ, 5 * RATE_HZ)
    next(place.kept_of(lambda: iter(np.array_split(samples, 2, axis=1))))
    assert place.samples is None
    made = excerpt(heard, Store(studio.folder / "one"), 3, 2, RATE_HZ, place)
    assert made is not None
    assert made.frames == 2 * RATE_HZ


def test_the_short_form_holds_excerpts_alone(song) -> None:
    made = song.make()
    long = len(made.page)
    rewrite_report(made.folder, made.store, short=True)
    assert [each["rate"] for each in made.decks] == [48000]
    assert "mp3" not in made.decks[0]["signals"][0]
    assert len(made.page) < long
    rewrite_report(made.folder, made.store)
    assert len(made.page) == long


def test_every_axis_has_its_unit(finished) -> None:
    assert finished.page.count('<svg class="chart') == finished.page.count('class="unit end"') > 6
    units = set(re.findall(r'<text class="unit[^>]*>([^<]*)', finished.page))
    assert units >= {"LUFS", "minutes:seconds", "Hz", "dB of gain", "dBFS a sixth of an octave"}


def test_gain_over_time_is_as_deep_as_the_record_says_and_as_long_as_the_master(finished) -> None:
    rows = {row["id"]: row for row in finished.record["steps"]}
    for row, at in (("drums/squeeze", 1), ("master/glue", 0), ("finish/main", 0)):
        curve = finished.store.get(rows[row]["key"]).meta["gain_curves_db"][at]
        assert min(curve) == pytest.approx(rows[row]["lowest_gain_db"][at], abs=0.01)
    strips = re.findall(r'aria-label="([^"]*): gain over time"', finished.page)
    assert "drums/squeeze" in strips
    seen = finished.page.split("<h2>Gain reduction over time")[1].split("<h2>")[0]
    assert "master/glue" in seen
    assert re.findall(r"0:00 to (\d:\d\d)", finished.page)[0] == "0:06"


def test_a_row_plays_what_went_in_and_what_came_out_of_its_insert(finished) -> None:
    held = re.search(r'id="rows">(.*?)</script>', finished.page)
    assert held is not None
    signals = json.loads(held[1])["signals"]
    rows = dict(
        re.findall(r'data-pair="(\d+ \d+)" data-gain="[^"]*" [^>]*aria-label="([^"]*), after"',
                   finished.page)
    )  # fmt: skip
    pair = {name: [int(each) for each in pair.split()] for pair, name in rows.items()}
    assert list(pair) == ["drums/down", "drums/squeeze", "drums/hosted", "master/glue"]
    assert pair["drums/squeeze"][0] == pair["drums/down"][1]  # each signal is held once
    start = next(each for each in finished.excerpts if each["name"] == "main")["start"]
    kick = soundfile.read(finished.sources / "stems/kick.wav")[0].T
    there = kick[:, int(start * 48000) :][:, : 5 * 48000]
    before, after = (_decoded(signals[n]) for n in pair["drums/down"])
    assert _rms_db(before) == pytest.approx(_rms_db(there) - 2.0, abs=0.7)
    assert _rms_db(before) - _rms_db(after) == pytest.approx(3.0, abs=0.1)


def test_a_built_in_between_others_is_heard_as_it_was_rendered(studio, noise) -> None:
    studio.write("kick", noise(8.0, peak=0.9))
    loud = '[[group.insert]]\nid = "c"\nuse = "compressor"\nthreshold_db = -30.0\nratio = 8.0\n'
    text = '[[group]]\nid = "a"\nstems = ["*"]\n' + loud
    alone = studio.make(text, out="alone")
    both = studio.make(text + '[[group.insert]]\nid = "g"\nuse = "gain"\ngain_db = 6.0\n')
    heard = []
    for made in (alone, both):
        held = re.search(r'id="rows">(.*?)</script>', made.page)
        assert held is not None
        heard.append(_decoded(json.loads(held[1])["signals"][1]))
    assert np.abs(heard[0] - heard[1]).max() < 0.01 * np.abs(heard[0]).max()


def test_title_revision_day_and_bits_head_the_page_and_stay_with_the_render(
    command_line, tmp_path, noise
) -> None:
    stems, chain = tmp_path / "My song", tmp_path / "chain.toml"
    stems.mkdir()
    soundfile.write(stems / "kick.wav", noise(2.0).T, 48000, "PCM_24")
    chain.write_text('schema = 1\nname = "Warm"\n[[group]]\nid = "a"\nstems = ["*"]\n')
    app = typer.Typer(add_completion=False)
    app.command()(render_command)
    run = command_line(app)
    out = tmp_path / "out"
    told = run(stems, chain, "-o", out, "--revision", "3", "--date", "2026-02-01", "--excerpt")
    page = (out / "report.html").read_text("utf-8")
    assert f"report.html  {len(page.encode()) / 1e6:.1f} MB" in told.out
    assert "<h1>My song</h1>" in page
    assert "revision 3 · 2026-02-01 · chain Warm · 0:02 · 48 kHz · 24 bit" in page
    assert 'id="dated"' not in page
    record = json.loads((out / "render.json").read_bytes())
    assert record["heading"] == {
        "title": "My song", "revision": "3", "date": "2026-02-01", "subtype": "pcm24",
    }  # fmt: skip
    run(stems, chain, "-o", out, "--title", "Other", "--subtype", "float32")
    page = (out / "report.html").read_text("utf-8")
    assert "<h1>Other</h1>" in page
    assert "32 bit float" in page
    assert run(stems, chain, "-o", out, "--date", "yesterday").code == 2


def test_a_record_without_a_song_has_none_and_nonsense_is_no_record(finished) -> None:
    told = json.loads((finished.folder / "render.json").read_text())
    del told["heading"]
    for without in (told, {**told, "heading": None}, {**told, "heading": {}}):
        assert song_of(Record.model_validate(without)) == Song()
    for nonsense in (3, {"title": 4}):
        with pytest.raises(ValueError, match="heading"):
            Record.model_validate({**told, "heading": nonsense})
    with pytest.raises(InputError):
        day("2026-13-01")


def test_music_beside_the_stems_is_put_in_time_before_it_is_heard(studio, noise) -> None:
    """A late rough mix and an early master at another rate; another song stays as it lies."""
    parts = [noise(4.0, seed, 0.2) for seed in (1, 2)]
    for name, part in zip(("kick", "bass"), parts, strict=True):
        studio.write(name, part)
    song = sum(parts)
    late = np.concatenate([np.zeros((2, 60000)), 0.7 * song], axis=1)
    early = soxr.resample(np.tanh(4.0 * song[:, 24000:]).T, 48000, 44100, "VHQ").T * 0.5
    studio.refer("mix", "late", late)
    studio.refer("master", "early", early, 44100)
    studio.refer("reference", "other", noise(6.0, 9))
    made = studio.make('[[group]]\nid = "all"\nstems = ["*"]\n')
    rows = {row["name"]: row for row in made.record["heard"]}
    assert [rows[name]["offset_s"] for name in ("late", "early", "other")] == [1.25, -0.5, None]
    assert [rows[name]["frames"] for name in ("late", "early")] == [192000, 176400]
    for words in ("1.250 s late, aligned", "0.500 s early, aligned", "as it lies: no alignment"):
        assert words in made.page
    heard = {one.name: one for one in made.heard}
    played = np.concatenate(list(heard["late"].blocks()), axis=1)
    assert np.allclose(played, 0.7 * song, atol=1e-6)
    assert not np.concatenate(list(heard["early"].blocks()), axis=1)[:, :22050].any()
    chart = made.page.split("<h2>Loudness over time")[1].split("<h2>")[0]
    assert all(name in chart for name in ("late", "early", "other"))
