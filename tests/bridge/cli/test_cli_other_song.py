"""A finished master is replaced by the same song and chain file, and by others only when asked."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

pytestmark = pytest.mark.usefixtures("no_report")

TEXT = '[[group]]\nid = "all"\nstems = ["*"]\ngain_db = {gain}\n'


@pytest.fixture
def master(run, stems, chain, tmp_path: Path) -> Callable[..., Any]:
    """Render some stems and chain into one folder; the first time the song's own."""

    def render(*more: object, place: Path | None = None, text: Path | None = None) -> Any:
        words = ["render", place or stems, text or tmp_path / "chain.toml", "-o", tmp_path / "m"]
        return run(*words, "--store", tmp_path / "store", *more)

    chain(TEXT.format(gain=-1))
    assert render().code == 0
    return render


def _kinds(done: Any) -> list[str]:
    return [error["kind"] for error in json.loads(done.out)["errors"]]


def _noise(path: Path, seed: int) -> None:
    samples = 0.05 * np.random.default_rng(seed).standard_normal((24000, 2))
    soundfile.write(path, samples, 48000, "PCM_24")


def test_the_daily_revision_replaces(master, stems: Path, chain, tmp_path: Path) -> None:
    chain(TEXT.format(gain=-2))
    assert master().code == 0, "the same chain file, edited"
    _noise(stems / "kick.wav", 9)
    assert master().code == 0, "a stem exported anew"
    for seed, path in enumerate(stems.iterdir()):
        _noise(path, seed + 20)
    assert master().code == 0, "all stems exported anew to where they were"
    shutil.copytree(stems, tmp_path / "moved")
    assert master(place=tmp_path / "moved").code == 0, "the song in another place"
    with zipfile.ZipFile(tmp_path / "song.zip", "w") as bundle:
        for path in stems.iterdir():
            bundle.write(path, path.name)
    assert master(place=tmp_path / "song.zip").code == 0, "the song in a zip"
    shutil.copy(tmp_path / "chain.toml", tmp_path / "copy.toml")
    assert master(text=tmp_path / "copy.toml").code == 0, "a chain that says the same"
    assert master("--subtype", "float32").code == 0
    assert master(text=tmp_path / "m" / "chain.toml").code == 0, "the folder's own chain"


def test_other_stems_and_another_chain_are_refused(master, chain, tmp_path: Path) -> None:
    before = (tmp_path / "m" / "main.wav").read_bytes()
    other = tmp_path / "other song"
    other.mkdir()
    for seed, name in enumerate(["kick", "bass", "lead vox"]):
        _noise(other / f"{name}.wav", seed + 40)
    text = chain(TEXT.format(gain=-3), "another.toml")
    refused = master("--json", place=other)
    assert (refused.code, _kinds(refused)) == (2, ["output_of_another"])
    refused = master("--json", text=text)
    assert (refused.code, _kinds(refused)) == (2, ["output_of_another"])
    assert f"another chain, {tmp_path / 'chain.toml'}, which" in refused.out
    assert len(_kinds(master("--json", place=other, text=text))) == 2
    assert (tmp_path / "m" / "main.wav").read_bytes() == before
    assert master("--replace", place=other, text=text).code == 0
    assert (tmp_path / "m" / "main.wav").read_bytes() != before


def test_a_part_of_any_song_may_be_heard(master, chain) -> None:
    text = chain(TEXT.format(gain=-3), "another.toml")
    assert master("--range", "0.1:0.4").code == 0
    assert master("--range", "0.1:0.4", text=text).code == 0


def test_a_folder_in_which_one_file_cannot_be_replaced_stays_whole(
    master, chain, tmp_path: Path
) -> None:
    out = tmp_path / "m"
    (out / "report.html").unlink()
    (out / "report.html").mkdir()
    before = {path: path.read_bytes() for path in out.iterdir() if path.is_file()}
    chain(TEXT.format(gain=-2))
    refused = master("--json")
    assert (refused.code, _kinds(refused)) == (2, ["output_not_ours"])
    assert {path: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
