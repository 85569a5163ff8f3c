"""A frozen song of real plugins, rendered where no plugin is found and the store is empty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bridge.jobs.freezing.conftest import Song, notes

pytestmark = pytest.mark.usefixtures("prepared_once", "no_report")

ZAM = ("ZamCompX2", "ZamEQ2")
CHAIN = f"""\
schema = 1
[[group]]
id = "vocals"
stems = ["vox*"]
gain_db = -1.0
  [[group.insert]]
  use = "eq"
  bands = [{{ shape = "bell", hz = 3000, gain_db = 2 }}]
  [[group.insert]]
  id = "comp"
  use = "plugin"
  plugin = "{ZAM[0]}"
[[group]]
id = "music"
stems = ["*"]
  [[group.insert]]
  id = "eq"
  use = "plugin"
  plugin = "{ZAM[1]}"
[target]
integrated_lufs = -16.0
"""


@pytest.fixture
def zam_song(song: Song, zam: Callable[[str], Path]) -> Song:
    for name in ZAM:
        zam(name)
    (song.folder / "chain.toml").write_text(CHAIN)
    song.here(song.empty)  # they are in the system's own folder
    return song


def test_equal_to_the_bit_and_with_a_fader_change(zam_song: Song) -> None:
    zam_song.render()
    masters = zam_song.masters()
    assert zam_song.run("freeze", zam_song.folder).code == 0
    hidden = ("--plugins", zam_song.empty)
    zam_song.gone()
    code, problems = zam_song.refused(*hidden)
    assert (code, {each["kind"] for each in problems}) == (3, {"plugin_not_found"})
    record = zam_song.render(*hidden, "--frozen")
    assert set(notes(record, "stands_in")) == {"vocals/comp", "music/eq"}
    assert zam_song.masters() == masters
    zam_song.edit("gain_db = -1.0", "gain_db = 0.5")
    zam_song.render(*hidden, "--frozen")
    without = zam_song.masters()
    assert without != masters
    zam_song.patch.setenv("STEMWRIGHT_STORE", str(zam_song.folder.parent / "a third store"))
    record = zam_song.render("--no-frozen")
    assert not notes(record, "stands_in")
    assert zam_song.masters() == without
    labels = {step["id"]: step["label"] for step in record["steps"]}
    assert labels["vocals/comp"] == "comp (ZamCompX2)"
