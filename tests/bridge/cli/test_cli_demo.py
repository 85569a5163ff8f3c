"""`demo` makes a whole master from nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bridge.metering import measure

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.usefixtures("no_report")  # the song's own has one
def test_the_demo_masters_its_own_song_and_keeps_what_is_there(
    run, demo: Path, tmp_path: Path
) -> None:
    folder, store = (shutil.copytree(demo / each, tmp_path / each) for each in ("demo", "store"))
    said = (demo / "said.txt").read_text(encoding="utf-8")
    assert str(Path("demo", "master", "main.wav")) in said
    assert len(list((folder / "stems").glob("*.wav"))) == 8
    record = json.loads((folder / "master" / "render.json").read_text(encoding="utf-8"))
    told = (DOCS / "verify.md").read_text(encoding="utf-8")
    for each in record["outputs"]:  # whoever reads the page can compare machines
        assert f"{each['path']:16}  {each['pcm_sha256']}\n" in told
    found = measure(folder / "master" / "main.wav")
    assert found.integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert found.true_peak_dbtp <= -1.0
    chain = folder / "chain.toml"
    chain.write_text(chain.read_text().replace("integrated_lufs = -14", "integrated_lufs = -18"))
    again = json.loads(run("demo", folder, "--store", store, "--json").out)
    assert again["outputs"][0]["measures"]["integrated_lufs"] == pytest.approx(-18.0, abs=0.1)
    assert {step["id"] for step in again["steps"] if not step["cached"]} <= {
        "finish/main",
        "finish/instrumental",
    }


def test_the_demo_refuses_a_folder_with_other_stems(run, tmp_path: Path) -> None:
    (tmp_path / "stems").mkdir()
    (tmp_path / "stems" / "mine.wav").write_bytes(b"mine")
    assert run("demo", tmp_path).code == 2
    assert [path.name for path in tmp_path.glob("*/*")] == ["mine.wav"]
