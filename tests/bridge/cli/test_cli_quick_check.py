"""What renders and new jobs say of stems: the same as the whole check, with nothing read for it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from bridge.audio import Ends, inspect
from bridge.checking.between.every import BETWEEN_CHECKS
from bridge.checking.stem.every import STEM_CHECKS

RATE_HZ = 48000
OfCheck = Callable[[Path], dict[str, dict[str, Any]]]
CHAIN = """schema = 1
[[group]]
id = "all"
stems = ["*"]
"""
QUICK = {code for each in (*STEM_CHECKS, *BETWEEN_CHECKS) if each.quick for code in each.codes}


def _noise(seed: int, frames: int = 3 * RATE_HZ, channels: int = 2) -> npt.NDArray[np.float64]:
    """Faded in and out, so that it is whole."""
    dice = np.random.default_rng(seed)
    return 0.05 * dice.standard_normal((frames, channels)) * np.hanning(frames)[:, None]


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A folder with stems, and a chain beside it: one fault a stem, and stems without any."""
    folder = tmp_path / "Night Drive" / "stems"
    folder.mkdir(parents=True)
    (tmp_path / "chain.toml").write_text(CHAIN)
    stems = {name: _noise(seed) for seed, name in enumerate(("bass", "keys", "pad", "vox", "hat"))}
    stems["pad"][:, 1] = 0.0
    stems["vox"] = np.concatenate([_noise(7)[RATE_HZ:], _noise(8)[: RATE_HZ // 2]])
    stems["hat"] = stems["hat"][: 2 * RATE_HZ]
    stems["fx"] = np.zeros((3 * RATE_HZ, 2))
    stems["amp"] = _noise(6)
    stems["amp"][: RATE_HZ // 2] = 0.0
    stems["amp"] += 2e-3 * np.sin(2 * np.pi * 50.0 * np.arange(3 * RATE_HZ) / RATE_HZ + 1)[:, None]
    for name, samples in stems.items():
        soundfile.write(folder / f"{name}.wav", samples, RATE_HZ, subtype="PCM_24")
    soundfile.write(folder / "lofi.wav", _noise(9), RATE_HZ, subtype="PCM_U8")
    return folder


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of whole checks alone: they hear each stem once, and no render knows of it."""
    return tmp_path_factory.mktemp("heard") / "store"


@pytest.fixture
def of_check(run: Callable[..., Any], heard: Path) -> OfCheck:
    """What the whole check finds that the quick part may find, minor or major, by id."""

    def of(song: Path) -> dict[str, dict[str, Any]]:
        told = json.loads(run("check", song, "--store", heard, "--json").out)
        found = [each for stem in told["stems"] for each in stem["findings"]] + told["between"]
        return {
            each["id"]: each
            for each in found
            if each["code"] in QUICK and each["severity"] != "info"
        }

    return of


def test_a_new_job_finds_what_the_whole_check_finds(
    song: Path, run: Callable[..., Any], of_check: OfCheck
) -> None:
    words = ("job", "new", song, "--chain", song.parents[1] / "chain.toml", "--dry-run")
    found = json.loads(run(*words, "--json").out)["findings"]
    whole = of_check(song)
    told = {each["code"] for each in found}
    assert told >= {"silent", "dead_channel", "cut_tail", "upcut_start", "wrong_depth", "length"}
    assert {each["id"] for each in found} == {*whole}
    ends = [each["code"] for each in found if each["code"] in ("upcut_start", "cut_tail")]
    assert sorted(ends) == ["cut_tail", "cut_tail", "upcut_start"]  # the hum of the amp has none
    for each in found:
        assert each["stems"]
        assert {"stems": each["stems"], **whole[each["id"]], "value": None} == {
            **each,
            "value": None,
        }
        assert math.isclose(each["value"] or 0.0, whole[each["id"]]["value"] or 0.0, rel_tol=1e-9)
    assert "cut_tail" in run(*words).err
    assert "look at it: stemwright check" in run(*words).err


@pytest.mark.usefixtures("no_report")
def test_a_render_tells_it_once_and_goes_on(
    song: Path, run: Callable[..., Any], of_check: OfCheck
) -> None:
    words = ("render", song, song.parents[1] / "chain.toml", "-o", song.parents[1] / "out")
    said = run(*words)
    assert said.code == 0
    record = json.loads((song.parents[1] / "out" / "render.json").read_text())
    codes = {each["code"]: each for each in record["diagnostics"]}
    assert codes["dead_channel"] == {
        "severity": "warning",
        "code": "dead_channel",
        "where": "pad",
        "message": "nothing sounds on its right side (dead_channel)",
    }
    assert "warning: pad: nothing sounds on its right side (dead_channel)" in said.err
    assert f"look at it: stemwright check '{song}'" in said.err
    assert "unequal_lengths" not in codes
    assert {each["id"] for each in of_check(song).values() if each["code"] in codes}
    assert run(*words, "--no-check").code == 0
    record = json.loads((song.parents[1] / "out" / "render.json").read_text())
    assert not QUICK & {each["code"] for each in record["diagnostics"]}


@pytest.mark.usefixtures("no_report")
def test_a_shorter_stem_that_sounds_to_its_end_is_told_once(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    for seed, name in enumerate(("bass", "keys", "pad")):
        soundfile.write(tmp_path / f"{name}.wav", _noise(seed), RATE_HZ, subtype="PCM_24")
    soundfile.write(tmp_path / "vox.wav", _noise(5)[: 2 * RATE_HZ], RATE_HZ, subtype="PCM_24")
    (tmp_path / "chain.toml").write_text(CHAIN)
    said = run("render", tmp_path, tmp_path / "chain.toml", "-o", tmp_path / "out")
    assert "vox: it is 1.00 s shorter than most, and it sounds to its end (length)" in said.err
    assert "padded" not in said.err


@pytest.mark.usefixtures("no_report")
def test_what_a_job_accepts_is_not_told_of_its_renders(
    song: Path, run: Callable[..., Any], of_check: OfCheck, heard: Path
) -> None:
    job, chain = song.parent, song.parents[1] / "chain.toml"
    assert run("job", "new", song, "--chain", chain, "--no-check").code == 0
    (dead,) = [each for each in of_check(job) if each.startswith("dead_channel")]
    assert "dead_channel" in run("render", job).err
    accepted = ("--accept", dead, "--why", "hard left")
    run("check", job, *accepted, "--fail-on", "never", "--store", heard)
    said = run("render", job)
    assert "dead_channel" not in said.err
    assert f"look at it: stemwright check '{job}'" in said.err


def test_stems_that_no_render_takes_are_found_by_a_new_job(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    broken = _noise(1)
    broken[480, 0] = np.nan
    soundfile.write(tmp_path / "bass.wav", broken, RATE_HZ, subtype="FLOAT")
    soundfile.write(tmp_path / "kick.wav", _noise(2), RATE_HZ, subtype="PCM_24")
    soundfile.write(tmp_path / "snare.wav", -0.5 * _noise(2), RATE_HZ, subtype="PCM_24")
    soundfile.write(tmp_path / "hat.flac", _noise(3), RATE_HZ, subtype="PCM_24")
    octets = bytearray((tmp_path / "hat.flac").read_bytes())
    middle = len(octets) // 2
    octets[middle : middle + 2000] = bytes(2000)
    (tmp_path / "hat.flac").write_bytes(octets)
    (tmp_path / "chain.toml").write_text(CHAIN)
    words = ("job", "new", tmp_path, "--chain", tmp_path / "chain.toml", "--dry-run")
    told = json.loads(run(*words, "--json").out)
    found = {each["code"]: each for each in told["findings"]}
    assert {*found} == {"corrupt_samples", "undecodable"}
    assert found["corrupt_samples"]["start_s"] == 0.01
    assert [each["code"] for each in told["diagnostics"]] == ["duplicate_stem"]


@pytest.mark.parametrize("frames", [1, 30, 700, 16384, 16385, 50000])
def test_ends_are_those_of_all_samples(tmp_path: Path, frames: int) -> None:
    dice = np.random.default_rng(frames)
    samples = dice.uniform(-0.5, 0.5, (frames, 2)) * [1.0, 0.25]
    samples[: frames // 3] *= 1e-4
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ, subtype="DOUBLE")
    found = inspect(tmp_path / "a.wav").ends
    assert found is not None

    def rms(part: npt.NDArray[np.float64], edge: npt.NDArray[np.float64]) -> float:
        """Of each channel as it is or about the edge's middle, whichever is less."""
        if not part.size:
            return 0.0
        powers = np.minimum(np.mean(part**2, axis=0), np.mean((part - edge.mean(0)) ** 2, axis=0))
        return float(np.sqrt(powers.mean()))

    assert found.peaks == tuple(np.abs(samples).max(axis=0).tolist())
    start, last = samples[:1584], samples[-960:]
    first = np.minimum(np.abs(samples[0]), np.abs(samples[0] - start.mean(axis=0)))
    assert found.first_sample == pytest.approx(first.max(), rel=1e-12)
    for value, part, edge in (
        (found.start_rms, samples[:144], start),
        (found.next_rms, samples[144:1584], start),
        (found.last_rms, samples[-960:], last),
        (found.end_rms, samples[-96:], last),
    ):
        assert value == pytest.approx(rms(part, edge), rel=1e-12)
    if frames > 3000:
        assert found.sounds_from == pytest.approx(frames / 3, abs=480)
        assert found.sounds_until == frames


def test_silence_has_no_sound_and_one_click_in_it_does(tmp_path: Path) -> None:
    samples = np.zeros(200000)
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ)
    quiet = inspect(tmp_path / "a.wav").ends
    assert quiet == Ends((0.0,), 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0.0, ((0.0, 0.0),))
    samples[123456] = 0.5
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ)
    found = inspect(tmp_path / "a.wav").ends
    assert found is not None
    assert found.sounds_from <= 123456 < found.sounds_until <= found.sounds_from + 480
