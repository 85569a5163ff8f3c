"""Sends and returns: laws of the bus, with mutes, versions and latency."""

from __future__ import annotations

import numpy as np
import soundfile

DELAY = """
[[return.insert]]
use = "plugin"
plugin = "Fake Delay"
params = { "Delay" = "480 samples" }
"""


def _text(sends: str, back: str = "", more: str = "") -> str:
    return (
        f'[[group]]\nid = "a"\nstems = ["kick"]\ngain_db = -6.0\n{sends}\n'
        '[[group]]\nid = "b"\nstems = ["*"]\n'
        f'[[return]]\nid = "plate"\n{back}\n{more}'
    )


def _main(studio, text: str, index: int = 0) -> np.ndarray:
    samples, _ = soundfile.read(studio.render(text).outputs[index].path)
    return samples.T


def test_a_send_is_post_fader_and_its_return_is_summed_with_its_own_fader(studio, noise) -> None:
    kick, vox = noise(0.5, 1), noise(0.5, 2)
    studio.write("kick", kick)
    studio.write("vox", vox)
    got = _main(studio, _text("sends = { plate = -12.0 }", "gain_db = 3.0"))
    expected = 10 ** (-6 / 20) * kick + vox + 10 ** (3 / 20) * 10 ** (-18 / 20) * kick
    assert np.abs(got - expected).max() < 1e-15


def test_latency_through_a_return_is_zero(studio) -> None:
    impulse = np.zeros((2, 24000))
    impulse[:, 1000] = 0.25
    studio.write("kick", impulse)
    studio.write("vox", impulse)
    got = _main(studio, _text("sends = { plate = 0.0 }", DELAY))
    assert np.flatnonzero(got[0]).tolist() == [1000]
    expected = 0.25 + 2 * 0.25 * 10 ** (-6 / 20)
    assert abs(got[0, 1000] - expected) < 1e-7


def test_a_return_nobody_sends_to_changes_nothing(studio, noise) -> None:
    studio.write("kick", noise(0.5, 1))
    studio.write("vox", noise(0.5, 2))
    plain = _text("").replace('[[return]]\nid = "plate"\n', "")
    assert np.array_equal(_main(studio, _text("", DELAY)), _main(studio, plain))


def test_a_muted_group_sends_nothing(studio, noise) -> None:
    studio.write("kick", noise(0.5, 1))
    studio.write("vox", noise(0.5, 2))
    version = '[[version]]\nid = "dry"\nmute = ["a"]\n'
    got = _main(studio, _text("sends = { plate = 0.0 }", DELAY, version), index=1)
    assert np.array_equal(got, noise(0.5, 2))


def test_a_changed_send_renders_the_return_and_no_lane(studio, noise) -> None:
    studio.write("kick", noise(0.5, 1))
    studio.write("vox", noise(0.5, 2))
    studio.render(_text("sends = { plate = -12.0 }", DELAY))
    again = studio.render(_text("sends = { plate = -6.0 }", DELAY))
    fresh = {step.id for step in again.steps if not step.cached}
    assert fresh == {"plate/plugin", "sum", "finish/main"}
