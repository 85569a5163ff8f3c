"""Further versions: mastered stems, a group louder, no limiter; what is told of them."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from chains import dumps, loads
from stemwright.decibels import linear

GROUPS = """
[[group]]
id = "vocals"
stems = ["*vox"]
gain_db = {fader}
[[group]]
id = "drums"
stems = ["drums"]
[[group]]
id = "bass"
stems = ["*"]
[[master.insert]]
use = "compressor"
threshold_db = -30
ratio = 4
"""
TARGET = "[target]\nintegrated_lufs = -9\n"
PLAIN = GROUPS.format(fader=0.0)
PAIR = """
[[version]]
id = "instrumental"
mute = ["vocals"]
dynamics = "{0}"
[[version]]
id = "acapella"
only = ["vocals"]
dynamics = "{0}"
"""
STEMS = '[[version]]\nid = "stem"\nstems = "mastered"\n'
NO_LIMITER = '[[version]]\nid = "open"\nlimiter = false\n'


@pytest.fixture
def song(studio, noise):
    for seed, name in enumerate(("Lead Vox", "drums", "bass")):
        studio.write(name, noise(0.6, seed, 0.3))
    return studio


def _read(output) -> np.ndarray:
    return soundfile.read(output.path, dtype="float64")[0]


def _told(made, code: str) -> list[str]:
    return [said.message for said in made.diagnostics if said.code == code]


def test_mastered_stems_are_a_version_a_group_and_add_up(song) -> None:
    chain = loads("schema = 1\n" + PLAIN + TARGET + STEMS)
    assert loads(dumps(chain)) == chain
    made = song.render(PLAIN + TARGET + STEMS)
    names = [output.version for output in made.outputs]
    assert names == ["main", "stem-vocals", "stem-drums", "stem-bass"]
    whole, *parts = map(_read, made.outputs)
    assert np.abs(whole - sum(parts)).max() < 1e-11
    (said,) = _told(made, "versions_sum")
    assert said.startswith("stem-vocals + stem-drums + stem-bass: between their sum and main is at")


def test_a_mastered_stem_of_a_group_without_stems_is_left_out(song) -> None:
    brass = '[[group]]\nid = "brass"\nstems = ["role:brass"]\n'
    made = song.render(brass + PLAIN + STEMS)
    names = [output.version for output in made.outputs]
    assert names == ["main", "stem-vocals", "stem-drums", "stem-bass"]
    assert _told(made, "version_left_out") == [
        "version stem-brass: nothing of it is in this song, so no file is made of it"
    ]
    (said,) = _told(made, "versions_sum")
    assert said.startswith("stem-vocals + stem-drums + stem-bass: ")


def test_a_group_louder_is_the_fader_up(song) -> None:
    up = '[[version]]\nid = "up"\ngain_db = { vocals = 1.5, bass = 0 }\n'
    made = song.render(PLAIN + up)
    assert made.outputs[1].pcm_sha256 == _main(song, GROUPS.format(fader=1.5))
    assert made.outputs[1].pcm_sha256 != made.outputs[0].pcm_sha256
    assert song.plan(PLAIN + up).versions[0].words == {"gain_db": {"vocals": 1.5}}
    assert not _told(made, "versions_sum")


def _main(song, text: str) -> str:
    return song.render(text).outputs[0].pcm_sha256


def test_without_the_limiter_it_is_the_bus_at_the_mains_drive(song) -> None:
    made = song.render(PLAIN + TARGET + NO_LIMITER)
    bus = _read(song.render(PLAIN).outputs[0])
    opened = _read(made.outputs[1])
    gain = linear(made.drive_db) * linear(made.trim_db)
    assert np.allclose(opened, gain * bus[: len(opened)], rtol=1e-12, atol=0)
    assert np.abs(opened).max() > np.abs(_read(made.outputs[0])).max() * 1.1
    assert made.reached
    (said,) = _told(made, "ceiling_not_kept")
    assert "over -1 dBTP; no ceiling is kept in this version" in said


def test_what_clips_integers_is_written_as_float(song) -> None:
    made = song.render(PLAIN + TARGET + NO_LIMITER, subtype="pcm24")
    assert [soundfile.info(each.path).subtype for each in made.outputs] == ["PCM_24", "FLOAT"]
    (said,) = _told(made, "written_as_float")
    assert "the file is float32, since pcm24 would clip" in said


def test_no_limiter_to_leave_out_is_told(song) -> None:
    made = song.render(PLAIN + NO_LIMITER)
    assert made.outputs[0].pcm_sha256 == made.outputs[1].pcm_sha256
    (said,) = _told(made, "version_without_limiter")
    assert said.endswith("there is no [target]")


@pytest.mark.parametrize("dynamics", ["own", "main"])
def test_by_how_much_a_pair_does_not_add_up_is_told(song, dynamics: str) -> None:
    made = song.render(PLAIN + TARGET + PAIR.format(dynamics), subtype="pcm24")
    whole, *parts = map(_read, made.outputs)
    missing_dbfs = 20 * np.log10(np.abs(whole - sum(parts)).max())
    (said,) = _told(made, "versions_sum")
    assert said.startswith("instrumental + acapella: ")
    assert f"is at most {missing_dbfs:.1f} dBFS" in said
    assert ('with dynamics = "main" they add up' in said) == (dynamics == "own")
    assert (missing_dbfs < -120.0) == (dynamics == "main")
    assert _told(
        song.render(PLAIN + TARGET + PAIR.format(dynamics), subtype="pcm24"), "versions_sum"
    )


def test_two_names_for_one_part_are_one_sum(song) -> None:
    twice = PAIR.format("main") + PAIR.format("main").replace('al"', 'al-2"').replace(
        'la"', 'la-2"'
    )
    said = _told(song.render(PLAIN + twice + STEMS), "versions_sum")
    assert [each.partition(":")[0] for each in said] == [
        "instrumental + acapella",
        "stem-vocals + stem-drums + stem-bass",
    ]


def test_versions_that_leave_something_out_together_are_no_sum(song) -> None:
    half = (
        '[[version]]\nid = "beat"\nonly = ["drums"]\n[[version]]\nid = "vox"\nonly = ["vocals"]\n'
    )
    assert not _told(song.render(PLAIN + half), "versions_sum")
