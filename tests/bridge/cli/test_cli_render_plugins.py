"""`render --plugins DIR`: exactly the binaries in DIR, whatever else lies on this machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

pytestmark = pytest.mark.usefixtures("prepared_once", "no_report")

STEMS_RATE_HZ = 24000

LOUDER_DB = 2.0
CHAIN = """\
[[group]]
id = "all"
stems = ["*"]
[[group.insert]]
id = "gain"
use = "plugin"
plugin = "Fixture Gain"
"""


@pytest.fixture
def builds(fixture_plugins: Callable[..., Path], tmp_path: Path) -> Callable[[float], Path]:
    """A folder that holds one build of one plugin."""

    def make(louder_db: float) -> Path:
        bundle = fixture_plugins("gain", louder_db)
        folder = tmp_path / f"builds {louder_db}"
        shutil.copytree(bundle, folder / bundle.name)
        return folder

    return make


def level_db(master: Path) -> float:
    sound, _ = soundfile.read(master)
    return float(20.0 * np.log10(np.sqrt(np.mean(np.square(sound)))))


def test_two_builds_of_a_plugin_are_compared(run, stems, chain, builds, tmp_path, monkeypatch):
    plain, louder = builds(0.0), builds(LOUDER_DB)
    monkeypatch.setenv("STEMWRIGHT_PLUGIN_PATH", str(plain))
    song = stems, chain(CHAIN)
    for name, folder in (("plain", plain), ("louder", louder)):
        assert run("render", *song, "--plugins", folder, "-o", tmp_path / name).code == 0
    apart_db = level_db(tmp_path / "louder/main.wav") - level_db(tmp_path / "plain/main.wav")
    assert apart_db == pytest.approx(LOUDER_DB, abs=0.01)
    found = run("diff", tmp_path / "plain", tmp_path / "louder", "--json")
    assert found.code == 1
    assert "all/gain" in found.out


def test_of_a_job_too(run, stems, chain, builds, tmp_path):
    chain(CHAIN)
    job = f'schema = 1\nchain = "chain.toml"\nstems = "{stems.name}"\n'
    (tmp_path / "job.toml").write_text(job)
    rendered = run("render", tmp_path, "--plugins", builds(LOUDER_DB), "--json")
    assert rendered.code == 0
    lock = json.loads((tmp_path / "draft/chain.lock").read_text())
    record = json.loads(rendered.out)
    step = next(each for each in record["steps"] if each["id"] == "all/gain")
    gained_db = step["level_out"]["rms_dbfs"] - step["level_in"]["rms_dbfs"]
    assert gained_db == pytest.approx(LOUDER_DB, abs=0.01)
    assert len(lock["plugins"]) == 1


def test_nothing_else_is_searched(run, stems, chain, builds, tmp_path, monkeypatch):
    monkeypatch.setenv("STEMWRIGHT_PLUGIN_PATH", str(builds(0.0)))
    (tmp_path / "empty").mkdir()
    asked = ("render", stems, chain(CHAIN), "--plugins", tmp_path / "empty", "-o", tmp_path / "out")
    found = run(*asked, "--json")
    assert found.code == 3
    assert '"plugin_not_found"' in found.out
    assert not (tmp_path / "out").exists()


def test_a_plugin_named_by_path_elsewhere_is_not_loaded(run, stems, chain, builds, tmp_path):
    plain, louder = builds(0.0), builds(LOUDER_DB)
    named = CHAIN.replace('"Fixture Gain"', f'"{plain / "Fixture Gain.vst3"}"')
    asked = ("render", stems, chain(named), "--plugins", louder, "-o", tmp_path / "out", "--json")
    found = run(*asked)
    assert found.code == 2
    assert '"plugin_untrusted"' in found.out


def test_one_of_the_two_searches(run, stems, chain, tmp_path):
    asked = ("render", stems, chain(CHAIN), "--plugins", tmp_path, "--plugin-path", tmp_path)
    found = run(*asked)
    assert found.code == 2
    assert "exclude each other" in found.err
