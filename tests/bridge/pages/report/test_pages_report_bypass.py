"""An insert bypassed: what it does is what is heard, at equal loudness, or it is said why not."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer

from bridge.cli.commands.report import report
from bridge.pages.bypass import bypass
from bridge.storing import Store
from stemwright.problems import InputError

DB24 = -20 * np.log10(2**23)


def _read(folder: Path, name: str) -> np.ndarray:
    info = soundfile.info(folder / name)
    assert info.subtype == "PCM_24"
    return soundfile.read(folder / name)[0].T


def _rms_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.square(samples).mean() + 1e-30))


def test_a_gain_differs_by_nothing_once_it_is_matched(finished) -> None:
    found = bypass(finished.folder, "drums/down", finished.store)
    assert found.gain_db == -3.0
    assert found.difference_rms_dbfs is None or found.difference_rms_dbfs < -280.0
    assert found.folder == finished.folder / "bypass-drums-down"
    # Three dithered files: each error has a variance of 1/4 step.
    assert _rms_db(_read(found.folder, "difference.wav")) == pytest.approx(DB24 - 6.02, abs=0.5)


def test_the_three_files_are_input_output_and_their_difference(finished) -> None:
    found = bypass(finished.folder, "drums/squeeze", finished.store)
    kick = soundfile.read(finished.sources / "stems/kick.wav")[0].T
    without, with_it = _read(found.folder, "without.wav"), _read(found.folder, "with.wav")
    scale = 10 ** ((found.gain_db - 3.0) / 20)
    assert np.abs(without - scale * kick).max() < 1e-4 * scale
    step = next(row for row in finished.record["steps"] if row["id"] == "drums/squeeze")
    peak_db = 20 * np.log10(np.abs(with_it).max())
    assert peak_db == pytest.approx(step["level_out"]["peak_dbfs"], abs=0.001)
    difference = _read(found.folder, "difference.wav")
    assert np.abs(difference - (with_it - without)).max() < 5 * 2**-23
    assert _rms_db(difference) == pytest.approx(found.difference_rms_dbfs, abs=0.01)
    assert found.with_lufs == pytest.approx(found.without_lufs + found.gain_db, abs=0.011)


def test_an_inserts_input_is_the_output_of_the_one_before_it(finished) -> None:
    first = bypass(finished.folder, "drums/squeeze", finished.store)
    second = bypass(finished.folder, "drums/hosted", finished.store)
    before, after = _read(second.folder, "without.wav"), _read(first.folder, "with.wav")
    matched = after * 10 ** (second.gain_db / 20)
    # The gain is told to 0.001 dB: 6e-5 of the signal.
    assert np.abs(before - matched).max() < 4 * 2**-23 + 6e-5 * np.abs(matched).max()


@pytest.mark.parametrize("step", ["master/glue", "master/glue@instrumental", "finish/main"])
def test_master_inserts_and_the_finish_can_be_bypassed(finished, step: str) -> None:
    found = bypass(finished.folder, step, finished.store)
    frames = finished.record["outputs"][0]["measures"]["frames"]
    assert _read(found.folder, "with.wav").shape == (2, frames)
    if step == "finish/main":
        whole = soundfile.read(finished.folder / "main.wav")[0].T
        assert np.abs(_read(found.folder, "with.wav") - whole).max() <= 1.5 * 2**-23


@pytest.mark.usefixtures("no_report")
def test_a_return_hears_what_the_groups_send(studio, noise) -> None:
    studio.write("kick", noise(4.0))
    text = (
        '[[group]]\nid = "a"\nstems = ["*"]\ngain_db = -2.0\nsends = { back = -10.0 }\n'
        '[[return]]\nid = "back"\n[[return.insert]]\nuse = "gain"\ngain_db = -6.0\n'
    )
    made = studio.make(text)
    found = bypass(made.folder, "back/gain", made.store)
    kick = soundfile.read(studio.folder / "stems/kick.wav")[0].T
    expected = kick * 10 ** (-12 / 20) * 10 ** (-6 / 20)
    assert np.abs(_read(found.folder, "with.wav") - expected).max() < 1.5 * 2**-23
    assert found.gain_db == -6.0


@pytest.mark.usefixtures("no_report")
def test_stems_in_a_zip_are_heard_as_those_in_a_folder(studio, noise) -> None:
    studio.write("kick", noise(2.0))
    zipped = studio.folder / "song.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(studio.folder / "stems" / "kick.wav", "kick.wav")
    text = '[[group]]\nid = "a"\nstems = ["*"]\n[[group.insert]]\nuse = "gain"\ngain_db = -3.0\n'
    heard = []
    for stems, out in (("stems", "master"), ("song.zip", "zipped")):
        made = studio.make(text, out=out, store=f"store {out}", stems=stems)
        found = bypass(made.folder, "a/gain", made.store)
        heard.append([(found.folder / name).read_bytes() for name in ("with.wav", "without.wav")])
    assert heard[0] == heard[1]
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("kick.wav", b"RIFF")
    with pytest.raises(InputError) as refused:
        bypass(made.folder, "a/gain", made.store)
    (problem,) = refused.value.problems
    said = "the stem ../song.zip/kick.wav cannot be read any more"
    assert (problem.kind, problem.message) == ("bypass_gone", said)


@pytest.mark.usefixtures("no_report")
def test_a_loud_difference_is_padded_with_the_other_two(studio, noise) -> None:
    studio.write("kick", noise(4.0, peak=0.99))
    text = (
        '[[group]]\nid = "a"\nstems = ["*"]\n[[group.insert]]\nuse = "eq"\n'
        'bands = [{ shape = "low_shelf", hz = 12000, gain_db = 12.0 }]\n'
        "[target]\nintegrated_lufs = -20.0\n"
    )
    made = studio.make(text)
    found = bypass(made.folder, "a/eq", made.store)
    assert found.pad_db > 0.0
    peaks = [np.abs(_read(found.folder, name)).max() for name in ("with.wav", "without.wav")]
    assert max(peaks) == pytest.approx(10 ** (-0.1 / 20), abs=1e-6)


@pytest.mark.usefixtures("no_report")
def test_silence_is_compared_unmatched(studio) -> None:
    studio.write("pad", np.zeros((2, 48000)))
    text = '[[group]]\nid = "a"\nstems = ["*"]\n[[group.insert]]\nuse = "gain"\n'
    made = studio.make(text)
    found = bypass(made.folder, "a/gain", made.store)
    assert (found.gain_db, found.with_lufs, found.difference_peak_dbfs) == (0.0, None, None)


@pytest.mark.usefixtures("no_report")
def test_the_page_has_one_match_settings_spectra_and_the_master_without_it(studio, noise) -> None:
    studio.write("kick", noise(4.0))
    text = (
        '[[group]]\nid = "a"\nstems = ["*"]\n[[group.insert]]\nuse = "gain"\ngain_db = -6.0\n'
        '[[group.insert]]\nuse = "gate"\nthreshold_db = -20.0\n'
        '[[master.insert]]\nuse = "compressor"\nthreshold_db = -40.0\nratio = 3.0\n'
    )
    made = studio.make(text)
    found = bypass(made.folder, "a/gain", made.store)
    page = (found.folder / "listen.html").read_text("utf-8")
    tabs = re.findall(r'class="tab" data-of="([^"]*)" aria-pressed="(\w+)">([^<]*)', page)
    assert tabs == [("", "true", "a/gain, lossless"), ("p1-", "false", "the master, lossless")]
    assert "<b>gain -6 dB</b>" in page.split("</header>")[0]
    assert "<h2>Spectra" in page
    bypassed = text.replace("gain_db = -6.0\n", "gain_db = -6.0\nbypass = true\n")
    without = studio.make(bypassed, out="without")
    lufs = [each.record["outputs"][0]["measures"]["integrated_lufs"] for each in (made, without)]
    assert found.master_gain_db == pytest.approx(lufs[0] - lufs[1], abs=0.002)
    notes = re.findall(r"A: without it</span><small>([^<]*)</small>", page)
    moved = [f"{each:+.2f} dB" for each in (found.gain_db, found.master_gain_db)]
    assert [each.replace("\N{MINUS SIGN}", "-") for each in notes] == moved
    gate = bypass(made.folder, "a/gate", made.store)
    assert "<h2>Gain reduction over time" in (gate.folder / "listen.html").read_text("utf-8")


def test_where_the_master_cannot_be_rendered_again_the_page_says_why(finished) -> None:
    found = bypass(finished.folder, "finish/main", finished.store)
    page = (found.folder / "listen.html").read_text("utf-8")
    assert "The master without it cannot be heard: the finish ends it" in page
    assert found.master_gain_db is None
    found = bypass(finished.folder, "master/glue", finished.store)  # its host is no plugin here
    assert "cannot be heard: " in (found.folder / "listen.html").read_text("utf-8")


def _refused(made, step: str, store: Store | None = None) -> str:
    with pytest.raises(InputError) as refused:
        bypass(made.folder, step, store or made.store)
    return refused.value.problems[0].kind


def test_what_is_no_longer_there_is_said_and_nothing_is_written(song, tmp_path) -> None:
    made = song.make()
    assert _refused(made, "drums/off") == "unknown_step"
    assert _refused(made, "drums/hosted", Store(tmp_path / "empty")) == "bypass_gone"
    song.write("kick", np.zeros((2, 48000)))
    assert _refused(made, "drums/down") == "bypass_gone"
    assert not list(made.folder.glob("*bypass*"))


def test_a_damaged_store_entry_is_said(song) -> None:
    made = song.make()
    key = next(row["key"] for row in made.record["steps"] if row["id"] == "drums/hosted")
    data = made.store.root / "v1" / key[:2] / key / "data"
    octets = bytearray(data.read_bytes())
    octets[1000] ^= 1
    data.write_bytes(bytes(octets))
    later = replace(made, store=Store(made.store.root))  # what a store wrote itself it trusts
    assert _refused(later, "drums/hosted") == "bypass_gone"


def test_an_earlier_bypass_is_replaced_and_nothing_else(song) -> None:
    made = song.make()
    first = bypass(made.folder, "drums/hosted", made.store)
    before = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    again = bypass(made.folder, "drums/hosted", made.store)
    assert before == {path.name: path.read_bytes() for path in again.folder.iterdir()}
    assert sorted(before) == ["difference.wav", "listen.html", "with.wav", "without.wav"]
    (again.folder / "notes.txt").write_text("mine")
    assert _refused(made, "drums/hosted") == "output_not_ours"
    assert (again.folder / "notes.txt").read_text() == "mine"


@pytest.fixture
def run(command_line):
    app = typer.Typer(add_completion=False)
    app.command()(report)
    return command_line(app)


def test_the_command_writes_the_page_again(finished, run) -> None:
    before = finished.page
    code, out, _ = run(finished.folder, "--store", finished.store.root, "--json")
    path = finished.folder / "report.html"
    told = {key: finished.record[key] for key in ("beside", "playback")}
    expected = {"report": str(path), "bytes": path.stat().st_size, **told}
    assert (code, json.loads(out)) == (0, expected)
    assert finished.page == before


def test_the_command_says_what_the_insert_does(finished, run) -> None:
    words = (finished.folder, "--bypass", "drums/squeeze", "--store", finished.store.root)
    code, out, _ = run(*words)
    assert code == 0
    assert "bypass-drums-squeeze/difference.wav" in out
    assert "dB put on without.wav" in out
    found = json.loads(run(*words, "--json")[1])
    assert found["step"] == "drums/squeeze"
    assert f"peak {found['difference_peak_dbfs']:.1f} dBFS" in out


def test_the_command_refuses_in_words(song, run) -> None:
    made = song.make()
    code, _, err = run(made.folder, "--bypass", "drums/nothing", "--store", made.store.root)
    assert code == 2
    assert "drums/squeeze" in err
    shutil.rmtree(made.folder)
    code, _, err = run(made.folder, "--store", made.store.root)
    assert code == 2
    assert "not a folder that render wrote" in err
