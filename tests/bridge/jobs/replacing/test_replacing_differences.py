"""A new file against the stem it replaces: every change that was made is named, and no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.audio import probe, resampled
from bridge.comparing import TRUSTED
from bridge.jobs.replacing.differences import likeness, stem_difference
from bridge.jobs.replacing.sounds import StemSound

RATE_HZ = 16000
FRAMES = 3 * RATE_HZ
EDGE_S = 0.05

Sounding = Callable[..., StemSound]


def voice(seed: int, frames: int = FRAMES, channels: int = 1) -> np.ndarray:
    """Syllables of tones and breath: (frames, channels), no two seeds alike."""
    dice = np.random.default_rng(seed)
    time_s = np.arange(frames) / RATE_HZ
    pitch_hz = 180 + 60 * np.interp(time_s, np.arange(9) * 0.4, dice.uniform(-1, 1, 9))
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    tone = sum(np.sin(k * phase) / k for k in range(1, 9))
    level = np.interp(time_s, np.arange(31) * 0.1, dice.uniform(0.2, 1, 31))
    rows = [level * (tone + dice.normal(0, 0.2, frames)) for _ in range(channels)]
    return 0.1 * np.stack(rows, axis=1)


@pytest.fixture
def sounding(tmp_path: Path) -> Sounding:
    """Write samples to a file and open it as a stem's sound."""

    def write(
        name: str, samples: np.ndarray, kind: str = "PCM_24", rate: int = RATE_HZ
    ) -> StemSound:
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, samples, rate, kind)
        return StemSound((path,), (probe(path),))

    return write


def late(samples: np.ndarray, frames: int) -> np.ndarray:
    return np.concatenate([np.zeros((frames, samples.shape[1])), samples])


def test_a_shift_a_gain_and_one_other_word_are_named(sounding: Sounding) -> None:
    old = voice(1)
    changed = old.copy()
    word = slice(int(1.3 * RATE_HZ), int(1.7 * RATE_HZ))
    changed[word] = voice(2)[word]
    new = late(changed, 137) * 10 ** (0.4 / 20)
    found = stem_difference(sounding("old", old), sounding("new", new))
    assert found.offset_frames == 137.0
    assert found.gain_db == pytest.approx(0.4, abs=0.001)
    assert found.polarity == 1
    (span,) = found.spans
    assert span.start_s == pytest.approx(1.3, abs=EDGE_S)
    assert span.end_s == pytest.approx(1.7, abs=EDGE_S)
    told = found.as_json()
    assert told["offset_ms"] == pytest.approx(137 / 16)
    assert (told["new"]["frames"], told["old"]["frames"]) == (FRAMES + 137, FRAMES)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_same_again_has_nothing_to_tell(sounding: Sounding, channels: int) -> None:
    old = voice(1, channels=channels)
    found = stem_difference(sounding("old", old), sounding("new", old, "PCM_16"))
    assert (found.offset_frames, found.gain_db, found.polarity, found.spans) == (0.0, 0.0, 1, ())


def test_an_early_and_inverted_file_is_both(sounding: Sounding) -> None:
    old = late(voice(1), 500)
    found = stem_difference(sounding("old", old), sounding("new", -old[400:]))
    assert (found.offset_frames, found.polarity, found.gain_db) == (-400.0, -1, 0.0)
    assert found.spans == ()


def test_what_one_has_beyond_the_others_end_differs(sounding: Sounding) -> None:
    old = voice(1)
    found = stem_difference(sounding("old", old), sounding("new", old[: 2 * RATE_HZ]))
    assert [(each.start_s, each.end_s) for each in found.spans] == [(2.0, 3.0)]
    back = stem_difference(sounding("old", old[: 2 * RATE_HZ]), sounding("new", old))
    assert [(each.start_s, each.end_s) for each in back.spans] == [(2.0, 3.0)]


def test_another_rate_and_width_are_the_same_sound(sounding: Sounding) -> None:
    old = voice(1)
    converted = np.concatenate([*resampled([old.T.copy()], 1, RATE_HZ, 24000)], axis=1).T
    new = sounding("new", late(np.repeat(converted, 2, axis=1), 24), rate=24000)
    found = stem_difference(sounding("old", old), new)
    assert found.offset_frames == pytest.approx(24.0, abs=0.01)
    assert found.as_json()["offset_ms"] == pytest.approx(1.0, abs=0.001)
    assert found.gain_db == pytest.approx(0.0, abs=0.01)
    assert found.spans == ()


