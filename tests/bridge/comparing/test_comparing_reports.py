"""The command, its reports for machines and people, goldens and the pytest plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from lxml import etree

from bridge.cli.commands import diff as diff_command
from bridge.cli.telling import run_told
from bridge.comparing import DifferentSoundError, Limits, assert_same_render, diff, junit, markdown

ROOT = Path(__file__).resolve().parents[3]
KEYS = {
    "verdict", "raw", "aligned", "bands", "first_frame", "first_step", "loudness_delta_lu",
    "true_peak_delta_db",
}  # fmt: skip

app = typer.Typer(add_completion=False, rich_markup_mode=None)
app.command()(diff_command.diff)


@pytest.fixture
def files(tune, write) -> tuple[Path, Path, Path]:
    """One file, the same with other dither, the same half a dB down."""
    return (
        write("a.wav", tune),
        write("same.wav", tune),
        write("softer.wav", tune * 10 ** (-0.5 / 20)),
    )


def _run(*words: object) -> int:
    return run_told(app, [str(word) for word in words])


def test_the_verdict_comes_first_then_where_then_how_much(files, capsys) -> None:
    a, same, softer = files
    assert _run(a, same) == 0
    assert capsys.readouterr().out.startswith("dither: within the limits\n")
    assert _run(a, softer) == 1
    said = capsys.readouterr().out
    assert said.startswith("changed: NOT within the limits\n")
    assert "0.5000 dB softer" in said
    order = [said.index(word) for word in ("first sample", "most at", "residual", "true peak")]
    assert order == sorted(order)


def test_json_has_the_keys_scripts_rely_on(files, capsys) -> None:
    assert _run(files[0], files[2], "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found.keys() >= KEYS
    assert found["aligned"]["gain_db"] == pytest.approx(-0.5, abs=1e-4)
    assert found["aligned"].keys() >= {"offset_frames", "polarity", "peak_dbfs", "rms_dbfs"}
    assert found["loudness_delta_lu"] == pytest.approx(-0.5, abs=0.02)
    assert found["true_peak_delta_db"] == pytest.approx(-0.5, abs=0.02)
    assert [band["residual_dbfs"] for band in found["bands"]] == sorted(
        (band["residual_dbfs"] for band in found["bands"]), reverse=True
    )


def test_limits_policy_and_bad_ones(files, tmp_path, capsys) -> None:
    a, same, _ = files
    assert _run(a, same, "--limit", "rms=-150") == 1
    policy = tmp_path / "policy.toml"
    policy.write_text('schema = 1\n[[file]]\npattern = "a*"\naccept = "exact"\n')
    assert _run(a, same, "--policy", policy) == 1
    assert _run(a, same, "--policy", policy, "--limit", "accept=dither") == 0
    capsys.readouterr()
    assert _run(a, same, "--limit", "rmx=-100", "--json") == 2
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["kind"], error["nearest"]) == ("bad_limit", "rms")
    assert _run(a, tmp_path / "absent.wav") == 2
    assert _run(a, tmp_path) == 2


def test_folders_pair_by_name_and_tell_what_is_missing(tune, write, tmp_path) -> None:
    for name, x in {"a/drums": tune, "b/drums": tune, "a/bass": tune, "b/bass": -tune}.items():
        write(f"{name}.wav", x, dither=False)
    found = diff(tmp_path / "a", tmp_path / "b")
    assert [(each.name, each.verdict) for each in found.files] == [
        ("bass", "changed"),
        ("drums", "exact"),
    ]
    assert (found.verdict, found.worst.name, found.exit_code) == ("changed", "bass", 1)
    write("b/extra.wav", tune)
    assert diff(tmp_path / "a", tmp_path / "b").exit_code == 2


def test_junit_counts_and_names_what_fails(tune, write, tmp_path) -> None:
    for name, x in {"a/x & y": tune, "b/x & y": -tune, "a/z": tune, "b/z": tune[:1]}.items():
        write(f"{name}.wav", x, dither=False)
    found = diff(tmp_path / "a", tmp_path / "b")
    suite = etree.fromstring(junit(found)).find("testsuite")
    assert dict(suite.attrib) == {
        "name": "stemwright diff", "tests": "2", "failures": "1", "errors": "1",
    }  # fmt: skip
    cases = {case.get("name"): case for case in suite}
    assert cases["x & y"].find("failure").get("type") == "changed"
    assert "channels: A has 2, B has 1" in cases["z"].find("error").get("message")
    assert junit(found) == junit(found)


def test_junit_is_written_whole_and_markdown_is_a_table(files, tmp_path, capsys) -> None:
    out = tmp_path / "report.xml"
    assert _run(files[0], files[2], "--junit", out, "--md") == 1
    assert etree.parse(out).getroot().get("failures") == "1"
    assert not list(tmp_path.glob(".*part"))
    said = capsys.readouterr().out
    assert said.startswith("## changed: NOT within the limits\n")
    assert "| a.wav | **changed** |" in said
    assert markdown(diff(files[0], files[0])).startswith("## exact: every sample is equal\n")
    assert _run(files[0], files[1], "--junit", tmp_path / "absent" / "x.xml") == 2


@pytest.mark.parametrize("kept", ["golden.wav", "golden.json"])
def test_goldens_with_and_without_audio(files, tune, write, tmp_path, kept: str) -> None:
    a, same, softer = files
    golden = tmp_path / "goldens" / kept
    with pytest.raises(DifferentSoundError, match="--update-golden"):
        assert_same_render(a, golden)
    assert_same_render(a, golden, update=True)
    assert_same_render(a, golden)
    assert_same_render(same, golden)
    with pytest.raises(DifferentSoundError):
        assert_same_render(same, golden, Limits(accept="exact"))
    with pytest.raises(DifferentSoundError):
        assert_same_render(softer, golden)
    dull = write("dull.wav", (tune + np.roll(tune, 1, axis=1)) / 2)
    with pytest.raises(DifferentSoundError):
        assert_same_render(dull, golden)


def test_a_golden_without_audio_is_small_and_repeats(files, tmp_path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    for path in (one, other):
        assert_same_render(files[0], path, update=True)
    assert one.read_bytes() == other.read_bytes()
    assert one.stat().st_size < 12288
    assert str(tmp_path) not in one.read_text()


def test_the_pytest_plugin_compares_and_updates(files, tmp_path) -> None:
    test = tmp_path / "test_song.py"
    test.write_text(
        "from pathlib import Path\n\n\ndef test_song(assert_same_render):\n"
        "    assert_same_render(Path('a.wav'), 'goldens/a.json')\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "stemwright.pytest_plugin", str(test)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    missing = run()
    assert missing.returncode == 1
    assert "there is no golden" in missing.stdout
    assert run("--update-golden").returncode == 0
    assert run().returncode == 0
    files[2].replace(tmp_path / "a.wav")
    changed = run()
    assert changed.returncode == 1
    assert "integrated_lufs is" in changed.stdout
