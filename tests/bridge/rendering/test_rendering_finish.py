"""The finish reaches its target on the finished file, or says that it did not."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from scipy.signal import firwin, resample_poly

from bridge.metering import measure
from bridge.processing import gain_of
from bridge.processing.limiting import Analyser, FinishLimiter, library_guard
from chains import Limiter

GROUP = '[[group]]\nid = "a"\nstems = ["*"]\n'


def _target(lufs: float, more: str = "") -> str:
    return f"{more}[target]\nintegrated_lufs = {lufs}\ntrue_peak_dbtp = -1.0\n"


@pytest.mark.parametrize(
    ("lufs", "subtype"),
    [
        (-23.0, "pcm16"),
        (-11.0, "pcm16"),
        (-14.0, "pcm24"),
        (-11.0, "float32"),
        (-23.0, "float64"),
        (-14.0, "float64"),
    ],
)
def test_loudness_and_ceiling_hold_on_the_file(studio, noise, lufs: float, subtype: str) -> None:
    """Every loudness and every sample format, the coarsest and the finest with two."""
    studio.write("vox", noise(3.0))
    made = studio.render(GROUP + _target(lufs), subtype)
    found = measure(made.outputs[0].path)
    assert made.reached
    assert found.integrated_lufs == pytest.approx(lufs, abs=0.1)
    assert found.true_peak_dbtp <= -1.0


def test_the_drive_is_held_in_versions_and_their_ceiling_holds(studio, noise) -> None:
    studio.write("vox", noise(3.0, 1, 0.7))
    studio.write("kick", noise(3.0, 2, 0.7))
    text = (
        '[[group]]\nid = "v"\nstems = ["vox"]\n[[group]]\nid = "k"\nstems = ["*"]\n'
        + _target(-9.0)
        + '[[version]]\nid = "instrumental"\nmute = ["v"]\n[[version]]\nid = "solo"\nonly = ["v"]\n'
    )
    made = studio.render(text)
    assert [output.version for output in made.outputs] == ["main", "instrumental", "solo"]
    for output in made.outputs:
        assert measure(output.path).true_peak_dbtp <= -1.0
    quieter = made.outputs[1].measures["integrated_lufs"]
    assert quieter < -9.5


def test_a_quiet_version_is_the_muted_sum_times_the_main_drive(studio, noise) -> None:
    studio.write("vox", noise(2.0, 1, 0.1))
    studio.write("kick", noise(2.0, 2, 0.1))
    text = (
        '[[group]]\nid = "v"\nstems = ["vox"]\n[[group]]\nid = "k"\nstems = ["*"]\n'
        + _target(-30.0)
        + '[[version]]\nid = "instrumental"\nmute = ["v"]\n'
    )
    made = studio.render(text)
    got, _ = soundfile.read(made.outputs[1].path)
    drive = 10 ** (made.drive_db / 20)
    assert np.abs(got.T - noise(2.0, 2, 0.1) * drive).max() < 1e-12


ENDS = {
    "our limiter": "",
    "a hosted insert, trimmed": '[[master.insert]]\nid = "last"\nuse = "plugin"\n'
    'plugin = "Fake Gain"\nparams = { "Gain" = "3 dB" }\n',
    "inserts and a limiter": '[[master.insert]]\nid = "last"\nuse = "gain"\ngain_db = 1\n'
    '[[master.insert]]\nuse = "limiter"\n',
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("subtype", ["float64", "pcm24"])
def test_a_version_that_mutes_nothing_is_main_bit_for_bit(
    studio, monkeypatch, end, subtype
) -> None:
    monkeypatch.setattr(library_guard, "_NEAR", 2.0)  # or there would be nothing to trim
    dense = np.random.default_rng(4).standard_normal((2, 96000)) * 0.2
    for number, name in enumerate(("vox", "kick")):
        studio.write(name, np.roll(dense, 100 * number, axis=1), subtype="DOUBLE")
    text = (
        '[[group]]\nid = "v"\nstems = ["vox"]\n[[group]]\nid = "k"\nstems = ["*"]\n'
        + ENDS[end]
        + _target(-6.0)
        + ('drive_at = "last"\nsafety = "trim"\n' if ENDS[end] else "")
        + '[[version]]\nid = "full"\nonly = ["v", "k"]\n[[version]]\nid = "less"\nmute = ["v"]\n'
    )
    main, full, less = studio.render(text, subtype).outputs
    assert main.trim_db < -0.001
    assert (full.pcm_sha256, full.trim_db) == (main.pcm_sha256, main.trim_db)
    assert less.trim_db <= main.trim_db
    assert measure(less.path).true_peak_dbtp <= -1.0


def test_a_ceiling_holds_on_full_band_noise_at_96_khz(studio) -> None:
    noise = np.random.default_rng(1).standard_normal((2, 96000)) * 0.2
    studio.write("vox", noise, 96000, subtype="DOUBLE")
    made = studio.render(GROUP + _target(-9.0), "float64")
    found, _ = soundfile.read(made.outputs[0].path)
    longer = firwin(16 * 193, 1 / 16, window=("kaiser", 10.0))
    peak = np.abs(resample_poly(found.T, 16, 1, axis=1, window=longer)).max()
    assert 20 * np.log10(peak) <= -1.0 + 0.02


def test_silence_is_written_and_missed(studio) -> None:
    studio.write("vox", np.zeros((2, 48000)))
    made = studio.render(GROUP + _target(-14.0))
    assert not made.reached
    assert "not_measurable" in {said.code for said in made.diagnostics}
    assert soundfile.info(made.outputs[0].path).frames == 48000


def test_shorter_than_a_block_is_written_and_missed(studio, noise) -> None:
    studio.write("vox", noise(0.3))
    made = studio.render(GROUP + _target(-14.0))
    assert not made.reached


def test_an_unreachable_loudness_is_written_and_missed(studio) -> None:
    impulses = np.zeros((2, 96000))
    impulses[:, ::24000] = 0.25
    studio.write("vox", impulses)
    made = studio.render(GROUP + _target(-5.0))
    assert not made.reached
    assert "loudness_missed" in {said.code for said in made.diagnostics}


def test_a_hosted_last_word_is_solved_by_rendering_it(studio, noise) -> None:
    studio.write("vox", noise(3.0, 1, 0.5))
    insert = '[[master.insert]]\nid = "last"\nuse = "plugin"\nplugin = "Fake Shape"\n'
    text = GROUP + insert + _target(-14.0) + 'drive_at = "last"\nsafety = "trim"\n'
    made = studio.render(text)
    assert made.reached
    assert 2 <= studio.host.ran.count("master/last") <= 5
    assert measure(made.outputs[0].path).integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert "master/last" in {step.id for step in made.steps}


def test_a_hosted_last_word_over_the_ceiling_is_missed_unless_trimmed(studio, noise) -> None:
    studio.write("vox", noise(3.0, 1, 0.5))
    insert = (
        '[[master.insert]]\nid = "last"\nuse = "plugin"\nplugin = "Fake Gain"\n'
        'params = { "Gain" = "1 dB" }\n'
    )
    text = GROUP + insert + _target(-10.0) + 'drive_at = "last"\n'
    made = studio.render(text)
    assert not made.reached
    assert "over_ceiling" in {said.code for said in made.diagnostics}
    trimmed = studio.render(text + 'safety = "trim"\n')
    assert measure(trimmed.outputs[0].path).true_peak_dbtp <= -1.0


def test_what_integers_would_clip_is_trimmed_all_the_same(studio, noise) -> None:
    studio.write("vox", noise(1.0, 1, 0.9))
    insert = (
        '[[master.insert]]\nid = "last"\nuse = "plugin"\nplugin = "Fake Gain"\n'
        'params = { "Gain" = "12 dB" }\n'
    )
    text = GROUP + insert + '[target]\ntrue_peak_dbtp = -1.0\ndrive_at = "last"\nsafety = "trim"\n'
    (output,) = studio.render(text, "pcm24").outputs
    assert measure(output.path).true_peak_dbtp == pytest.approx(-1.0, abs=0.01)


def test_our_limiter_before_another_insert_is_driven_and_watched(studio, noise) -> None:
    studio.write("vox", noise(3.0, 1, 0.5))
    inserts = (
        '[[master.insert]]\nuse = "limiter"\n[[master.insert]]\nuse = "gain"\ngain_db = -0.5\n'
    )
    made = studio.render(GROUP + inserts + _target(-12.0))
    assert made.reached
    assert measure(made.outputs[0].path).integrated_lufs == pytest.approx(-12.0, abs=0.1)


def test_what_libebur128_reads_too_high_needs_no_trim(studio) -> None:
    dense = np.random.default_rng(4).standard_normal((2, 96000)) * 0.2
    studio.write("vox", dense, subtype="DOUBLE")
    made = studio.render(GROUP + _target(-6.0), "float64")
    (output,) = made.outputs
    assert made.reached
    assert output.trim_db == 0.0
    assert measure(output.path).true_peak_dbtp <= -1.0
    assert measure(output.path).integrated_lufs == pytest.approx(-6.0, abs=0.031)


def test_a_trimmed_file_is_what_the_limiter_gave_times_the_trim(studio, monkeypatch) -> None:
    monkeypatch.setattr("bridge.processing.limiting.library_guard._NEAR", 2.0)  # it reads nothing
    dense = np.random.default_rng(4).standard_normal((2, 96000)) * 0.2
    studio.write("vox", dense, subtype="DOUBLE")
    made = studio.render(GROUP + _target(-6.0), "float64")
    (output,) = made.outputs
    assert output.trim_db < -0.01
    assert "trimmed" in {said.code for said in made.diagnostics}
    assert measure(output.path).true_peak_dbtp <= -1.0
    assert measure(output.path).integrated_lufs == pytest.approx(-6.0, abs=0.031)
    analyser = Analyser(48000)
    analyser.add(dense)
    limiter = FinishLimiter(analyser.result(), made.drive_db, -1.0, Limiter())
    limited = np.concatenate([limiter.process(dense), limiter.finish()], axis=1)
    found, _ = soundfile.read(output.path)
    assert np.array_equal(found.T, limited * gain_of(output.trim_db))


def test_the_end_of_the_drive_is_named_when_that_is_what_is_missing(studio, noise) -> None:
    studio.write("vox", noise(1.0, 1, 0.0003))
    made = studio.render(GROUP + _target(-14.0))
    (said,) = (each for each in made.diagnostics if each.code == "loudness_missed")
    assert "the drive ends at +40 dB" in said.message
    assert "trim_db" in said.message


def test_a_limiter_at_its_end_is_named_and_no_trim_is_advised(studio, noise) -> None:
    studio.write("vox", noise(1.0, 1, 0.3))
    made = studio.render(GROUP + "[target]\nintegrated_lufs = -5.0\ntrue_peak_dbtp = -6.0\n")
    (said,) = (each for each in made.diagnostics if each.code == "loudness_missed")
    assert "nothing is left under -6 dBTP" in said.message
    assert "a lower integrated_lufs" in said.message
    assert "trim_db" not in said.message


def test_more_than_six_db_of_limiting_is_told_with_its_figure(studio, noise) -> None:
    studio.write("vox", noise(2.0))
    quiet, loud = (studio.render(GROUP + _target(lufs)) for lufs in (-23.0, -7.0))
    assert "much_limiting" not in {said.code for said in quiet.diagnostics}
    (said,) = (each for each in loud.diagnostics if each.code == "much_limiting")
    (finish,) = (step for step in loud.steps if step.id == "finish/main")
    assert finish.lowest_gain_db[0] < -6.0
    assert f"{-finish.lowest_gain_db[0]:.1f} dB" in said.message


def test_who_is_over_the_ceiling_is_named_by_insert(studio, noise) -> None:
    studio.write("vox", noise(1.0, 1, 0.5))
    insert = (
        '[[master.insert]]\nid = "max"\nuse = "plugin"\nplugin = "Fake Gain"\n'
        'params = { "Gain" = "6 dB" }\n'
    )
    made = studio.render(GROUP + insert + _target(-10.0) + 'drive_at = "max"\n')
    (said,) = (each for each in made.diagnostics if each.code == "over_ceiling")
    assert said.where == "master/max"
