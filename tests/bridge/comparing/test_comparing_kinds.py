"""Every kind of change between two renders is called what it is, wherever it first shows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.comparing import Diff, diff
from bridge.finished import read_lock, recall, write_folder
from bridge.gathering import Cancel, Silent, link_stems
from bridge.hosting import host
from bridge.rendering import Context, render as rendered
from bridge.storing import Store
from chains import load

pytestmark = pytest.mark.usefixtures("no_report_in_module")

PLAIN = """schema = 1
[[group]]
id = "vocals"
stems = ["role:vocals"]
gain_db = -1.0
sends = { plate = -12.0 }
  [[group.insert]]
  use = "eq"
  bands = [{ shape = "bell", hz = 3000, gain_db = 1.0 }]
[[group]]
id = "bare"
stems = ["role:bass"]
trim_db = -2.0
[[group]]
id = "drums"
stems = ["role:drums"]
gain_db = -3.0
sends = { plate = -18.0 }
  [[group.insert]]
  id = "punch"
  use = "saturation"
  drive_db = 3.0
[[return]]
id = "plate"
gain_db = -6.0
  [[return.insert]]
  id = "dark"
  use = "eq"
  bands = [{ shape = "high_shelf", hz = 4000, gain_db = -6.0 }]
[[master.insert]]
id = "tone"
use = "eq"
bands = [{ shape = "high_shelf", hz = 9000, gain_db = 0.5 }]
[[master.insert]]
id = "glue"
use = "compressor"
threshold_db = -20.0
[target]
integrated_lufs = -16.0
safety = "trim"
drive_at = "glue"
[[version]]
id = "tv"
mute = ["vocals"]
"""

CHANGES = [
    ("trim_db = -2.0", "trim_db = -2.5", "trim", "bare trim"),
    ("gain_db = -3.0", "gain_db = -3.5", "fader", "drums fader"),
    ("{ plate = -18.0 }", "{ plate = -17.0 }", "send", "drums sends"),
    ("sends = { plate = -18.0 }\n", "", "send", "drums sends"),
    ("gain_db = -6.0\n  [[ret", "gain_db = -7.0\n  [[ret", "fader", "plate fader"),
    ("gain_db = -6.0 }", "gain_db = -7.0 }", "insert", "plate/dark"),
    ("threshold_db = -20.0", "threshold_db = -21.0", "insert", "master/glue"),
    ('use = "saturation"', 'use = "saturation"\nbypass = true', "insert", "drums/punch"),
    ("drive_db = 3.0", "drive_db = 3.0\n  mix = 0.5", "insert", "drums/punch"),
    ("integrated_lufs = -16.0", "integrated_lufs = -17.0", "target", "target"),
    ("integrated_lufs = -16.0\n", "", "target", "target"),
    ('mute = ["vocals"]', 'mute = ["drums"]', "version", "version tv"),
]
RATE = "[engine]\nsample_rate_hz = 44100\n[[group]]"
RATE_HZ = 24000
"""Of the stems: what differs is told alike at any rate, and a low one is half the work."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "stems").mkdir()
    for seed, name in enumerate(["lead vox", "bass", "kick"]):
        samples = 0.05 * np.random.default_rng(seed).standard_normal((RATE_HZ, 2))
        soundfile.write(folder / "stems" / f"{name}.wav", samples, RATE_HZ, "PCM_24")
    return folder


@pytest.fixture(scope="module")
def render(place: Path) -> Callable[..., Path]:
    """Render the chain with one text in place of another; one store for all."""

    def make(name: str, was: str = "", now: str = "", *more: str, stems: str = "stems") -> Path:
        chain, out = place / f"{name}.toml", place / name
        assert was in PLAIN
        chain.write_text(PLAIN.replace(was, now, 1))
        if not out.exists():
            words = ["render", place / stems, chain, "-o", out, "--store", place / "store"]
            words += [*more]
            assert run_told(app, [str(word) for word in words]) == 0
        return out

    return make


def _first(found: Diff) -> tuple[str, str]:
    assert found.renderings is not None
    assert found.renderings.first is not None
    return found.renderings.first.kind, found.renderings.first.name


@pytest.mark.parametrize(("was", "now", "kind", "name"), CHANGES)
def test_a_change_is_called_what_it_is(render, was: str, now: str, kind: str, name: str) -> None:
    found = diff(
        render("plain"), render(f"changed {CHANGES.index((was, now, kind, name))}", was, now)
    )
    assert _first(found) == (kind, name)
    assert found.verdict == "changed"


