"""The page: one file, the same bytes for the same render, every figure that of the record."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile

from bridge.metering import Meter
from bridge.pages.report import rewrite_report
from bridge.pages.report.tables import without_folders
from bridge.storing import Store
from stemwright.problems import InputError


def _entries(store: Store, word: str) -> set[str]:
    """Keys of the store's entries whose meta holds `word`."""
    metas = store.root.glob("v1/*/*/meta.json")
    return {path.parent.name for path in metas if word in json.loads(path.read_bytes())}


def test_equal_renders_in_different_folders_and_stores_give_equal_pages(song) -> None:
    first = song.make()
    second = song.make(out="another/place", store="another store", jobs=2)
    assert first.page == second.page
    assert str(song.folder) not in first.page


def test_the_page_of_a_finished_folder_is_written_again_to_the_byte(song) -> None:
    made = song.make()
    before = made.page
    (made.folder / "report.html").unlink()
    assert rewrite_report(made.folder, made.store) == made.folder / "report.html"
    assert made.page == before


def test_with_an_empty_store_the_page_keeps_what_the_folder_still_tells(song, tmp_path) -> None:
    made = song.make()
    rewrite_report(made.folder, Store(tmp_path / "empty"))
    assert "no longer in the store; render again" in made.page
    assert [one["name"] for one in made.excerpts] == ["main", "instrumental"]


def test_a_record_that_names_only_its_files_still_has_a_page(song) -> None:
    made = song.make()
    del made.record["heard"]
    (made.folder / "render.json").write_text(json.dumps(made.record))
    rewrite_report(made.folder, made.store)
    assert [one["name"] for one in made.excerpts] == ["main", "instrumental"]


def test_a_folder_that_is_no_render_is_refused_and_stays_as_it_was(tmp_path) -> None:
    (tmp_path / "render.json").write_text("{}")
    with pytest.raises(InputError) as refused:
        rewrite_report(tmp_path, Store(tmp_path / "store"))
    assert refused.value.problems[0].kind == "not_a_render"
    assert not (tmp_path / "report.html").exists()


def test_an_unchanged_render_adds_nothing_and_a_fader_only_what_it_moved(song) -> None:
    made = song.make()
    known = {word: _entries(made.store, word) for word in ("analysis", "excerpt", "svgs")}
    song.make(out="again")
    assert known == {word: _entries(made.store, word) for word in known}
    song.make(song.text.replace("gain_db = 0.5", "gain_db = 1.5"), out="louder")
    assert len(_entries(made.store, "analysis") - known["analysis"]) == 2  # both versions' files


def test_nothing_in_the_page_is_fetched(finished) -> None:
    page = re.sub(r'<script type="application/json".*?</script>', "", finished.page)
    assert re.findall(r"(?:https?:|\bsrc=|<link|@import|url\((?!#))", page) == []
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))


def _row(page: str, name: str) -> list[str]:
    """The cells of the measures table's row `name`, as numbers would be read."""
    table = page.split("What went in, what came out")[1].split("</table>")[0]
    row = next(one for one in table.split("<tr")[1:] if f">{name}<small>" in one)
    cells = re.findall(r"<td>(.*?)</td>", row)
    return [cell.replace("\N{MINUS SIGN}", "-").replace("+", "") for cell in cells]


def test_the_table_says_what_the_meter_reads(finished) -> None:
    measures = finished.record["outputs"][0]["measures"]
    main = _row(finished.page, "main")
    assert main[0] == f"{measures['integrated_lufs']:.1f}"
    assert main[4] == f"{measures['true_peak_dbtp']:.2f}"
    samples, rate_hz = soundfile.read(finished.sources / "rough.wav")
    meter = Meter(rate_hz, 2)
    meter.add(samples.T)
    rough, heard = _row(finished.page, "rough"), meter.result()
    assert rough[:3] == [
        f"{heard.integrated_lufs:.1f}",
        f"{heard.loudness_range_lu:.1f}",
        f"{heard.short_term_max_lufs:.1f}",
    ]
    assert rough[-1] == f"{measures['integrated_lufs'] - heard.integrated_lufs:.1f}"


def test_the_plain_sum_is_the_stems_at_unity(finished) -> None:
    stems = [soundfile.read(path)[0].T for path in sorted((finished.sources / "stems").iterdir())]
    meter = Meter(48000, 2)
    meter.add(np.ascontiguousarray(sum(stems)))
    assert (
        _row(finished.page, "plain sum of the stems")[0] == f"{meter.result().integrated_lufs:.1f}"
    )


def _decoded(excerpt: dict) -> tuple[np.ndarray, int]:
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(excerpt["flac"])))
    return samples.T, rate_hz


def test_excerpts_are_the_files_own_samples_at_the_same_place(finished) -> None:
    excerpts = {one["name"]: one for one in finished.excerpts}
    assert list(excerpts) == [
        "rough",
        "other song",
        "plain sum of the stems",
        "main",
        "instrumental",
    ]
    heard, rate_hz = _decoded(excerpts["main"])
    start = round(excerpts["main"]["start"] * rate_hz)
    whole = soundfile.read(finished.folder / "main.wav")[0].T
    # TPDF dither and rounding are under 1.5 steps of 2**-15.
    assert np.abs(heard - whole[:, start : start + heard.shape[1]]).max() <= 1.5 * 2**-15
    assert heard.shape[1] == 5 * rate_hz
    assert excerpts["rough"]["start"] == excerpts["main"]["start"] == 1
    mono, rate_hz = _decoded(excerpts["other song"])
    assert (rate_hz, mono.shape) == (48000, (2, 5 * 48000))
    assert np.abs(mono[0] - mono[1]).max() <= 3 * 2**-15
    assert "reference, " in finished.page
    assert "dB, from 44.1 kHz" in finished.page