def test_half_a_sample_is_told_and_makes_no_difference(sounding: Sounding) -> None:
    spectrum = np.fft.rfft(np.pad(voice(1)[:, 0], (400, 400)))
    turns = np.exp(-2j * np.pi * np.arange(len(spectrum)) / (FRAMES + 800) * 0.5)
    spectrum[int(0.8 * len(spectrum)) :] = 0.0
    old, new = (np.fft.irfft(each, FRAMES + 800)[:, None] for each in (spectrum, spectrum * turns))
    found = stem_difference(sounding("old", old), sounding("new", new))
    assert found.offset_frames == pytest.approx(0.5, abs=0.01)
    assert found.spans == ()


def test_another_take_has_no_offset_and_differs_throughout(sounding: Sounding) -> None:
    found = stem_difference(sounding("old", voice(1)), sounding("new", voice(7)))
    assert (found.offset_frames, found.gain_db, found.polarity) == (None, None, None)
    (span,) = found.spans
    assert (span.start_s, span.end_s) == (0.0, 3.0)
    assert found.as_json()["related"] is False


def test_most_of_a_short_phrase_may_be_another_word(sounding: Sounding) -> None:
    silence = np.zeros((2 * RATE_HZ, 1))
    old = np.concatenate([silence, 0.2 * voice(1, 2 * RATE_HZ), silence, silence])
    changed = old.copy()
    word = slice(int(2.2 * RATE_HZ), int(3.4 * RATE_HZ))
    changed[word] = 0.2 * voice(2, 4 * RATE_HZ)[word]
    new = late(changed, 137) * 10 ** (0.4 / 20)
    found = stem_difference(sounding("old", old), sounding("new", new))
    assert found.confidence < TRUSTED
    assert (found.offset_frames, found.polarity) == (137.0, 1)
    assert found.gain_db == pytest.approx(0.4, abs=0.001)
    (span,) = found.spans
    assert (span.start_s, span.end_s) == pytest.approx((2.2, 3.4), abs=EDGE_S)


@pytest.mark.parametrize("seed", range(2, 8))
def test_a_short_phrase_of_another_take_is_no_such_thing(sounding: Sounding, seed: int) -> None:
    silence = np.zeros((2 * RATE_HZ, 1))
    old, new = (np.concatenate([silence, voice(n, 2 * RATE_HZ), silence]) for n in (1, seed))
    found = stem_difference(sounding("old", old), sounding("new", new))
    assert (found.offset_frames, found.gain_db) == (None, None)


def test_files_of_widths_that_do_not_fit_are_unlike(sounding: Sounding) -> None:
    old, new = sounding("old", voice(1, channels=2)), sounding("new", voice(1, channels=6))
    assert likeness(old, new) == 0.0
    assert stem_difference(old, new).offset_frames is None


def test_a_pair_of_files_is_one_stereo_sound(sounding: Sounding) -> None:
    both = voice(1, channels=2)
    sides = [sounding(name, both[:, [at]]) for at, name in enumerate("LR")]
    pair = StemSound(sides[0].paths + sides[1].paths, sides[0].heads + sides[1].heads)
    new = sounding("new", late(both, 9))
    found = stem_difference(pair, new)
    assert (found.offset_frames, found.gain_db, found.spans) == (9.0, 0.0, ())
    assert likeness(pair, new) > 0.99


@pytest.mark.parametrize(
    ("name", "word_s", "other_s"),
    [
        ("caesium/vox_main.flac", 7.3, 15.1),
        ("potassium/keys.flac", 5.03, 12.7),
        ("crunkdemo-lmms/1_Bass.flac", 6.5, 11.15),
    ],
)
def test_music_is_told_as_exactly(
    shared_data: Callable[[str], Path],
    tmp_path: Path,
    name: str,
    word_s: float,
    other_s: float,
) -> None:
    path = shared_data(f"stems/{name}")
    samples, rate_hz = soundfile.read(path, always_2d=True)
    word, other, length = (round(each * rate_hz) for each in (word_s, other_s, 0.4))
    changed = samples.copy()
    changed[word : word + length] = samples[other : other + length]
    target = tmp_path / "new.wav"
    soundfile.write(target, late(changed, 137) * 10 ** (0.4 / 20), rate_hz, "PCM_24")
    old, new = (StemSound((each,), (probe(each),)) for each in (path, target))
    found = stem_difference(old, new)
    assert (found.offset_frames, found.polarity) == (137.0, 1)
    assert found.gain_db == pytest.approx(0.4, abs=0.001)
    (span,) = found.spans
    assert span.start_s == pytest.approx(word_s, abs=EDGE_S)
    assert span.end_s == pytest.approx(word_s + 0.4, abs=EDGE_S)
