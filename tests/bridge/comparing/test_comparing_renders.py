"""Two render folders: files paired by version, and the first insert that differs, by name."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.comparing import diff
from bridge.pages.diff.page import page

pytestmark = pytest.mark.usefixtures("no_report_in_module")

RATE_HZ, FRAMES = 24000, 36000
"""Of the stems: what differs is told alike at any rate, and a low one is half the work."""

CHAIN = """schema = 1
[[group]]
id = "vocals"
stems = ["role:vocals"]
  [[group.insert]]
  use = "eq"
  bands = [{ shape = "bell", hz = 3000, gain_db = {eq} }]
  [[group.insert]]
  id = "level"
  use = "compressor"
  threshold_db = {threshold}
[[group]]
id = "rest"
stems = ["*"]
gain_db = {fader}
trim_db = {trim}
  [[group.insert]]
  use = "dynamic_eq"
  key = "drums"
  bands = [{ shape = "bell", hz = 2500, q = 0.8, threshold_db = -40, max_cut_db = 2 }]
[[group]]
id = "drums"
stems = ["role:drums"]
  [[group.insert]]
  id = "punch"
  use = "saturation"
  drive_db = {drive}
[[master.insert]]
id = "tone"
use = "eq"
bands = [{ shape = "high_shelf", hz = 9000, gain_db = {shelf} }]
[[master.insert]]
id = "last"
use = "limiter"
release_ms = {release}
[target]
integrated_lufs = {lufs}
[[version]]
id = "tv"
mute = ["vocals"]
"""
PLAIN = {
    "eq": 1.0, "threshold": -24.0, "fader": 0.0, "trim": 0.0, "drive": 3.0, "shelf": 0.5,
    "release": 100.0, "lufs": -9.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("renders")
    (folder / "stems").mkdir()
    for seed, name in enumerate(["lead vox", "bass", "kick"]):
        rng = np.random.default_rng(seed)
        beat = 0.3 + 0.7 * np.exp(-6.0 * (np.arange(FRAMES) / RATE_HZ % 0.5))
        samples = 0.05 * rng.standard_normal((FRAMES, 2)) * beat[:, None]
        soundfile.write(folder / "stems" / f"{name}.wav", samples, RATE_HZ, "PCM_24")
    return folder


@pytest.fixture(scope="module")
def render(place: Path) -> Callable[..., Path]:
    """Render the chain with some settings changed; built-ins alone, one store for all."""

    def make(name: str, stems: str = "stems", **changed: float) -> Path:
        chain, out = place / f"{name}.toml", place / name
        text = CHAIN
        for key, value in {**PLAIN, **changed}.items():
            text = text.replace(f"{{{key}}}", str(value))
        chain.write_text(text)
        if not out.exists():
            words = [
                "render",
                place / stems,
                chain,
                "-o",
                out,
                "--store",
                place / "store",
            ]
            assert run_told(app, [str(word) for word in words]) == 0
        return out

    return make


def test_the_same_folder_elsewhere_is_exact(render, tmp_path: Path) -> None:
    a = render("plain")
    found = diff(a, shutil.copytree(a, tmp_path / "moved"))
    assert (found.verdict, found.first_step) == ("exact", None)
    assert [each.name for each in found.files] == ["main", "tv"]


@pytest.mark.parametrize(
    ("setting", "value", "first", "kind"),
    [
        ("eq", 1.5, "vocals/eq", "insert"),
        ("threshold", -30.0, "vocals/level", "insert"),
        ("drive", 4.0, "drums/punch", "insert"),
        ("fader", -0.5, "rest fader", "fader"),
        ("trim", -0.5, "rest trim", "trim"),
        ("shelf", 0.7, "master/tone", "insert"),
        ("release", 200.0, "master/last", "insert"),
        ("lufs", -9.5, "target", "target"),
    ],
)
def test_what_was_set_otherwise_is_named(render, setting, value, first, kind) -> None:
    found = diff(render("plain"), render(f"with {setting}", **{setting: value}))
    assert found.renderings.first.name == found.first_step == first
    assert found.renderings.first.kind == kind
    told = found.renderings.changed[0]
    assert told.startswith("target" if setting == "release" else first)
    assert f"was {PLAIN[setting]:g}" in told
    assert f"is {value:g}" in told
    assert found.verdict == "changed"
    assert found.exit_code == 1
    assert json.loads(json.dumps(found.as_json(), allow_nan=False))["first_step"] == first


def test_the_groups_that_differ_are_named(render) -> None:
    found = diff(render("plain"), render("with eq", eq=1.5))
    assert [each.id for each in found.renderings.groups if not each.same] == ["vocals"]
    assert [each.verdict for each in found.files] == ["changed", "changed"]


def test_another_stem_is_a_source(render, place: Path) -> None:
    shutil.copytree(place / "stems", place / "other", dirs_exist_ok=True)
    samples, rate_hz = soundfile.read(place / "other" / "bass.wav", dtype="int32")
    samples[1000, 0] ^= 1 << 8
    soundfile.write(place / "other" / "bass.wav", samples, rate_hz, "PCM_24")
    found = diff(render("plain"), render("other stems", "other"))
    assert found.first_step == "rest/bass"
    assert found.renderings.first.kind == "source"


def test_a_step_that_does_not_repeat_is_said_to_be_such(render, tmp_path: Path) -> None:
    a = render("plain")
    b = shutil.copytree(a, tmp_path / "again")
    record = json.loads((b / "render.json").read_text())
    record["steps"][0]["pcm"] = "0" * 64
    (b / "render.json").write_text(json.dumps(record))
    found = diff(a, b)
    assert found.renderings.first.kind == "not_repeatable"
    assert found.renderings.first.name == "vocals/level"


def test_a_version_only_one_has_cannot_be_compared(render, tmp_path: Path) -> None:
    a = render("plain")
    b = shutil.copytree(a, tmp_path / "fewer")
    record = json.loads((b / "render.json").read_text())
    record["outputs"] = record["outputs"][:1]
    record["steps"] = [row for row in record["steps"] if not row["id"].endswith("tv")]
    (b / "render.json").write_text(json.dumps(record))
    found = diff(a, b)
    assert (found.verdict, found.exit_code) == ("incomparable", 2)
    assert found.worst.reasons == ("only A has tv",)
    assert found.files[0].verdict == "exact"


def test_a_page_leads_with_every_setting_that_was_changed(render) -> None:
    a, b = render("plain"), render("changed", eq=1.5, fader=-0.5, lufs=-10.0)
    found = diff(a, b)
    text = page(found, short=True)
    assert re.findall(r"<h1[^>]*>([^<]*)", text) == ["2 of 2 files differ: vocals/eq first"]
    assert re.findall(r"<li class=\"[ab]\"><b>(.)</b> ([^<]*)", text) == [
        ("A", "plain"), ("B", "changed"),
    ]  # fmt: skip
    assert text.index("What was changed") < text.index("<h2>Listen")
    table = text.split("What was changed</h2>")[1].split("</table>")[0]
    rows = re.findall(r'<th scope="row">([^<]*)</th><td>([^<]*)</td><td>([^<]*)</td>', table)
    assert {name: (was, now) for name, was, now in rows if name != "drive"} == {
        "vocals/eq": ("eq: bell 3 kHz +1 dB q 1", "eq: bell 3 kHz +1.5 dB q 1"),
        "rest fader": ("+0 dB", "-0.5 dB"),
        "target": ("-9 LUFS", "-10 LUFS"),
    }
    same = page(diff(a, a), short=True)
    assert "Chain, settings, plugins, stems and engine are the same." in same
