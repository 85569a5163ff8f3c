"""`stemwright new`: stems that no chain can be set by, and ones that are hardly there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from chains import loads

RATE_HZ = 24000


def noise(path: Path, seconds: float, level: float) -> None:
    path.parent.mkdir(exist_ok=True)
    samples = np.random.default_rng(len(path.name)).normal(
        0.0, level, (round(seconds * RATE_HZ), 2)
    )
    soundfile.write(path, samples, RATE_HZ, "FLOAT")


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
