"""Keys and sides in a whole render: laws that hold for built-ins and hosted inserts alike."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

DUCK = '[[group.insert]]\nuse = "compressor"\nthreshold_db = -40\nratio = 8\nkey = "voice"\n'


def _text(insert: str, voice_gain_db: float = 0.0, voice: str = "") -> str:
    return (
        f'[[group]]\nid = "music"\nstems = ["pad"]\n{insert}'
        f'[[group]]\nid = "voice"\nstems = ["vox"]\ngain_db = {voice_gain_db}\n{voice}'
    )


def _main(studio, text: str) -> np.ndarray:
    samples, _ = soundfile.read(studio.render(text).outputs[0].path)
    return samples.T


def test_a_silent_key_changes_nothing(studio, noise) -> None:
    studio.write("pad", noise(0.5, 1))
    studio.write("vox", np.zeros((2, 24000)))
    assert np.array_equal(_main(studio, _text(DUCK)), _main(studio, _text("")))


def test_a_key_ducks_and_is_heard_before_its_fader(studio, noise) -> None:
    studio.write("pad", noise(1.0, 1))
    vox = noise(1.0, 2, 0.5)
    vox[:, :24000] = 0
    studio.write("vox", vox)
    ducked = _main(studio, _text(DUCK, -120.0))
    plain = _main(studio, _text("", -120.0))
    assert np.array_equal(ducked[:, :23000], plain[:, :23000])
    quieter = np.sqrt((ducked[:, 40000:] ** 2).mean() / (plain[:, 40000:] ** 2).mean())
    assert 20 * np.log10(quieter) < -10


def test_a_key_is_heard_after_its_groups_inserts_and_a_mute_does_not_stop_it(studio, noise):
    studio.write("pad", noise(0.5, 1))
    studio.write("vox", noise(0.5, 2, 0.5))
    off = '[[group.insert]]\nuse = "gain"\ngain_db = -100\n'
    muted = '[[version]]\nid = "tv"\nmute = ["voice"]\n'
    made = studio.render(_text(DUCK) + muted)
    tv, _ = soundfile.read(made.outputs[1].path)
    alone = _main(studio, _text(DUCK, -120.0))
    assert np.abs(tv.T - alone).max() < 1e-5
    through_inserts = _main(studio, _text(DUCK, 0.0, off))
    assert np.abs(through_inserts - _main(studio, _text("", 0.0, off))).max() < 1e-12


def test_a_changed_key_renders_the_lane_that_hears_it(studio, noise) -> None:
    studio.write("pad", noise(0.5, 1))
    studio.write("vox", noise(0.5, 2, 0.5))
    gain = '[[group.insert]]\nuse = "gain"\ngain_db = {}\n'
    studio.render(_text(DUCK, 0.0, gain.format(-3)))
    again = studio.render(_text(DUCK, 0.0, gain.format(-6)))
    fresh = {step.id for step in again.steps if not step.cached}
    assert {"music/compressor", "voice/gain"} <= fresh
    fader = studio.render(_text(DUCK, -2.0, gain.format(-6)))
    assert {s.id for s in fader.steps if not s.cached} == {"sum", "finish/main"}


def test_a_key_that_has_no_stem_in_this_song_is_silent(studio, noise) -> None:
    studio.write("pad", noise(0.5, 1))
    assert np.array_equal(_main(studio, _text(DUCK)), noise(0.5, 1))


@pytest.mark.parametrize("jobs", [1, 2])
def test_lanes_that_listen_in_a_row_finish_whatever_their_order(studio, noise, jobs: int) -> None:
    names = ["a", "b", "c", "d"]
    for seed, name in enumerate(names):
        studio.write(name, noise(0.3, seed))
    text = "".join(
        f'[[group]]\nid = "{name}"\nstems = ["{name}"]\n'
        + (f'[[group.insert]]\nuse = "gate"\nkey = "{heard}"\n' if heard else "")
        for name, heard in zip(names, ["b", "c", "d", ""], strict=True)
    )
    made = studio.render(text, jobs=jobs, store=f"jobs {jobs}")
    assert [step.id for step in made.steps][:3] == ["a/gate", "b/gate", "c/gate"]


SIDES = ["mid", "side", "left", "right"]


@pytest.mark.parametrize("on", SIDES)
@pytest.mark.parametrize(
    "insert",
    ['use = "gain"\ngain_db = 0.0', 'use = "plugin"\nplugin = "Fake Through"'],
    ids=["native", "hosted"],
)
def test_unity_on_any_side_changes_no_bit(studio, noise, on: str, insert: str) -> None:
    studio.write("pad", noise(0.5, 1))
    studio.write("vox", noise(0.5, 2))
    text = _text(f'[[group.insert]]\n{insert}\non = "{on}"\n')
    assert np.array_equal(_main(studio, text), _main(studio, _text("")))


@pytest.mark.parametrize("hosted", [False, True], ids=["native", "hosted"])
def test_each_side_is_turned_by_itself(studio, noise, hosted: bool) -> None:
    pad = noise(0.5, 1)
    studio.write("pad", pad)
    studio.write("vox", np.zeros((2, 24000)))
    gain = (
        'use = "plugin"\nplugin = "Fake Gain"\nparams = { "Gain" = "-6 dB" }\n'
        if hosted
        else 'use = "gain"\ngain_db = -6\n'
    )
    half = 10 ** (-6 / 20)
    mid, side = (pad[0] + pad[1]) / 2, (pad[0] - pad[1]) / 2
    expected = {
        "mid": np.stack([half * mid + side, half * mid - side]),
        "side": np.stack([mid + half * side, mid - half * side]),
        "left": np.stack([half * pad[0], pad[1]]),
        "right": np.stack([pad[0], half * pad[1]]),
    }
    for on in SIDES:
        got = _main(studio, _text(f'[[group.insert]]\n{gain}on = "{on}"\n'))
        assert np.abs(got - expected[on]).max() < 1e-7


def test_mid_then_side_at_the_same_gain_is_that_gain(studio, noise) -> None:
    studio.write("pad", noise(0.5, 1))
    studio.write("vox", np.zeros((2, 24000)))
    both = "".join(
        f'[[group.insert]]\nuse = "gain"\ngain_db = -6\non = "{on}"\n' for on in SIDES[:2]
    )
    got = _main(studio, _text(both))
    assert np.abs(got - noise(0.5, 1) * 10 ** (-6 / 20)).max() < 1e-15


def test_latency_on_a_side_is_compensated(studio) -> None:
    impulse = np.zeros((2, 24000))
    impulse[0, 1000] = 0.25
    studio.write("pad", impulse)
    studio.write("vox", np.zeros((2, 24000)))
    delay = '[[group.insert]]\nuse = "plugin"\nplugin = "Fake Delay"\non = "side"\nmix = 0.5\n'
    assert np.abs(_main(studio, _text(delay)) - impulse).max() < 1e-8
