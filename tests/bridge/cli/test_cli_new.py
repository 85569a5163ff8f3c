"""`stemwright new`: stems that no chain can be set by, and ones that are hardly there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from chains import loads

RATE_HZ = 24000


def noise(path: Path, seconds: float, level: float, offset: float = 0.0, hits: float = 0.0) -> None:
    """Noise that hits once a second, 20 ms long."""
    path.parent.mkdir(exist_ok=True)
    frames = round(seconds * RATE_HZ)
    samples = np.random.default_rng(len(path.name)).normal(0.0, level, (frames, 2))
    hit = np.arange(frames) % RATE_HZ // (RATE_HZ // 50) == 25
    samples += hits * hit[:, None] * np.sin(0.1 * np.arange(frames))[:, None]
    soundfile.write(path, samples + offset, RATE_HZ, "FLOAT")


def test_stems_too_short_for_a_loudness_are_told_so(run: Any, tmp_path: Path) -> None:
    noise(tmp_path / "stems" / "kick.wav", 0.39, 0.1)
    noise(tmp_path / "stems" / "vox.wav", 2 / RATE_HZ, 0.1)
    made = run("new", tmp_path / "stems", "-o", tmp_path / "chain.toml", "--store", tmp_path / "st")
    assert (made.code, "lasts 0.39 s: too short" in made.err) == (2, True), made.err
    assert not (tmp_path / "chain.toml").exists()


def test_stems_80_db_too_quiet_are_named_and_a_missed_loudness_is_told(
    run: Any, tmp_path: Path
) -> None:
    for name in ("kick", "lead vox", "bv"):
        noise(tmp_path / "stems" / f"{name}.wav", 1.0, 1e-5)
    noise(tmp_path / "hot.wav", 1.0, 1.0)
    path = tmp_path / "chain.toml"
    asked = ("--reference", tmp_path / "hot.wav", "--store", tmp_path / "st")
    made = run("new", tmp_path / "stems", "-o", path, *asked)
    assert made.code == 0, made.err
    assert "louder: bv, peaks -8" in made.err
    text = path.read_text()
    target = text.split("[target]\n")[1].splitlines()[0]
    lufs = loads(text).target.integrated_lufs  # type: ignore[union-attr]
    own = float(target.partition("hot.wav's ")[2].partition(" LUFS")[0])
    assert f"{own - float(lufs or 0.0):.1f} LU under hot.wav's" in target
    head, _, version = text.partition("# [[version]]")
    without = loads(head + "[[version]]" + version.replace("\n# ", "\n"))
    assert without.versions[0].mute == ("vocals", "backing")


def test_the_target_is_the_loudest_at_which_the_limiter_takes_six_db(
    run: Any, tmp_path: Path
) -> None:
    noise(tmp_path / "stems" / "thing.wav", 5.0, 0.03, hits=0.9)
    asked = ("new", tmp_path / "stems", "--store", tmp_path / "st", "--json", "-o")
    found = json.loads(run(*asked, tmp_path / "chain.toml").out)
    target = loads(found["text"]).target.integrated_lufs
    assert target < -14.0
    assert 5.0 < found["first_render"]["limited_db"] <= 6.0
    again = (tmp_path / "louder.toml", "--target-lufs", str(round(target + 0.1, 1)))
    louder = json.loads(run(*asked, *again).out)
    assert louder["first_render"]["limited_db"] > 6.0


def test_a_constant_offset_does_not_make_a_master_quiet(run: Any, tmp_path: Path) -> None:
    found = {}
    for offset in (0.0, 0.2):
        stems = tmp_path / f"stems{offset}"
        for name in ("kick", "lead vox", "bass"):
            noise(stems / f"{name}.wav", 5.0, 0.05, offset)
        path = tmp_path / f"{offset}.toml"
        made = run("new", stems, "-o", path, "--store", tmp_path / "st", "--json")
        found[offset] = loads(json.loads(made.out)["text"]).target.integrated_lufs
    assert found == {0.0: -14.0, 0.2: -14.0}


def test_no_chain_is_named_so_that_no_command_knows_it(run: Any, tmp_path: Path) -> None:
    noise(tmp_path / "stems" / "kick.wav", 1.0, 0.1)
    made = run("new", tmp_path / "stems", "-o", tmp_path / "chain.txt")
    assert (made.code, "a name that ends in .toml" in made.err) == (2, True), made.err
    assert not list(tmp_path.glob("chain*"))


def test_a_loudness_that_is_no_number_is_told_so(run: Any, tmp_path: Path) -> None:
    for asked in ("nan", "-3", "-40.5"):
        made = run("new", tmp_path, "-o", tmp_path / "chain.toml", "--target-lufs", asked)
        assert (made.code, f"{asked} LUFS is not between -40 and -5" in made.err) == (2, True)
