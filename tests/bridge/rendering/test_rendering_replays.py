"""Plugins in versions with the main master's gains: replayed where they can be, and told."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

import fake_host

GROUPS = """
[[group]]
id = "vocals"
stems = ["*vox"]
[[group]]
id = "rest"
stems = ["*"]
"""
VERSIONS = """
[[version]]
id = "instrumental"
mute = ["vocals"]
dynamics = "main"
[[version]]
id = "acapella"
only = ["vocals"]
dynamics = "main"
"""
COMPRESSOR = """
[[master.insert]]
id = "glue"
use = "compressor"
threshold_db = -30
ratio = 4
"""


def _plugin(name: str, more: str = "") -> str:
    return f'[[master.insert]]\nid = "strange"\nuse = "plugin"\nplugin = "{name}"\n{more}\n'


@pytest.fixture
def song(studio, noise):
    for seed, name in enumerate(("Lead Vox", "drums", "bass")):
        studio.write(name, noise(0.6, seed, 0.3))
    return studio


def _missing(made) -> float:
    files = [soundfile.read(each.path, dtype="float64")[0] for each in made.outputs]
    return float(np.abs(files[0] - files[1] - files[2]).max())


def _replays(made) -> dict[str, str]:
    return {step.id: step.replay["model"] for step in made.steps if step.replay is not None}


@pytest.mark.parametrize(
    ("name", "more", "model"),
    [
        ("Fake Gain", 'params = { "Gain" = "-3 dB" }', "gain"),
        ("Fake Delay", 'params = { "Delay" = "1000 samples" }', "gain"),
        ("Fake Echo", "", "linear"),
        ("Fake Echo", 'mix = 0.4\non = "side"', "linear"),
    ],
)
def test_a_plugin_is_replayed_by_what_it_does(song, name: str, more: str, model: str) -> None:
    target = "[target]\nintegrated_lufs = -16\n"
    text = GROUPS + COMPRESSOR + _plugin(name, more) + target + VERSIONS
    made = song.render(text)
    at = ("@instrumental", "@acapella")
    assert _replays(made) == {f"master/strange{each}": model for each in at}
    assert _missing(made) < 1e-6  # a plugin's samples are float32
    told = [said.message for said in made.diagnostics if said.code == "replayed"]
    assert len(told) == 2
    assert all("of the main master" in said for said in told)
    again = song.render(text, jobs=2)
    assert all(step.cached for step in again.steps)
    assert _replays(again) == _replays(made)
    assert not song.host.ran


def _late(audio, _values):
    """What sounds where nothing comes in any more, and is not linear."""
    return np.pad(np.abs(audio), ((0, 0), (9000, 0)))[:, : audio.shape[1]]


def test_what_cannot_be_replayed_is_told_and_hears_the_version(studio, noise, monkeypatch) -> None:
    monkeypatch.setitem(fake_host.PLUGINS, "Fake Late", fake_host.FakePlugin(_late))
    for seed, name in enumerate(("Lead Vox", "drums")):
        samples = noise(0.6, seed, 0.3)
        samples[:, 9000:] = 0.0
        studio.write(name, samples)
    made = studio.render(GROUPS + _plugin("Fake Late") + VERSIONS)
    assert set(_replays(made).values()) == {"none"}
    assert _missing(made) > 1e-3
    told = [said for said in made.diagnostics if said.code == "not_replayed"]
    assert [said.where for said in told] == [
        "master/strange@instrumental",
        "master/strange@acapella",
    ]
    assert "Fake Late does nothing that could be replayed" in told[0].message
    (said,) = (each for each in made.diagnostics if each.code == "versions_not_summing")
    missing_dbfs = 20.0 * np.log10(_missing(made))
    assert said.severity == "warning"
    assert f"main is at most {missing_dbfs:.1f} dBFS, over -60 dBFS: they do not" in said.message
    assert said.message.endswith(f"; after master/strange at most {missing_dbfs:.1f} dBFS")


def test_a_plugin_that_is_driven_is_replayed_too(song) -> None:
    driven = '[target]\nintegrated_lufs = -16\ndrive_at = "strange"\n'
    plugin = _plugin("Fake Gain", 'params = { "Gain" = "-3 dB" }')
    made = song.render(GROUPS + COMPRESSOR + plugin + driven + VERSIONS)
    assert _replays(made)["master/strange@acapella"] == "gain"
    assert _missing(made) < 1e-6
