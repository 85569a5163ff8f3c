"""Files of a delivery: the master's own samples where nothing changes, else dithered once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.audio import Block, Subtype, WavWriter, pcm_sha256, read_blocks
from bridge.delivering.files import Coding, Edit, TimedEdit, aac_program, make_file
from stemwright.problems import InputError, MachineError

RATE_HZ = 44100


def _master(path: Path, samples: Block, rate_hz: int = RATE_HZ) -> Path:
    return _written(path, samples, "float64", rate_hz)


def _written(path: Path, samples: Block, subtype: Subtype, rate_hz: int = RATE_HZ) -> Path:
    with WavWriter(path, rate_hz, len(samples), subtype, "finish/main") as writer:
        writer.write(samples)
    return path


def _samples(path: Path) -> Block:
    return np.concatenate(list(read_blocks(path)), axis=1)


def _music(frames: int, seed: int = 3) -> Block:
    noise = np.random.default_rng(seed).normal(0.0, 0.1, (2, frames))
    return noise + 0.4 * np.sin(np.arange(frames) * 0.03)


@pytest.mark.parametrize(
    ("format_", "bits"), [("wav", 24), ("wav", 16), ("flac", 24), ("aiff", 16)]
)
def test_a_file_of_the_masters_own_depth_is_the_master(tmp_path: Path, format_, bits) -> None:
    samples = _music(30000)
    sent = _written(tmp_path / "sent.wav", samples, "pcm24" if bits == 24 else "pcm16")
    master = _master(tmp_path / "float.wav", samples)
    made = make_file(master, tmp_path / f"made.{format_}", Coding(format_, RATE_HZ, bits))
    assert np.array_equal(_samples(made.path), _samples(sent))
    if format_ != "aiff":
        assert pcm_sha256(made.path) == pcm_sha256(sent)


def test_sixteen_bits_are_the_same_twice_with_an_error_of_no_mean_and_no_harmonics(
    tmp_path: Path,
) -> None:
    frames, lsb = 1 << 17, 2.0**-15
    hertz = 1000 * RATE_HZ / 44100
    tone = 10 ** (-90 / 20) * np.sin(2 * np.pi * hertz / RATE_HZ * np.arange(frames))
    master = _master(tmp_path / "float.wav", np.stack([tone, tone]))
    paths = [
        make_file(master, tmp_path / name, Coding("wav", RATE_HZ, 16)).path
        for name in ("a.wav", "b.wav")
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    error = _samples(paths[0])[0] - tone
    assert abs(error.mean()) < 0.01 * lsb
    spectrum = np.abs(np.fft.rfft(_samples(paths[0])[0] * np.hanning(frames)))
    bins = [round(hertz * k * frames / RATE_HZ) for k in range(2, 12)]
    around = np.median(spectrum)
    assert max(spectrum[each - 2 : each + 3].max() for each in bins) < 5 * around


def test_a_conversion_keeps_the_band_and_leaves_no_alias(tmp_path: Path) -> None:
    rate_hz, frames = 96000, 96000
    time = np.arange(frames) / rate_hz
    swept = [0.25 * np.sin(2 * np.pi * hertz * time) for hertz in (1000, 19000)]
    above = 0.25 * np.sin(2 * np.pi * 30000 * time)
    master = _master(tmp_path / "hi.wav", np.stack([swept[0] + swept[1], above]), rate_hz)
    made = make_file(master, tmp_path / "cd.wav", Coding("wav", 44100, 24))
    band, folded = _samples(made.path)
    middle = slice(8000, 36000)
    kept = np.arange(44100) / 44100
    wanted = sum(0.25 * np.sin(2 * np.pi * hertz * kept) for hertz in (1000, 19000))
    assert np.abs(band[middle] - wanted[middle]).max() < 10 ** (-85 / 20)  # 0.001 dB
    assert np.abs(folded[middle]).max() < 10 ** (-120 / 20)


def test_peaks_that_a_conversion_lifts_are_taken_off_and_said(tmp_path: Path) -> None:
    clicks = np.sign(_music(48000)) * 0.89
    master = _master(tmp_path / "loud.wav", clicks, 48000)
    made = make_file(master, tmp_path / "cd.wav", Coding("wav", 44100, 16), ceiling_dbtp=-1.0)
    assert made.trim_db < 0.0
    open_ = make_file(master, tmp_path / "open.wav", Coding("wav", 44100, 16))
    assert made.trim_db < open_.trim_db < 0.0  # no ceiling, and no sample is cut
    assert (open_.clipped, open_.facts.clipped_runs) == (0, 0)
    assert made.measures.true_peak_dbtp <= -1.0


def test_sections_meet_at_equal_power_and_are_long_to_the_sample(tmp_path: Path) -> None:
    ones = np.ones((2, 40000)) * 0.5
    ones[:, 20000:] *= -1.0
    master = _master(tmp_path / "m.wav", ones)
    edit = Edit(((1000, 11000), (25000, 30000)), crossfade_frames=800)
    made = make_file(master, tmp_path / "cut.wav", Coding("wav", RATE_HZ, 32), edit)
    found = _samples(made.path)[0]
    assert len(found) == 15000
    assert (found[:9600] == 0.5).all()
    assert (found[10400:] == -0.5).all()
    place = (np.arange(800) + 0.5) / 800
    crossing = 0.5 * np.sqrt(1 - place) - 0.5 * np.sqrt(place)
    assert np.abs(found[9600:10400] - crossing).max() < 1e-7


def test_heads_tails_and_fades_lie_where_they_are_asked_for(tmp_path: Path) -> None:
    master = _master(tmp_path / "m.wav", np.full((2, 100000), 0.5))
    edit = Edit(fade_in_frames=1000, fade_out_frames=4000, head_frames=300, tail_frames=500)
    found = _samples(make_file(master, tmp_path / "f.wav", Coding("wav", RATE_HZ, 32), edit).path)[
        0
    ]
    assert len(found) == 100800
    assert not found[:300].any()
    assert not found[-500:].any()
    assert found[300] < 1e-5
    assert found[-501] < 1e-5
    assert (found[1300 : 100300 - 4000] == 0.5).all()
    assert (np.diff(found[300:1300]) > 0).all()
    assert (np.diff(found[100300 - 4000 : 100300]) < 0).all()


@pytest.mark.parametrize(
    "edit",
    [
        Edit(((0, 2000),)),
        Edit(((500, 400),)),
        Edit(((0, 100), (200, 900)), crossfade_frames=200),
        Edit(fade_in_frames=600, fade_out_frames=600),
    ],
)
def test_an_edit_that_does_not_fit_is_told_before_anything_is_written(tmp_path: Path, edit) -> None:
    master = _master(tmp_path / "m.wav", np.zeros((2, 1000)))
    with pytest.raises(InputError) as caught:
        make_file(master, tmp_path / "f.wav", Coding("wav", RATE_HZ, 24), edit)
    assert caught.value.problems[0].kind == "bad_edit"
    assert not (tmp_path / "f.wav").exists()


@pytest.mark.parametrize(
    ("format_", "kbps", "ending"), [("mp3", 320, "mp3"), ("opus", 160, "opus")]
)
def test_a_preview_has_the_bit_rate_it_is_named_for(tmp_path: Path, format_, kbps, ending) -> None:
    master = _master(tmp_path / "m.wav", _music(48000 * 4), 48000)
    made = make_file(master, tmp_path / f"p.{ending}", Coding(format_, 48000, kbps=kbps))
    found_kbps = made.path.stat().st_size * 8 / 4 / 1000
    assert abs(found_kbps / kbps - 1) < 0.15
    assert made.frames == 48000 * 4
    assert soundfile.info(made.path).channels == 2


def test_a_lossy_file_tells_peaks_over_full_scale(tmp_path: Path) -> None:
    master = _master(tmp_path / "m.wav", np.sign(_music(48000 * 2)), 48000)
    made = make_file(master, tmp_path / "p.mp3", Coding("mp3", 48000, kbps=128))
    assert made.measures.true_peak_dbtp > 0.5


@pytest.mark.skipif(aac_program() is None, reason="no encoder for AAC is installed")
def test_aac_is_made_and_measured_where_an_encoder_is(tmp_path: Path) -> None:
    master = _master(tmp_path / "m.wav", _music(48000), 48000)
    made = make_file(master, tmp_path / "p.m4a", Coding("aac", 48000, kbps=256))
    original = make_file(master, tmp_path / "p.wav", Coding("wav", 48000, 24)).measures
    assert abs(made.measures.integrated_lufs - original.integrated_lufs) < 0.5


def test_a_missing_encoder_is_named_with_how_to_get_one(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    master = _master(tmp_path / "m.wav", _music(4800), 48000)
    with pytest.raises(MachineError) as caught:
        make_file(master, tmp_path / "p.m4a", Coding("aac", 48000, kbps=256))
    assert caught.value.problems[0].kind == "encoder_missing"
    assert "ffmpeg" in str(caught.value.problems[0].hint)


@pytest.mark.parametrize(("master_hz", "file_hz"), [(44100, 48000), (48000, 44100), (48000, 48000)])
def test_a_cutdown_is_exact_to_the_sample_at_the_files_rate(
    tmp_path: Path, master_hz: int, file_hz: int
) -> None:
    samples = _music(62 * master_hz)
    master = _master(tmp_path / "m.wav", samples, master_hz)
    for seconds in (15, 30, 60):
        cut = TimedEdit(((1.2345678, None),), length_s=seconds, fade_out_s=0.5, tail_s=0.1)
        edit = cut.at(samples.shape[1], master_hz, file_hz)
        made = make_file(master, tmp_path / f"{seconds}.wav", Coding("wav", file_hz, 32), edit)
        found = _samples(made.path)
        assert (made.frames, found.shape[1]) == (seconds * file_hz, seconds * file_hz)
        silence = round(0.1 * file_hz)
        assert np.abs(found[:, -silence + 40 :]).max() < 1e-6
        heard = found[:, -silence - round(0.4 * file_hz) : -silence - round(0.3 * file_hz)]
        assert np.abs(heard).max() > 0.1
        if file_hz == master_hz:
            first = round(1.2345678 * master_hz)
            assert np.allclose(found[:, :1000], samples[:, first : first + 1000], atol=1e-7)


def test_a_cutdown_of_a_whole_master_is_as_long_as_the_master(tmp_path: Path) -> None:
    master = _master(tmp_path / "m.wav", _music(RATE_HZ))
    edit = TimedEdit(((0.0, None),), length_s=1.0).at(RATE_HZ, RATE_HZ, 48000)
    assert make_file(master, tmp_path / "f.wav", Coding("wav", 48000, 16), edit).frames == 48000
    late = TimedEdit(((0.5, None),), length_s=1.0).at(RATE_HZ, RATE_HZ, 48000)
    with pytest.raises(InputError, match="is none of a master"):
        make_file(master, tmp_path / "g.wav", Coding("wav", 48000, 16), late)
