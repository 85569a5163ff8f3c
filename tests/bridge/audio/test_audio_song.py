"""The demo song: its files, its levels, and every instrument in its own band."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyebur128
import pytest
import soundfile

from bridge.audio.blocks import Block
from bridge.demo.parts import BAR_S, bars_of
from bridge.demo.song import stem, write_song
from bridge.demo.voices import hz_of, string
from stemwright.problems import InputError, MachineError

NAMES = ["drums", "bass", "keys", "guitar", "pad", "lead", "backing", "fx"]
RATE = 48000


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_song(tmp_path_factory.mktemp("song") / "new" / "folder")


@pytest.fixture(scope="module")
def stems(paths: tuple[Path, ...]) -> dict[str, Block]:
    return {path.stem: soundfile.read(path, dtype="float64")[0].T for path in paths}


def spectrum(block: Block) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    power = np.abs(np.fft.rfft(block)) ** 2
    return np.fft.rfftfreq(block.shape[1], 1 / RATE), power.sum(axis=0)


def share(block: Block, low_hz: float, high_hz: float) -> float:
    """The part of a stem's energy between two frequencies."""
    hz, power = spectrum(block)
    return float(power[(hz >= low_hz) & (hz < high_hz)].sum() / power.sum())


def loudness(block: Block) -> tuple[float, float]:
    mode = pyebur128.MeasurementMode.MODE_I | pyebur128.MeasurementMode.MODE_LRA
    state = pyebur128.R128State(2, RATE, mode)
    state.add_frames(np.ascontiguousarray(block.T).ravel(), block.shape[1])
    return pyebur128.get_loudness_global(state), pyebur128.get_loudness_range(state)


def test_eight_stereo_24_bit_stems_of_one_length(paths: tuple[Path, ...]) -> None:
    assert [path.name for path in paths] == [f"{name}.wav" for name in NAMES]
    for path in paths:
        info = soundfile.info(path)
        assert (info.samplerate, info.channels, info.subtype) == (RATE, 2, "PCM_24")
        assert info.frames == 32 * RATE


def test_stems_peak_between_minus_12_and_minus_3(stems: dict[str, Block]) -> None:
    for block in stems.values():
        assert -12.01 <= 20 * np.log10(np.abs(block).max()) <= -3


def test_the_sum_is_a_mix_before_mastering(stems: dict[str, Block]) -> None:
    mix = sum(stems.values(), np.zeros((2, 32 * RATE)))
    integrated_lufs, range_lu = loudness(mix)
    assert -20 <= integrated_lufs <= -16
    assert 3 <= range_lu <= 8
    assert np.abs(mix).max() < 0.99


def test_the_chorus_is_louder_than_the_verse(stems: dict[str, Block]) -> None:
    mix = sum(stems.values(), np.zeros((2, 32 * RATE)))
    bar = round(BAR_S * RATE)
    verse, chorus = mix[:, 2 * bar : 6 * bar], mix[:, 6 * bar : 10 * bar]
    assert 2 < 10 * np.log10(np.mean(chorus**2) / np.mean(verse**2)) < 8


@pytest.mark.parametrize(
    ("name", "low_hz", "high_hz", "least"),
    [
        ("bass", 30, 250, 0.95),
        ("drums", 30, 250, 0.8),
        ("keys", 120, 1000, 0.9),
        ("guitar", 100, 4000, 0.9),
        ("pad", 120, 2000, 0.9),
        ("lead", 250, 5000, 0.95),
        ("backing", 250, 5000, 0.95),
        ("fx", 25, 250, 0.6),
    ],
)
def test_every_stem_has_its_band(
    stems: dict[str, Block], name: str, low_hz: float, high_hz: float, least: float
) -> None:
    assert share(stems[name], low_hz, high_hz) > least


def test_cymbals_and_consonants_reach_up_high(stems: dict[str, Block]) -> None:
    assert share(stems["drums"], 6000, 20000) > 0.02
    assert share(stems["lead"], 5000, 10000) > 0.001


def test_the_bass_plays_the_roots_of_the_chords(stems: dict[str, Block]) -> None:
    bar = round(BAR_S * RATE)
    for number, played in enumerate(bars_of(32.0)[:10]):
        part = stems["bass"][:, number * bar : (number + 1) * bar]
        hz = np.fft.rfftfreq(bar, 1 / RATE)
        power = (np.abs(np.fft.rfft(part)) ** 2).sum(axis=0)
        root = hz_of(played.chord.bass)
        on_root = [power[np.abs(hz - k * root) < 2.5].sum() for k in (1, 2, 3)]
        assert sum(on_root) > 0.75 * power.sum()


@pytest.mark.parametrize("midi", [41, 57, 67])
def test_a_plucked_string_is_in_tune_to_5_cents(midi: int) -> None:
    sound = string(midi, RATE, RATE, np.random.Generator(np.random.PCG64(1)))
    padded = np.abs(np.fft.rfft(sound * np.hanning(RATE), 16 * RATE))
    hz = np.fft.rfftfreq(16 * RATE, 1 / RATE)
    near = np.abs(hz / hz_of(midi) - 1) < 0.04
    found = hz[near][padded[near].argmax()]
    assert abs(1200 * np.log2(found / hz_of(midi))) < 5


def test_it_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    first = write_song(tmp_path / "a", seconds=6.0)
    second = write_song(tmp_path / "b", seconds=6.0)
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes()


def test_it_is_the_same_samples_on_every_machine() -> None:
    """Only what the processors' own sums, products and roots make, in `bridge.demo.shaping`."""
    digest = sha256()
    for name in NAMES:
        digest.update(stem(name, seconds=6.0, sample_rate_hz=44100).astype("<f8").tobytes())
    assert digest.hexdigest() == (
        "d7606f648f38cd1a71178663e37501c50aafe94a39d9d3f434c4366bfaa8136d"
    )


def test_another_rate_and_a_short_song(tmp_path: Path) -> None:
    for path in write_song(tmp_path, seconds=1.5, sample_rate_hz=44100):
        assert soundfile.info(path).frames == 66150


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    (tmp_path / "bass.wav").write_text("mine")
    (tmp_path / "fx.wav").write_text("mine")
    with pytest.raises(InputError) as caught:
        write_song(tmp_path, seconds=1.5)
    files = [Path(str(problem.where["file"])).name for problem in caught.value.problems]
    assert files == ["bass.wav", "fx.wav"]
    assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(MachineError):
        write_song(tmp_path / "bass.wav" / "below", seconds=1.5)
    assert len(write_song(tmp_path, seconds=1.5, overwrite=True)) == 8
