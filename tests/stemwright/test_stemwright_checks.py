"""`stemwright.check`: of files, of arrays, of a session, of a job, as the command says it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

import stemwright as sw

RATE_HZ = 8000
CHAIN = 'schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n'


def _noise(seed: int) -> np.ndarray:
    frames = 2 * RATE_HZ
    noise = np.random.default_rng(seed).standard_normal((frames, 2))
    return 0.05 * noise * np.hanning(frames)[:, None]


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stems(tmp_path: Path) -> dict[str, tuple[np.ndarray, int]]:
    """As arrays, and as files of the same samples; one is dead on its right side."""
    found = {name: (_noise(seed), RATE_HZ) for seed, name in enumerate(("bass", "pad"))}
    found["pad"][0][:, 1] = 0.0
    (tmp_path / "stems").mkdir()
    for name, (samples, rate_hz) in found.items():
        soundfile.write(f"stems/{name}.wav", samples, rate_hz, "DOUBLE")
    return found


def test_files_arrays_and_what_was_read_have_the_same_findings(
    stems: dict[str, tuple[np.ndarray, int]],
) -> None:
    reports = [sw.check("stems"), sw.check(stems), sw.check(sw.read("stems"))]
    (found,) = reports[0].open("major")
    assert (found.code, found.stems, found.unit) == ("dead_channel", ("pad",), "dBFS")
    assert [each.as_json() for each in reports[1:]] == [reports[0].as_json()] * 2


@pytest.mark.usefixtures("stems")
def test_a_job_is_checked_and_accepts(tmp_path: Path) -> None:
    Path("song").mkdir()
    Path("chain.toml").write_text(CHAIN)
    Path("song/job.toml").write_text('schema = 1\nchain = "../chain.toml"\nstems = "../stems"\n')
    told: list[tuple[str, int, int]] = []
    job = sw.load_job("song")
    report = sw.check(job, progress=lambda *said: told.append(said))
    assert told[-1] == ("stem check", 2, 2)
    assert sw.check("song").as_json() == report.as_json()
    (found,) = report.open("major")
    report = sw.check("song", accept=[found.id], why="hard left", page=tmp_path / "check.html")
    assert report.open("major") == ()
    assert "hard left" in (tmp_path / "check.html").read_text()
    assert json.dumps(report.as_json()).count("hard left") == 1


@pytest.mark.usefixtures("stems")
def test_what_is_asked_wrongly_is_told() -> None:
    with pytest.raises(sw.InputError, match="accept writes into a job"):
        sw.check("stems", accept=["hum-1"], why="x")
    with pytest.raises(sw.InputError) as wrong:
        sw.check("stems", mix=5, skip=[1], jobs=0)  # type: ignore[arg-type, list-item]
    assert len(wrong.value.problems) == 3
    with pytest.raises(sw.InputError):
        sw.check("nowhere")
    with pytest.raises(sw.StoppedError):
        sw.check("stems", progress=lambda *_: False)
