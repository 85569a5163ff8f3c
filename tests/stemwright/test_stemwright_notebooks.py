"""What notebooks show of each value: its figures, its sound, and names of strangers as text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

import stemwright as sw
from bridge.comparing import Diff, DigestCheck, DigestChecks, Verified
from bridge.comparing.verifying_render import LockNote
from bridge.plugins import Catalogue, Plugin, Unscannable
from chains import Chain
from stemwright.shown import Shown

RATE_HZ = 8000
ODD = "<script>alert(1)<script>"


def _view(value: Shown) -> str:
    html = value._repr_html_()
    assert html is not None
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    return html


@pytest.fixture
def found(own_store: Path) -> Diff:
    noise = np.random.default_rng(5).standard_normal((RATE_HZ, 2)) * 0.1
    for name, gain in (("a", 1.0), ("b", 0.5)):
        (own_store / name).mkdir()
        soundfile.write(own_store / name / f"{ODD}.wav", noise * gain, RATE_HZ, "FLOAT")
    return sw.diff("a", "b")


CHECKS = DigestChecks(
    (
        DigestCheck("stems", ODD, ("chain.lock",), "blake3:1", "blake3:1"),
        DigestCheck("output", "main.wav", ("render.json",), "blake3:2", None),
    ),
    (f"{ODD} carries no digests",),
)


def test_a_diff_shows_its_figures_and_plays_both_sides(found: Diff) -> None:
    view = _view(found)
    (pair,) = found.files
    assert pair.raw is not None
    assert found.verdict in view
    assert f"{pair.raw.rms_dbfs:.2f}" in view
    assert f"{pair.loudness_delta_lu:.2f}" in view
    assert view.count("<svg") == view.count('src="data:audio/mpeg;base64,') == 2
    assert pair.b is not None
    Path(pair.b).unlink()
    assert _view(found).count("<audio") == 1
    Path(str(pair.a)).write_bytes(b"no audio")
    assert "cannot be heard any more" in _view(found)


def test_what_was_verified_shows_sound_step_lock_and_digests(found: Diff) -> None:
    note = LockNote("host", "steps", f"chain.lock: {ODD} is another one")
    first = (f"vocals/{ODD}", "plugin", (), True)
    value = Verified(found.verdict, found.within, *first, found, CHECKS, lock=(note,))
    view = _view(value)
    assert "NOT the same" in view
    assert "first to differ: vocals/&lt;script&gt;" in view
    assert "is another one</li>" in view
    assert view.count("<audio") == 2
    assert "1 of 2 differ" in view


def test_digests_show_what_differs_and_who_says_so() -> None:
    view = _view(CHECKS)
    assert "1 of 2 differ" in view
    assert "<td>main.wav</td><td>render.json</td><td>no</td>" in view


@pytest.mark.usefixtures("own_store")
def test_a_plan_shows_lanes_stems_and_inserts(
    arrays: dict[str, tuple[np.ndarray, int]], song_chain: Chain
) -> None:
    plan = sw.plan(arrays, replace(song_chain, name=ODD))
    view = _view(plan)
    assert f"{2.0:.2f} s at {RATE_HZ} Hz" in view
    assert "<td>vocals</td><td>vox</td><td>trim</td><td>0.00</td>" in view
    assert "versions: main, tv" in view


def test_a_catalogue_shows_its_plugins_and_what_could_not_be_read() -> None:
    plugin = Plugin(ODD, "A & B", "1.2", "VST3", "0" * 32, Path("x.vst3"))
    view = _view(Catalogue((plugin,), (Unscannable(Path("y.vst3"), "crashed"),)))
    assert "<td>A &amp; B</td><td>1.2</td><td>VST3</td>" in view
    assert "cannot be read: y.vst3: crashed" in view


def test_a_session_shows_its_tracks(own_store: Path) -> None:
    soundfile.write(own_store / f"{ODD}.wav", np.zeros((RATE_HZ, 2)), RATE_HZ)
    view = _view(sw.read(own_store))
    assert f"{RATE_HZ} Hz, tracks: 1" in view
    assert "<td>audio</td><td>other</td><td>2</td><td>1</td><td>0.00</td>" in view
