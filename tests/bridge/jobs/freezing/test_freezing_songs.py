"""A frozen song without its plugins: the same bits, what may be changed, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bridge.jobs.freezing.conftest import Song, notes

pytestmark = pytest.mark.usefixtures("prepared_once")

FADER = ("gain_db = -1.0", "gain_db = 0.5")
UPSTREAM = ("gain_db = 2 }", "gain_db = 3 }")


def test_the_same_bits_without_plugins_and_store(song: Song) -> None:
    before = song.render()
    masters = song.masters()
    assert song.run("freeze", song.folder).code == 0
    song.gone()
    shutil.rmtree(song.folder / "draft")
    record = song.render()
    assert song.masters() == masters
    assert len(masters) == 3
    stood_in = notes(record, "stands_in")
    assert set(stood_in) == {"vocals/warm", "music/half"}
    assert "Fixture Gain is not installed here" in stood_in["vocals/warm"]
    rows = ["id", "label", "key", "pcm", "level_in", "level_out", "latency_frames"]
    assert [[step[row] for row in rows] for step in record["steps"]] == [
        [step[row] for row in rows] for step in before["steps"]
    ]
    page = (song.folder / "draft/report.html").read_text()
    assert "its frozen audio of draft stands in" in page


def test_the_plan_names_them(frozen: Song) -> None:
    said = frozen.run("plan", frozen.folder, "--json")
    assert said.code == 0
    assert set(notes(json.loads(said.out), "stands_in")) == {"vocals/warm", "music/half"}


SEND = ("plate = -12.0", "plate = -6.0")
TARGET = ("integrated_lufs = -16.0", "integrated_lufs = -18.0")
BEHIND = ("gain_db = -0.5", "gain_db = -1.5")
RIDE = '[[ride]]\ngroup = "vocals"\nfrom = "0:00.1"\nto = "0:00.3"\ngain_db = 2.0\n'


@pytest.mark.parametrize(
    ("edits", "ride"), [([FADER], ""), ([SEND, TARGET, BEHIND], RIDE)], ids=["fader", "others"]
)
def test_a_change_after_it_is_as_with_plugins(frozen: Song, edits, ride: str) -> None:
    for edit in edits:
        frozen.edit(*edit)
    job = frozen.folder / "job.toml"
    job.write_text(job.read_text() + ride)
    before = frozen.masters()
    assert len(notes(frozen.render(), "stands_in")) == 2
    without = frozen.masters()
    assert without != before
    frozen.here()
    frozen.patch.setenv("STEMWRIGHT_STORE", str(frozen.folder.parent / "a third store"))
    assert not notes(frozen.render(), "stands_in")
    assert frozen.masters() == without


def test_a_change_before_it_is_refused(frozen: Song) -> None:
    frozen.edit(*UPSTREAM)
    code, problems = frozen.refused()
    assert code == 3
    (problem,) = problems
    assert problem["kind"] == "frozen_differs"
    assert problem["message"].startswith("vocals/warm: Fixture Gain is not installed here, and")
    assert "what comes into it" in problem["message"]


def test_another_setting_is_refused(frozen: Song) -> None:
    frozen.edit(
        'plugin = "Fixture Gain"', 'plugin = "Fixture Gain"\nparams = { "Gain" = "1.0 dB" }'
    )
    code, (problem,) = frozen.refused()
    assert code == 3
    assert problem["kind"] == "frozen_differs"
    assert "another set of parameters" in problem["message"]


def test_another_plugin_has_no_stand_in(frozen: Song) -> None:
    frozen.edit('"Fixture Gain"', '"Fixture Rolling"')
    _, problems = frozen.refused()
    assert [each["kind"] for each in problems] == ["plugin_not_found"]


def test_another_build_is_stood_in_for(
    frozen: Song, fixture_plugins: Callable[..., Path], tmp_path: Path
) -> None:
    masters = frozen.masters()
    other = tmp_path / "updated"
    for kind, louder_db in (("gain", 2.0), ("latency", 0.0)):
        bundle = fixture_plugins(kind, louder_db)
        shutil.copytree(bundle, other / bundle.name)
    frozen.here(other)
    stood_in = notes(frozen.render(), "stands_in")
    assert list(stood_in) == ["vocals/warm"]
    assert "is another binary here" in stood_in["vocals/warm"]
    assert frozen.masters() == masters
    assert not notes(frozen.render("--no-frozen"), "stands_in")
    assert frozen.masters() != masters


def test_forced_everywhere(frozen: Song) -> None:
    masters = frozen.masters()
    frozen.here()
    assert not notes(frozen.render(), "stands_in")
    assert set(notes(frozen.render("--frozen"), "stands_in")) == {"vocals/warm", "music/half"}
    assert frozen.masters() == masters
    frozen.edit(*UPSTREAM)
    assert frozen.refused("--frozen")[1][0]["kind"] == "frozen_differs"


def test_plugins_alone_names_what_frozen_would_do(frozen: Song) -> None:
    code, problems = frozen.refused("--plugins", frozen.empty)
    hints = {each["where"]["insert"]: each["hint"] for each in problems}
    assert (code, [*hints]) == (3, ["warm", "half"])
    assert all("stand in with --frozen; else install it" in hint for hint in hints.values())
    _, refused = frozen.refused("--plugins", frozen.empty, "--no-frozen")
    assert not any("--frozen" in each["hint"] for each in refused)
    frozen.render("--plugins", frozen.empty, "--frozen")


def test_plugins_alone_names_no_frozen_audio_of_other_settings(frozen: Song) -> None:
    frozen.edit("mix = 0.5", "mix = 0.6")
    _, problems = frozen.refused("--plugins", frozen.empty)
    named = {each["where"]["insert"]: "--frozen" in each["hint"] for each in problems}
    assert named == {"warm": True, "half": False}