def test_another_tail_is_called_that(render) -> None:
    plain, longer = (
        render(f"tail {tail_s}", "[[group]]", f"[engine]\ntail_s = {tail_s}\n[[group]]")
        for tail_s in (0.5, 1.0)
    )
    found = diff(plain, longer)
    assert _first(found) == ("length", "length")
    assert found.worst.tail.frames == RATE_HZ // 2
    assert found.worst.tail.shared in ("exact", "dither", "tolerant")


def test_of_two_changes_the_first_in_signal_order_is_named(render) -> None:
    """The bass has no part in the plate, whose level is the first thing to differ."""
    both = 'trim_db = -3.0\n[[group]]\nid = "drums"\nstems = ["role:drums"]\ngain_db = -3.0\n'
    was = both.replace("trim_db = -3.0", "trim_db = -2.0") + "sends = { plate = -18.0 }"
    found = diff(render("plain"), render("two", was, both + "sends = { plate = -16.0 }"))
    assert _first(found) == ("send", "drums sends")


def test_another_sample_format_is_said_to_be_that(render) -> None:
    found = diff(render("plain"), render("sixteen", "", "", "--subtype", "pcm16"))
    assert _first(found) == ("subtype", "subtype pcm16")
    assert found.verdict == "dither"


def test_a_held_drive_is_the_drive(render, place: Path) -> None:
    """As a revision holds it: the same chain and stems, a drive that was not solved."""
    a, out = render("plain"), place / "held"
    lock, chain, store = read_lock(a), load(a / "chain.toml"), Store(place / "store")
    plan = link_stems(recall(lock, a, store), chain, store, plugin_folders=())
    context = Context(plan, store, host(plan.engine.host), Silent(), Cancel(), 1, None)
    rendering = rendered(context, "pcm24", lock.drive_db - 1.0)
    write_folder(context, rendering, chain, "pcm24", out)
    assert _first(diff(a, out)) == ("drive", "drive")


def test_another_rate_is_the_host(render) -> None:
    found = diff(render("plain"), render("rate", "[[group]]", RATE))
    assert _first(found)[0] == "host"
    assert found.renderings.engine == ("sample_rate_hz: 24000 and 44100",)
    assert found.exit_code == 2


def test_a_longer_stem_is_a_source_although_it_moves_the_end_of_all(render, place: Path) -> None:
    shutil.copytree(place / "stems", place / "longer")
    samples, rate_hz = soundfile.read(place / "longer" / "kick.wav", dtype="int32")
    longer = np.concatenate([samples, samples[:100]])
    soundfile.write(place / "longer" / "kick.wav", longer, rate_hz, "PCM_24")
    found = diff(render("plain"), render("with longer", stems="longer"))
    assert _first(found) == ("source", "drums/kick")
    assert "vocals/eq" in found.renderings.differing


def test_what_varies_hides_no_change_behind_it(render, tmp_path: Path) -> None:
    """The vocals' step gave two results of one input; what was changed is the master's tone."""
    a = render("plain")
    b = shutil.copytree(render("tone", "gain_db = 0.5", "gain_db = 0.7"), tmp_path / "b")
    record = json.loads((b / "render.json").read_text())
    (row,) = (row for row in record["steps"] if row["id"] == "vocals/eq")
    row["pcm"] = "0" * 64
    (b / "render.json").write_text(json.dumps(record))
    found = diff(a, b)
    assert _first(found) == ("insert", "master/tone")
    assert found.renderings.not_repeatable == ("vocals/eq",)
    assert found.as_json()["renderings"]["not_repeatable"] == ("vocals/eq",)


def test_the_level_after_the_first_step_is_told(render) -> None:
    found = diff(render("plain"), render("drier", "drive_db = 3.0", "drive_db = 3.0\n  mix = 0.5"))
    rows = {
        side: json.loads((Path(side) / "render.json").read_text())["steps"]
        for side in (found.a, found.b)
    }
    levels = {
        side: next(row["level_out"]["rms_dbfs"] for row in steps if row["id"] == "drums/punch")
        for side, steps in rows.items()
    }
    first = found.renderings.first
    assert first.step == "drums/punch"
    assert first.level_delta_db == pytest.approx(levels[found.b] - levels[found.a], abs=1e-9)
    assert abs(first.level_delta_db) > 0.01
