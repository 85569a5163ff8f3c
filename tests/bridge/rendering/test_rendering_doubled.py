"""Stems that are the sum of others, found by their samples whatever they are called."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

import sessions
from bridge.gathering.sources import gather
from bridge.planning import Stems
from bridge.storing import Store
from stemwright.problems import InputError

RATE, FRAMES = 48000, 24000
DICE = np.random.default_rng(11)
PARTS = {
    name: gain * np.cumsum(DICE.standard_normal((FRAMES, 2)), axis=0) / 200
    + gain * 0.1 * DICE.standard_normal((FRAMES, 2))
    for name, gain in (("bass", 0.3), ("kick", 0.4), ("lead vox", 0.2), ("keys", 0.05))
}
SUM = sum(PARTS.values(), np.zeros((FRAMES, 2)))


def dithered(samples: np.ndarray) -> np.ndarray:
    noise = DICE.random(samples.shape) - DICE.random(samples.shape)
    return np.clip(np.rint(samples * 32768 + noise), -32768, 32767).astype(np.int16)


def gathered(folder: Path, more: dict[str, np.ndarray], **skip: tuple[str, ...]) -> Stems:
    for name, samples in {**PARTS, **more}.items():
        subtype = "PCM_16" if samples.dtype == np.int16 else "FLOAT"
        soundfile.write(folder / f"{name}.wav", samples, RATE, subtype)
    store = Store(folder / "store")
    (folder / "store").mkdir(exist_ok=True)
    return gather(sessions.read(folder, **skip), store, 1)


@pytest.mark.parametrize(
    "made",
    [
        lambda: SUM,
        lambda: SUM * 0.4,
        lambda: -SUM,
        lambda: dithered(SUM * 0.3),
        lambda: SUM - PARTS["bass"],
        lambda: SUM - PARTS["keys"] * 0.5,
        lambda: PARTS["bass"] * 0.7 + PARTS["kick"] * 1.2 + PARTS["lead vox"] + PARTS["keys"],
    ],
    ids=["exact", "gain", "inverted", "16 bit", "but one", "faders", "all faders"],
)
def test_a_sum_of_the_others_is_refused_under_any_name(
    tmp_path: Path, made: Callable[[], np.ndarray]
) -> None:
    with pytest.raises(InputError) as error:
        gathered(tmp_path, {"vision 7": made()})
    (problem,) = error.value.problems
    assert (problem.kind, Path(str(problem.where["file"])).name) == (
        "sum_among_stems",
        "vision 7.wav",
    )
    assert "--skip 'vision 7.wav'" in str(problem.hint)
    found = gather(sessions.read(tmp_path, skip=["VISION*"]), Store(tmp_path / "store"), 1)
    assert [stem.id for stem in found.stems] == ["bass", "keys", "kick", "lead vox"]
    assert [said.code for said in found.diagnostics] == ["skipped_stem"]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("echo", lambda: PARTS["bass"] + np.roll(PARTS["bass"], 3000, axis=0) * 0.1),
        ("other", lambda: SUM[::-1]),
        ("driven", lambda: np.tanh(SUM * 3)),
        ("silence", lambda: np.zeros((FRAMES, 2))),
        ("short", lambda: SUM[:300]),
    ],
)
def test_what_is_no_sum_is_left_alone(
    tmp_path: Path, name: str, made: Callable[[], np.ndarray]
) -> None:
    told = gathered(tmp_path, {name: made()}).diagnostics
    assert {said.code for said in told} <= {"unequal_lengths"}


def late(samples: np.ndarray, frames: int) -> np.ndarray:
    return np.concatenate([np.zeros((frames, *samples.shape[1:])), samples])


@pytest.mark.parametrize(
    ("made", "how"),
    [
        (lambda: late(SUM, 5), ", 5 samples (0.104 ms) late:"),
        (lambda: SUM[64:] * 0.5, ", 64 samples (1.33 ms) early:"),
        (lambda: dithered(late(SUM * 0.3, 4800)[:FRAMES]), ", 4800 samples (100 ms) late:"),
        (lambda: late(-SUM + PARTS["bass"], 480), ", 480 samples (10 ms) late:"),
        (lambda: SUM[:14000] * 0.5, "):"),
        (lambda: late(SUM[10000:], 10000), "):"),
        (lambda: SUM.mean(axis=1), ", in mono:"),
        (lambda: late(SUM[:, :1] * [0.5, 0.5], 64), " late and in mono:"),
        (lambda: SUM[:, ::-1] * 0.5, ", with left and right swapped:"),
    ],
    ids=[
        *("late", "early", "16 bit late", "but one late upside down", "beginning", "end"),
        *("mono", "left on both sides", "swapped"),
    ],
)
def test_a_sum_that_is_moved_cut_or_folded_is_refused(
    tmp_path: Path, made: Callable[[], np.ndarray], how: str
) -> None:
    with pytest.raises(InputError) as error:
        gathered(tmp_path, {"Print": made()})
    (problem,) = error.value.problems
    assert problem.kind == "sum_among_stems"
    assert problem.message.startswith("Print is the sum of the other stems (")
    assert how in problem.message
    assert str(problem.hint).startswith("leave it out with --skip Print.wav,")
    with pytest.raises(InputError) as again:
        gathered(tmp_path, {})
    assert again.value.problems == error.value.problems


def test_a_sum_upside_down_is_blamed_by_its_equal_gains(tmp_path: Path) -> None:
    more = {"drone": SUM[::-1] * 3.0}
    more["Thing"] = -0.3 * (SUM + more["drone"])
    with pytest.raises(InputError) as error:
        gathered(tmp_path, more)
    (problem,) = error.value.problems
    assert problem.message.startswith("Thing is the sum of the other stems")


def test_all_are_named_where_the_sum_is_not_clear(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        gathered(tmp_path, {"drone": SUM[::-1] * 3.0, "Thing": -SUM - SUM[::-1] * 3.0})
    (problem,) = error.value.problems
    assert problem.message.startswith(("Thing or drone is", "drone or Thing is"))
    assert "--skip Thing.wav" in str(problem.hint)
    assert "--skip drone.wav" in str(problem.hint)


@pytest.mark.parametrize("gain", [1.0, 0.5, -1.0])
def test_a_copy_of_one_stem_is_told(tmp_path: Path, gain: float) -> None:
    (told,) = gathered(tmp_path, {"kick copy": PARTS["kick"] * gain}).diagnostics
    assert (told.severity, told.code) == ("warning", "duplicate_stem")
    assert "--skip kick.wav" in told.message
    assert "--skip 'kick copy.wav'" in told.message


def test_a_late_sum_of_few_is_told(tmp_path: Path) -> None:
    rhythm = late(PARTS["bass"] + PARTS["kick"], 100)[:FRAMES]
    (told,) = gathered(tmp_path, {"rhythm": rhythm, "loud": SUM[::-1]}).diagnostics
    assert (told.code, told.where) == ("sum_of_stems", "rhythm")
    assert "bass, kick, 100 samples (2.08 ms) late" in told.message


def test_a_sum_of_few_is_told(tmp_path: Path) -> None:
    more = {"rhythm": PARTS["bass"] + PARTS["keys"], "loud": SUM[::-1]}
    (told,) = gathered(tmp_path, more).diagnostics
    assert (told.code, told.where) == ("sum_of_stems", "rhythm")
    assert "bass, keys" in told.message


def test_a_mono_sum_and_a_pair_are_found_too(tmp_path: Path) -> None:
    mono = {name: part[:, 0] for name, part in PARTS.items()}
    for name, part in mono.items():
        soundfile.write(tmp_path / f"{name}.wav", part, RATE, "FLOAT")
    total = sum(mono.values(), np.zeros(FRAMES))
    for side in "LR":
        soundfile.write(tmp_path / f"thing.{side}.wav", total, RATE, "FLOAT")
    with pytest.raises(InputError, match="thing is the sum"):
        gather(sessions.read(tmp_path), Store(tmp_path / "store"), 1)


def test_a_stem_that_cannot_be_read_is_never_missing_unnoticed(tmp_path: Path) -> None:
    for name in ("vocals.mp3", "rough mix.mp3"):
        (tmp_path / name).write_bytes(b"ID3")
    with pytest.raises(InputError) as error:
        gathered(tmp_path, {})
    assert [problem.kind for problem in error.value.problems] == ["ignored_audio"]
    assert "--skip vocals.mp3" in str(error.value.problems[0].hint)
    found = gathered(tmp_path, {}, skip=("vocals.mp3",))
    assert [said.code for said in found.diagnostics] == ["skipped_stem", "ignored_audio"]
    with pytest.raises(sessions.SessionError) as unmatched:
        sessions.read(tmp_path, skip=["vocal.mp3"])
    assert unmatched.value.problems[0].nearest == "vocals.mp3"


def write_bext(path: Path, samples: np.ndarray, start: int) -> None:
    soundfile.write(path, samples, RATE, "FLOAT")
    body = bytes(338) + struct.pack("<Q", start) + bytes(256)
    data = path.read_bytes()
    data += b"bext" + struct.pack("<I", len(body)) + body
    path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])


def test_sums_are_found_where_stems_start_at_different_times(tmp_path: Path) -> None:
    starts = {"bass": 0, "kick": 1001, "lead vox": 7777, "keys": 3}
    total = np.zeros((FRAMES + 7777, 2))
    for name, start in starts.items():
        write_bext(tmp_path / f"{name}.wav", PARTS[name], start)
        total[start : start + FRAMES] += PARTS[name]
    write_bext(tmp_path / "other.wav", total, 0)
    with pytest.raises(InputError, match="other is the sum"):
        gather(sessions.read(tmp_path), Store(tmp_path / "store"), 1)
