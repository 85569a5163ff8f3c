"""`stemwright sheet`: every setting of a master, whatever is gone, on 80 columns or on a page."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told

pytestmark = pytest.mark.usefixtures("prepared_once", "no_report_in_module")

Run = Callable[..., Any]

CHAIN = """\
schema = 1
name = "warm"
[[group]]
id = "vocals"
stems = ["vox*"]
trim_db = -1.0
gain_db = -1.0
sends = { plate = -18.0 }
  [[group.insert]]
  id = "tone"
  use = "eq"
  bands = [{ shape = "bell", hz = 3000, gain_db = 2 }, { shape = "high_pass", hz = 80 }]
  [[group.insert]]
  id = "comp"
  use = "plugin"
  plugin = "ZamCompX2"
  params = { Threshold = -20, Ratio = "4.0" }
  [[group.insert]]
  id = "later"
  use = "saturation"
  bypass = true
[[group]]
id = "music"
stems = ["*"]
  [[group.insert]]
  id = "glue"
  use = "compressor"
  key = "vocals"
  mix = 0.5
[[return]]
id = "plate"
  [[return.insert]]
  use = "reverb"
[master]
  [[master.insert]]
  id = "last"
  use = "limiter"
[target]
integrated_lufs = -18.0
[[version]]
id = "instrumental"
mute = ["vocals"]
"""
JOB = """\
schema = 1
title = "Riverside <Drive>"
artist = "The Example"
chain = "chain.toml"
stems = "stems"
[group.vocals]
gain_db = 0.5
[group.vocals.insert.comp]
params = { Threshold = -22 }
[master.insert.last]
release_ms = 80.0
[stem."vox lead"]
gain_db = -0.5
[[section]]
name = "chorus 2"
from = 0.2
to = "0:00.6"
words = "vocal up a touch"
[[ride]]
group = "vocals"
section = "chorus 2"
gain_db = 0.7
[[ride]]
group = "vocals"
points = [[0.5, 0.0], [0.8, -1.0]]
[metadata]
engineer = "A. Person"
isrc = "GBAYE0601498"
"""


@pytest.fixture(scope="module")
def made(zam: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A job of a second with its draft; whoever changes anything does so in a copy."""
    zam("ZamCompX2")
    place = tmp_path_factory.mktemp("sheet")
    song = place / "song"
    (song / "stems").mkdir(parents=True)
    for seed, name in enumerate(("vox lead", "bass", "kick")):
        samples = 0.05 * np.random.default_rng(seed).standard_normal((48000, 2))
        soundfile.write(song / "stems" / f"{name}.wav", samples, 48000, "PCM_24")
    (song / "chain.toml").write_text(CHAIN, encoding="utf-8")
    (song / "job.toml").write_text(JOB, encoding="utf-8")
    store = place / "store"
    assert run_told(app, ["render", str(song), "--store", str(store)]) == 0
    return SimpleNamespace(song=song, store=store)


@pytest.fixture
def song(made: SimpleNamespace, tmp_path: Path) -> Path:
    """A copy of the job, to change."""
    return Path(shutil.copytree(made.song, tmp_path / "song"))


def _sheet(run: Run, where: Path, store: Path) -> dict[str, Any]:
    done = run("sheet", where, "--store", store, "--json")
    assert done.code == 0, done
    told: dict[str, Any] = json.loads(done.out)
    return told


def _insert(sheet: dict[str, Any], strip: str, insert: str) -> dict[str, Any]:
    (found,) = [
        each
        for row in sheet["strips"]
        if row["id"] == strip
        for each in row["inserts"]
        if each["id"] == insert
    ]
    return dict(found)


def _lock_says(song: Path, plugin: dict[str, str], **more: object) -> None:
    """Have the lock of a draft say something else, of its plugin and of more."""
    lock = song / "draft" / "chain.lock"
    told = json.loads(lock.read_text("utf-8")) | more
    told["plugins"][0] |= plugin
    lock.write_text(json.dumps(told), "utf-8")


def _settings(insert: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["value"] for row in insert["settings"]}


