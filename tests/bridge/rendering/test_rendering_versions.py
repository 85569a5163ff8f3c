"""Versions without single stems: their groups anew, bit for bit what a song without them gives."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from bridge.finished.lock_writer import settings, specs

VOCALS = """
[[group]]
id = "vocals"
stems = ["role:vocals"]
  [[group.insert]]
  use = "compressor"
  threshold_db = -40
  ratio = 4
"""
REST = """
[[group]]
id = "rest"
stems = ["*"]
  [[group.insert]]
  use = "dynamic_eq"
  key = "vocals"
  bands = [{ hz = 1000, threshold_db = -60, max_cut_db = 6 }]
"""
CHAIN = VOCALS + REST


def _version(words: str, name: str = "tv") -> str:
    return f'[[version]]\nid = "{name}"\n{words}\n'


@pytest.fixture
def song(studio, noise):
    """Two vocals in one group, and a kick that ducks under them."""
    for seed, name in enumerate(("Lead Vox", "Backing Vox", "Kick")):
        studio.write(name, noise(0.5, seed))
    return studio


def _pcm(rendering) -> dict[str, str]:
    return {output.version: output.pcm_sha256 for output in rendering.outputs}


def _ids(rendering) -> list[str]:
    return [step.id for step in rendering.steps]


@pytest.mark.parametrize("words", ['mute = ["stem:lead*"]', 'only = ["stem:backing vox", "rest"]'])
def test_a_muted_stem_leaves_its_group_before_the_inserts(song, words: str) -> None:
    """As a song that never had the stem; the kick alone hears the whole group as its key."""
    alone = VOCALS + REST.replace('  key = "vocals"\n', "")
    made = song.render(alone + _version(words))
    assert _ids(made).count("vocals/compressor@tv") == 1
    (song.stems / "Lead Vox.wav").unlink()
    without = song.render(alone)
    assert _pcm(made)["tv"] == _pcm(without)["main"] != _pcm(made)["main"]
    assert all(step.cached for step in without.steps if not step.id.startswith("finish"))


def test_what_listens_to_the_group_hears_all_of_it(song) -> None:
    made = song.render(CHAIN + _version('mute = ["role:vocals/lead"]'))
    ids = _ids(made)
    assert "vocals/compressor@tv" in ids
    assert not any(each.startswith("rest/") and "@" in each for each in ids)
    full, _ = soundfile.read(made.outputs[0].path)
    less, _ = soundfile.read(made.outputs[1].path)
    mains = song.render(CHAIN + _version('only = ["vocals"]', "vox"))
    vocals, _ = soundfile.read(mains.outputs[1].path)
    (song.stems / "Kick.wav").unlink()
    (song.stems / "Lead Vox.wav").unlink()
    backing, _ = soundfile.read(song.render(VOCALS).outputs[0].path)
    frames = len(backing)
    kick = full[:frames] - vocals[:frames]
    assert np.abs(less[:frames] - backing - kick).max() < 1e-12
    assert np.abs(kick).max() > 0.01


@pytest.mark.parametrize("words", ['"role:vocals"', '"stem:*vox"', '"stem:Lead Vox", "stem:b*"'])
def test_a_group_that_loses_all_stems_is_muted_as_one(song, words: str) -> None:
    made = song.render(CHAIN + _version(f"mute = [{words}]") + _version('mute = ["vocals"]', "v"))
    assert _pcm(made)["tv"] == _pcm(made)["v"]
    assert not any(each.startswith("vocals/") and "@" in each for each in _ids(made))


def test_what_this_song_does_not_have_is_told_and_mutes_nothing(song) -> None:
    made = song.render(CHAIN + _version('mute = ["stem:Sax", "role:brass"]'))
    assert _pcm(made)["tv"] == _pcm(made)["main"]
    told = [each for each in made.diagnostics if each.code == "version_selects_nothing"]
    assert ['"stem:Sax"' in told[0].message, '"role:brass"' in told[1].message] == [True, True]


def test_the_mains_drive_is_kept_and_a_repeat_renders_nothing(song) -> None:
    target = "[target]\nintegrated_lufs = -16\n"
    text = CHAIN + target + _version('mute = ["stem:Lead Vox"]')
    made = song.render(text)
    labels = [step.label for step in made.steps if step.id.startswith("finish/")]
    assert labels == [f"drive {made.drive_db:+.3f} dB"] * 2
    assert made.drive_db != 0.0
    assert all(step.cached for step in song.render(text, jobs=2).steps)


def test_the_lock_and_the_plan_say_which_stems_are_left_out(song) -> None:
    plans = [
        song.plan(CHAIN + _version(f'mute = ["stem:{name} vox"]')) for name in ("lead", "back*")
    ]
    (first,) = plans[0].versions
    assert (first.sounding, first.without) == (("vocals", "rest"), ("Lead Vox",))
    assert settings(plans[0])["version tv"] == {"sounding": "vocals, rest", "without": "Lead Vox"}
    assert specs(plans[0])["version tv"] != specs(plans[1])["version tv"]
    assert json.dumps(settings(plans[1]))


def test_the_lock_and_render_json_say_that_a_version_has_the_mains_gains(song) -> None:
    """And nothing of a version with its own, whose spec is what it always was."""
    words = ['mute = ["stem:lead*"]', 'mute = ["stem:lead*"]\ndynamics = "main"']
    own, led = (song.plan(CHAIN + _version(each)) for each in words)
    assert "dynamics" not in settings(own)["version tv"]
    assert settings(led)["version tv"]["dynamics"] == "main"
    assert specs(own)["version tv"] != specs(led)["version tv"]
    made = song.render(CHAIN + _version(words[1]))
    again = song.render(CHAIN + _version(words[1]), store="another", jobs=2)
    assert _pcm(made) == _pcm(again)
    assert _pcm(made)["tv"] != _pcm(song.render(CHAIN + _version(words[0])))["tv"]