def test_excerpts_play_as_loud_as_the_masters_and_none_over_full_scale(finished) -> None:
    played = {}
    for one in finished.excerpts:
        samples, rate_hz = _decoded(one)
        samples = samples * 10 ** (one["gain_db"] / 20)
        played[one["name"]] = pyloudnorm.Meter(rate_hz).integrated_loudness(samples.T)
        assert np.abs(samples).max() <= 1.0001
    assert list(played.values()) == pytest.approx([played["main"]] * 5, abs=0.1)


def test_a_button_says_by_how_much_its_signal_is_moved(finished) -> None:
    gains = {one["name"]: one["gain_db"] for one in finished.excerpts}
    page = finished.page.replace("\N{MINUS SIGN}", "-")
    notes = re.findall(r'class="name">([^<]*?) ?(?:<b[^>]*>\w?</b>)?</span><small>([^<]*)', page)
    said = {name: note.split(", ")[1] for name, note in notes if note}
    assert said["main"] == "as it is"
    for name in ("rough", "other song", "instrumental"):
        assert said[name] == f"{gains[name] - gains['main']:+.1f}\N{NO-BREAK SPACE}dB"


def test_a_sum_over_full_scale_is_lowered_before_it_is_stored(studio, noise) -> None:
    for seed in range(4):
        studio.write(f"part {seed}", noise(4.0, 1, 0.9))
    made = studio.make('[[group]]\nid = "a"\nstems = ["*"]\n[target]\nintegrated_lufs = -20.0\n')
    heard, _ = _decoded(made.excerpts[0])
    assert made.excerpts[0]["name"] == "plain sum of the stems"
    assert 0.85 < np.abs(heard).max() < 1.0  # 3.6, lowered by 12 dB
    samples = [_decoded(one)[0] * 10 ** (one["gain_db"] / 20) for one in made.excerpts]
    lufs = [pyloudnorm.Meter(48000).integrated_loudness(each.T) for each in samples]
    assert lufs[0] == pytest.approx(lufs[1], abs=0.05)


def test_names_from_outside_cannot_become_markup(studio, noise) -> None:
    studio.write("<b>&kick", noise(4.0))
    text = 'name = "</title><script>alert(1)</script>"\n[[group]]\nid = "a"\nstems = ["*"]\n'
    studio.references.append(("mix", "</script><i>rough", studio.folder / "stems/<b>&kick.wav"))
    page = studio.make(text).page
    assert "alert(1)</script>" not in page
    assert "<b>&kick" not in page
    assert "</script><i>" not in page
    assert "&lt;b&gt;&amp;kick" in page


@pytest.mark.parametrize(("seconds", "peak"), [(2.0, 0.25), (6.0, 0.0)])
def test_short_and_silent_songs_have_their_page(studio, seconds: float, peak: float) -> None:
    frames = round(seconds * 48000)
    studio.write("pad", peak * np.sin(np.arange(2 * frames).reshape(2, frames)))
    page = studio.make('[[group]]\nid = "a"\nstems = ["*"]\n').page
    assert "Too short, or too quiet, for a short-term curve" in page
    assert "NaN" not in page
    assert "Infinity" not in page


def test_a_reference_that_cannot_be_read_is_told_in_its_row(song) -> None:
    broken = song.folder / "broken.wav"
    broken.write_bytes(b"not audio at all")
    song.references += [("reference", "broken", broken), ("mix", "gone", Path("nowhere.wav"))]
    page = song.make().page
    assert "broken.wav: is no audio file" in page
    assert "No such file or directory" in page


def test_the_path_names_every_insert_with_its_settings_and_levels(finished) -> None:
    path = finished.page.split("<h2>Signal path")[1]
    for words in (
        "<b>down</b> gain -3 dB",
        "<b>squeeze</b> compressor -30 dB 4:1, 30/150 ms",
        "<b>hosted</b> plugin Fake Shape",
        '<li class="stage bypassed"><div class="insert"><b>off</b> gain +1 dB, bypassed',
        "<b>fader</b><span>+0.5 dB</span>",
        "<b>inserts</b><span>none: passes unchanged</span>",
        "<b>ceiling</b><span>\N{MINUS SIGN}1.0 dBTP</span>",
    ):
        assert words in path
    step = next(row for row in finished.record["steps"] if row["id"] == "drums/squeeze")
    level = f"{step['level_in']['peak_dbfs']:.1f} peak".replace("-", "\N{MINUS SIGN}")
    assert f"<dt>in</dt><dd>{level}" in path
    squeezed = f"takes up to {-step['lowest_gain_db'][1]:.1f} dB"
    assert step["lowest_gain_db"][1] < -1.0
    assert f"30/150 ms<em>{squeezed}</em>" in path


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("X lies in /usr/lib/vst3/X.vst3 too", "X lies in X.vst3 too"),
        (r"C:\Users\me\X.vst3 is used", "X.vst3 is used"),
        ("drums/punch: 3 dB", "drums/punch: 3 dB"),
        ("24 dB/oct and 1/2", "24 dB/oct and 1/2"),
    ],
)
def test_folders_of_this_machine_leave_the_page(told: str, shown: str) -> None:
    assert without_folders(told) == shown


def test_a_page_out_of_the_store_needs_no_scipy(finished) -> None:
    code = (
        "import sys; from pathlib import Path; from bridge.pages.report import rewrite_report; "
        "from bridge.storing import Store; "
        "rewrite_report(Path(sys.argv[1]), Store(Path(sys.argv[2]))); "
        "print({'scipy', 'matplotlib', 'bridge.comparing'} & {*sys.modules})"
    )
    command = [sys.executable, "-c", code, str(finished.folder), str(finished.store.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("set()\n", "")