def _rows(sheet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from sheet["target"]
    for strip in sheet["strips"]:
        yield from strip["levels"]
        for insert in strip["inserts"]:
            yield from insert["settings"]


def test_it_has_every_strip_every_insert_and_every_setting_of_the_draft(
    run: Run, made: SimpleNamespace
) -> None:
    sheet = _sheet(run, made.song, made.store)
    chain = tomllib.loads((made.song / "draft" / "chain.toml").read_text(encoding="utf-8"))
    owners = [*chain["group"], *chain["return"], {"id": "master", "insert": [], **chain["master"]}]
    assert [each["id"] for each in sheet["strips"]] == [each["id"] for each in owners]
    for owner in owners:
        for insert in owner["insert"]:
            told = _settings(_insert(sheet, owner["id"], insert["id"]))
            own = {*insert} - {"id", "use", "plugin", "params", "bands", "mix", "on"}
            assert len(told) >= len(own) + len(insert.get("bands", ())) + 1
            for value in (insert[key] for key in own):
                if type(value) is float and value < 1000:
                    assert any(f"{value:g}" in each for each in told.values()), (value, told)
    tone = _settings(_insert(sheet, "vocals", "tone"))
    assert tone["band 1"] == "shape bell, frequency 3 kHz, gain +2 dB, q 1"
    assert tone["band 2"] == "shape high pass, frequency 80 Hz, slope 12 dB/oct"
    assert _settings(_insert(sheet, "music", "glue"))["mix"] == "50 %"
    assert _insert(sheet, "vocals", "later")["is_bypassed"]
    (stem,) = sheet["strips"][0]["stems"]
    assert (stem["name"], stem["gain"], stem["files"]) == ("vox lead", "-0.5 dB", ["vox lead.wav"])


def test_a_plugins_settings_are_its_own_display_texts(run: Run, made: SimpleNamespace) -> None:
    sheet = _sheet(run, made.song, made.store)
    comp = _insert(sheet, "vocals", "comp")
    shown = json.loads(run("plugins", "show", "ZamCompX2", "--json").out)["parameters"]
    wanted = {each["name"]: each["value"] for each in shown if each["automatable"]}
    wanted |= {"Threshold": "-22 dB", "mix": "100 %"}
    assert _settings(comp) == wanted
    assert len(wanted) > 8
    assert comp["what"].startswith("ZamCompX2 ")
    assert comp["remarks"] == []


def test_what_the_job_has_otherwise_is_marked_beside_the_chains_value(
    run: Run, made: SimpleNamespace
) -> None:
    sheet = _sheet(run, made.song, made.store)
    marked = {
        row["name"]: (row["value"], row["chain_value"]) for row in _rows(sheet) if row["by_job"]
    }
    assert marked == {
        "fader": ("+0.5 dB", "-1 dB"),
        "Threshold": ("-22 dB", "-20"),
        "release": ("80 ms", "100 ms"),
    }
    said = run("sheet", made.song, "--store", made.store).out
    assert "    Threshold               -22 dB  * chain: -20\n" in said
    assert said.count(" * chain: ") == 3
    assert "  stem vox lead           -0.5 dB *, " in said
    stems = {row["name"]: row["by_job"] for strip in sheet["strips"] for row in strip["stems"]}
    assert stems == {"vox lead": True, "bass": False, "kick": False}


def test_a_stems_gain_alone_is_marked_and_explained(
    run: Run, song: Path, made: SimpleNamespace
) -> None:
    _lock_says(song, {}, overrides={})
    said = run("sheet", song, "--store", made.store).out
    assert " * chain: " not in said
    assert "-0.5 dB *, " in said
    assert said.endswith("* set by the job, over the chain's value\n")


def test_heading_levels_and_target_are_those_of_the_record(run: Run, made: SimpleNamespace) -> None:
    sheet = _sheet(run, made.song, made.store)
    heading = {row["name"]: row["value"] for row in sheet["heading"]}
    assert [*heading][:5] == ["song", "artist", "revision", "date", "engineer"]
    assert heading["song"] == "Riverside <Drive>"
    assert (heading["engineer"], heading["isrc"]) == ("A. Person", "GBAYE0601498")
    record = json.loads((made.song / "draft" / "render.json").read_text(encoding="utf-8"))
    for output, told in zip(record["outputs"], sheet["versions"], strict=True):
        assert told["loudness"] == f"{output['measures']['integrated_lufs']:.2f} LUFS"
        assert told["true_peak"] == f"{output['measures']['true_peak_dbtp']:.2f} dBTP"
    target = {row["name"]: row["value"] for row in sheet["target"]}
    drive = f"{record['drive_db']:+g} dB"
    assert target["drive"] == f"{drive} into last, found for the target"
    (last,) = [row for row in record["steps"] if row["id"] == "vocals/comp"]
    levels = {row["name"]: row["value"] for row in _insert(sheet, "vocals", "comp")["levels"]}
    assert levels["level out"].startswith(f"{last['level_out']['rms_dbfs']:.1f} dBFS RMS")


def test_rides_stand_in_their_sections_as_long_as_the_job_says_the_same(
    run: Run, song: Path, made: SimpleNamespace
) -> None:
    sheet = _sheet(run, song, made.store)
    (part,) = sheet["sections"]
    assert (part["times"], part["words"]) == ("0.2 s to 0:00.6", "vocal up a touch")
    (ride,) = part["rides"]
    assert "0:00.200 +0.7 dB" in ride["words"]
    assert len(sheet["strips"][0]["rides"]) == 2
    job = song / "job.toml"
    job.write_text(JOB.replace("gain_db = 0.7", "gain_db = 0.9"), encoding="utf-8")
    sheet = _sheet(run, song, made.store)
    assert sheet["sections"][0]["rides"] == []
    assert [each["section"] for each in sheet["strips"][0]["rides"]] == [None, None]


def test_of_a_plugin_that_is_gone_there_is_what_lock_and_store_know(
    run: Run, song: Path, made: SimpleNamespace, tmp_path: Path
) -> None:
    _lock_says(song, {"name": "Gone Comp", "class_id": "0" * 32})
    comp = _insert(_sheet(run, song, made.store), "vocals", "comp")
    assert _settings(comp) == {"Threshold": "-22 dB", "Ratio": "4", "mix": "100 %"}
    assert comp["remarks"][0].startswith("Gone Comp is not installed here")
    comp = _insert(_sheet(run, song, tmp_path / "empty"), "vocals", "comp")
    assert _settings(comp) == {"Threshold": "-22", "Ratio": "4.0", "mix": "100 %"}


def test_another_build_of_a_plugin_is_told(run: Run, song: Path, made: SimpleNamespace) -> None:
    _lock_says(song, {"binary": "0" * 64, "version": "3.9"})
    (remark,) = _insert(_sheet(run, song, made.store), "vocals", "comp")["remarks"]
    assert "another build than the 3.9" in remark


def test_a_job_that_cannot_be_read_leaves_the_sheet_of_its_draft(
    run: Run, song: Path, made: SimpleNamespace
) -> None:
    (song / "chain.toml").unlink()
    sheet = _sheet(run, song, made.store)
    assert 'there is no chain "chain.toml"' in sheet["remarks"][0]
    assert len(sheet["strips"]) == 4
    assert {row["value"] for row in _rows(sheet) if row["by_job"]} >= {"+0.5 dB", "80 ms"}
    assert {row["chain_value"] for row in _rows(sheet) if row["by_job"]} == {None}


def test_a_finished_folder_has_a_sheet_too_and_what_is_none_is_refused(
    run: Run, made: SimpleNamespace, tmp_path: Path
) -> None:
    sheet = _sheet(run, made.song / "draft", made.store)
    assert sheet["heading"][0]["value"] == "Riverside <Drive>"
    assert sheet["sections"] == []
    said = run("sheet", tmp_path, "--store", made.store)
    assert (said.code, "not a folder that render wrote" in said.err) == (2, True)
    shutil.copytree(made.song, tmp_path / "song", ignore=shutil.ignore_patterns("draft"))
    said = run("sheet", tmp_path / "song")
    assert (said.code, "no draft yet" in said.err) == (2, True)


def test_the_text_fits_80_columns_whatever_things_are_called(
    run: Run, song: Path, made: SimpleNamespace
) -> None:
    job = JOB.replace("The Example", "The\\n" + "Very Long " * 12 + "\\u001b[31m" + "x" * 120)
    (song / "job.toml").write_text(job.replace("isrc", '"' + "a name " * 9 + '"'), encoding="utf-8")
    said = run("sheet", song, "--store", made.store).out
    assert "Very Long" in said
    assert max(map(len, said.splitlines())) <= 80
    assert "\x1b" not in said


class _Page(HTMLParser):
    """The text of a page, and what it would fetch; every element that opens has to close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_holds_what_the_values_hold_and_fetches_nothing(
    run: Run, made: SimpleNamespace, tmp_path: Path
) -> None:
    out = tmp_path / "recall.html"
    done = run("sheet", made.song, "--store", made.store, "-o", out)
    assert (done.code, done.out) == (0, f"{out}\n")
    page = _Page(out.read_text(encoding="utf-8"))
    assert (page.open, page.fetched) == ([], [])
    shown = {each.removesuffix(" *") for each in page.words}
    sheet = _sheet(run, made.song, made.store)
    for row in (*_rows(sheet), *sheet["heading"], *sheet["engine"]):
        assert {row["name"], row["value"]} <= shown, row
    assert not re.search(r"file://|/tmp/", out.read_text(encoding="utf-8"))
    again = run("sheet", made.song, "--store", made.store, "--html").out
    assert again == out.read_text(encoding="utf-8")


def test_nothing_is_overwritten_and_two_forms_at_once_are_refused(
    run: Run, made: SimpleNamespace, tmp_path: Path
) -> None:
    out = tmp_path / "recall.txt"
    assert run("sheet", made.song, "--store", made.store, "-o", out).code == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("RECALL SHEET\nsong                    Riverside <Drive>\n")
    said = run("sheet", made.song, "--store", made.store, "-o", out, "--html")
    assert (said.code, "is there already" in said.err) == (2, True)
    assert out.read_text(encoding="utf-8") == text
    said = run("sheet", made.song, "--html", "--text")
    assert (said.code, "not --html and --text" in said.err) == (2, True)
    as_values = tmp_path / "recall.json"
    told = run("sheet", made.song, "--store", made.store, "-o", as_values, "--json")
    assert json.loads(told.out) == {"sheet": str(as_values), "form": "json"}
    assert json.loads(as_values.read_text(encoding="utf-8"))["schema"] == 1


def test_a_revision_has_the_sheet_of_what_was_sent(
    run: Run, song: Path, made: SimpleNamespace
) -> None:
    store = ("--store", made.store)
    assert run("send", song, "--words", "first mix", "--who", "B. Person", *store).code == 0
    job = song / "job.toml"
    job.write_text(job.read_text(encoding="utf-8").replace("vocal up a touch", "later"), "utf-8")
    done = run("sheet", song, "r0", *store, "--json")
    assert done.code == 0, done
    sheet = json.loads(done.out)
    heading = {row["name"]: row["value"] for row in sheet["heading"]}
    sent = json.loads((song / "revisions" / "r0" / "revision.json").read_text(encoding="utf-8"))
    assert (heading["revision"], heading["date"]) == ("r0", sent["when"])
    assert (heading["engineer"], heading["asked for"]) == ("A. Person", "first mix")
    assert sheet["sections"][0]["words"] == "vocal up a touch"
    assert len(sheet["sections"][0]["rides"]) == 1
    assert sheet["strips"] != []
    assert sheet["remarks"] == []
    (song / "revisions" / "r0" / "main.wav").unlink()
    sheet = json.loads(run("sheet", song, "r0", *store, "--json").out)
    assert sheet["remarks"] == ["r0: main.wav is gone"]
    edited = song / "revisions" / "r0" / "chain.toml"
    edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    said = run("sheet", song, "r0", *store)
    assert (said.code, "chain.toml was edited" in said.err) == (2, True)
    said = run("sheet", song, "r7", *store)
    assert (said.code, 'no revision "r7"' in said.err) == (2, True)
