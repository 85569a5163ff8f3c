"""`verify` renders anew, is exact, or names the first step that is not what it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

pytestmark = pytest.mark.usefixtures("prepared_once", "no_report")

ROOT = Path(__file__).resolve().parents[3]
NOBODY = "65534"
STEMWRIGHT = (
    "import locale; locale.setlocale(locale.LC_ALL, ''); from bridge.cli import main; main()"
)
TEXT = """
[[group]]
id = "low"
stems = ["kick", "bass"]
{insert}
[[group]]
id = "rest"
stems = ["*"]
[[master.insert]]
use = "compressor"
[[master.insert]]
use = "limiter"
[target]
integrated_lufs = -20.0
"""
EQ = '[[group.insert]]\nuse = "eq"\nbands = [{ shape = "bell", hz = 300, gain_db = -2 }]\n'


@pytest.fixture
def verified(run):
    """Verify a folder and return (exit code, JSON)."""

    def call(folder: Path, *more: object) -> tuple[int, dict]:
        said = run("verify", folder, "--json", *more)
        return said.code, json.loads(said.out)

    return call


@pytest.fixture
def master(run, stems, chain, made_once, tmp_path) -> Path:
    """A finished folder of built-ins, its stems and its store beside it."""

    def make() -> None:
        words = ("render", stems, chain(TEXT.format(insert=EQ)), "-o", tmp_path / "out")
        assert run(*words).code == 0

    made_once("verify", tmp_path, make)
    return tmp_path / "out"


def test_a_master_is_exact_wherever_its_folder_lies(run, verified, stems, chain, tmp_path) -> None:
    here = tmp_path / "a place"
    here.mkdir()
    shutil.move(stems, here / "stems")
    run("render", here / "stems", chain(TEXT.format(insert=EQ)), "-o", here / "out")
    before = {path.name: path.read_bytes() for path in (here / "out").iterdir()}
    there = tmp_path / "anderswo" / "tief"
    there.parent.mkdir()
    shutil.move(here, there)
    code, found = verified(there / "out")
    assert (code, found["verdict"], found["first"], found["differing"]) == (0, "exact", None, [])
    assert {path.name: path.read_bytes() for path in (there / "out").iterdir()} == before


def _language(german: Path | None, folder: Path) -> dict[str, str]:
    """That of the German locale, copied here; plain C where there is none."""
    if german is None:
        return {"LC_ALL": "C"}
    shutil.copytree(german, folder, dirs_exist_ok=True)
    return {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "LOCPATH": str(folder)}


def _as_nobody() -> list[str]:
    """How to start a program as another user who may read what we may; skips where we may not."""
    setpriv = shutil.which("setpriv")
    if setpriv is None or os.geteuid() != 0:
        pytest.skip("only root can be another user, with setpriv")
    reading = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    return [setpriv, "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", *reading]


@pytest.mark.parametrize("somebody", ["me", "nobody"])
def test_another_place_name_language_and_user_are_exact(
    run, stems, chain, zam, german, made_once, somebody: str
) -> None:
    zam("ZamCompX2")
    start = _as_nobody() if somebody == "nobody" else []
    plugin = '[[group.insert]]\nuse = "plugin"\nplugin = "ZamCompX2"\n'

    def make() -> None:
        text = chain(TEXT.format(insert=EQ + plugin))
        assert run("render", stems, text, "-o", stems / "out").code == 0

    made_once("verify elsewhere", stems, make)
    with tempfile.TemporaryDirectory() as name:
        place, home = Path(name) / "moved", Path(name) / "home"
        shutil.move(stems, place)
        home.mkdir()
        if somebody == "nobody":
            Path(name).chmod(0o755)
            shutil.chown(home, int(NOBODY), int(NOBODY))
        said = subprocess.run(
            [*start, sys.executable, "-c", STEMWRIGHT, "verify", str(place / "out"), "--json"],
            env={
                **dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), str(home)),
                **dict.fromkeys(("USER", "LOGNAME"), "jemand"),
                **_language(german, Path(name)),
                "PATH": os.defpath,
                "PYTHONPATH": str(ROOT),
                "TZ": "Asia/Kathmandu",
            },
            cwd=home,
            umask=0o077,
            capture_output=True,
            text=True,
            check=False,
        )
    found = json.loads(said.stdout)
    assert (said.returncode, found["verdict"], found["first"]) == (0, "exact", None), said.stderr
    assert found["outputs"] == [{"name": "main", "verdict": "exact"}]


def test_one_bit_of_a_stem_is_that_source(verified, master, stems) -> None:
    samples, rate = soundfile.read(stems / "bass.wav")
    samples[1000, 0] += 2.0**-23
    soundfile.write(stems / "bass.wav", samples, rate, "PCM_24")
    code, found = verified(master)
    assert code == 1
    assert found["first"]["kind"] == "source"
    assert "bass" in found["first"]["name"]
    assert {"low/eq", "sum", "finish/main"} <= set(found["differing"])


def test_a_gone_stem_is_told(verified, master, stems) -> None:
    (stems / "bass.wav").unlink()
    code, found = verified(master)
    assert code == 2
    assert "bass.wav" in str(found["errors"])


def test_a_changed_setting_is_that_insert(verified, master) -> None:
    written = master / "chain.toml"
    written.write_text(written.read_text().replace("gain_db = -2", "gain_db = -3"))
    code, found = verified(master)
    assert code == 1
    assert (found["first"]["kind"], found["first"]["name"]) == ("chain", "low/eq")


def test_a_changed_state_is_that_step(run, verified, stems, chain, zam, tmp_path) -> None:
    zam("ZamCompX2")
    plugin = '[[group.insert]]\nuse = "plugin"\nplugin = "ZamCompX2"\n'
    text = chain(TEXT.format(insert=plugin))
    (tmp_path / "states").mkdir()
    for name, threshold in (("a", -20), ("b", -30)):
        baked = tmp_path / "states" / f"{name}.vstpreset"
        said = run("plugins", "set", text, "low/plugin", f"Threshold={threshold} dB", "-o", baked)
        assert said.code == 0, said.err
        chain(TEXT.format(insert=plugin))
    chain(TEXT.format(insert=plugin + 'state = "states/a.vstpreset"\n'))
    run("render", stems, text, "-o", tmp_path / "out")
    assert verified(tmp_path / "out")[0] == 0
    (held,) = (tmp_path / "out" / "states").iterdir()
    shutil.copy(tmp_path / "states" / "b.vstpreset", held)
    code, found = verified(tmp_path / "out")
    assert code == 1
    assert (found["first"]["kind"], found["first"]["name"]) == ("state", "low/plugin")


def test_another_build_of_a_plugin_is_that_step(
    run, verified, stems, chain, fixture_plugins, tmp_path
) -> None:
    bundle = fixture_plugins("gain")
    for name in ("old", "new"):
        shutil.copytree(bundle, tmp_path / name / bundle.name)
    (binary,) = (tmp_path / "new").glob("*/Contents/*/*.so")
    with binary.open("ab") as file:
        file.write(bytes(16))
    more = 'params = { "Gain" = "-3.0 dB" }\n'
    plugin = f'[[group.insert]]\nuse = "plugin"\nplugin = "Fixture Gain"\n{more}'
    text = chain(TEXT.format(insert=plugin))
    out = tmp_path / "out"
    assert run("render", stems, text, "-o", out, "--plugin-path", tmp_path / "old").code == 0
    assert verified(out, "--plugins", tmp_path / "old")[0] == 0
    code, found = verified(out, "--plugins", tmp_path / "new")
    # Another binary with the same sound: the audio is exact, and nothing is claimed to differ.
    assert (code, found["verdict"]) == (0, "exact")


def test_a_tampered_master_is_seen(verified, master) -> None:
    samples, rate = soundfile.read(master / "main.wav")
    samples[500] = np.clip(samples[500] + 0.01, -1, 1)
    soundfile.write(master / "main.wav", samples, rate, "PCM_24")
    code, found = verified(master)
    assert code == 1
    assert found["verdict"] == "changed"


def test_what_is_no_master_is_told(run, tmp_path, stems, chain) -> None:
    assert run("verify", tmp_path).code == 2
    run("lock", stems, chain(TEXT.format(insert=EQ)), "-o", tmp_path / "locked")
    assert run("verify", tmp_path / "locked").code == 2
