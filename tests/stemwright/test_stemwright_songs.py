"""A song's job from Python: the same values as the commands print, the same refusals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import stemwright as sw
from bridge.cli.app import app
from bridge.cli.telling import run_told

RATE_HZ = 8000
CHAIN = """\
schema = 1
[[group]]
id = "vocals"
stems = ["vox*"]
[[group.insert]]
id = "tone"
use = "gain"
gain_db = -1.0
[[group]]
id = "music"
stems = ["*"]
[target]
integrated_lufs = -20.0
[[version]]
id = "tv"
mute = ["vocals"]
"""
NOTE = {"id": "1", "take": "r0", "from_s": 0.5, "name": "Ann", "words": "vocals up a touch"}


@pytest.fixture(scope="module")
def sent_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("python")
    folder = place / "song"
    (folder / "stems").mkdir(parents=True)
    for seed, name in enumerate(("vox", "bass")):
        samples = 0.1 * np.random.default_rng(seed).standard_normal((2 * RATE_HZ, 2))
        soundfile.write(folder / "stems" / f"{name}.wav", samples, RATE_HZ, "PCM_24")
    (folder / "chain.toml").write_text(CHAIN)
    job = 'schema = 1\ntitle = "Song"\nchain = "chain.toml"\nstems = "stems"\n'
    (folder / "job.toml").write_text(job)
    sw.master(sw.load_job(folder), short_page=True, store=place / "store")
    sw.send(folder, "first", who="Eve", store=place / "store")
    return folder


@pytest.fixture
def song(own_store: Path, sent_once: Path) -> Path:
    """A job of two stems whose first draft was sent; whoever changes it changes a copy."""
    return Path(shutil.copytree(sent_once, own_store / "song"))


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What a command prints as JSON."""

    def run(*words: object) -> Any:
        capsys.readouterr()
        run_told(app, [*map(str, words), "--json"])
        return json.loads(capsys.readouterr().out)

    return run


def _as_json(value: Any) -> Any:
    return json.loads(json.dumps(value.as_json()))


def test_a_song_goes_from_notes_to_an_approved_revision(
    song: Path, printed: Callable[..., Any]
) -> None:
    job = sw.load_job(song)
    notes = song.parent / "ann.json"
    notes.write_text(json.dumps({"schema": 1, "job": "Song", "notes": [NOTE]}))
    before = (song / "job.toml").read_bytes()
    proposed = sw.revise(job, notes, dry_run=True)
    assert (song / "job.toml").read_bytes() == before
    assert sw.revise(job, notes, apply_rides=True) == proposed
    assert [(each.owner.name, each.gain_db) for each in proposed.proposals] == [("vocals", 0.5)]

    samples, _ = soundfile.read(song / "stems" / "bass.wav")
    soundfile.write("new.wav", 0.5 * samples, RATE_HZ, "PCM_24")
    stems = sw.load_job(song).stems
    told = sw.replace(job, stems={"bass": "new.wav"}, dry_run=True)
    assert sw.load_job(song).stems == stems
    (new,) = sw.replace(job, stems={"bass": "new.wav"}).replaced
    assert new.difference == told.replaced[0].difference
    assert new.difference.gain_db == pytest.approx(20 * np.log10(0.5), abs=0.01)
    assert sw.load_job(song).stems[1:] == (song / "stems" / "vox.wav",)

    with pytest.raises(sw.InputError) as refused:
        sw.send(job, "again")
    assert [each.kind for each in refused.value.problems] == ["draft_not_current"]
    sw.master(sw.load_job(song), short_page=True)
    calls: list[str] = []
    sent = sw.send(job, "vocals up", who="Eve", freeze=True, progress=lambda *a: calls.append(a[0]))
    assert (sent.record.revision, sent.folder) == ("r1", song / "revisions" / "r1")
    assert sw.approve(job, "r1", versions="tv", who="Ann").versions == ("tv",)

    found = sw.changes(job, "r0", "r1")
    assert _as_json(found) == printed("changes", song, "r0", "r1")
    assert "stem bass replaced" in found.words
    assert _as_json(sw.history(song)) == printed("history", song)
    assert [row.approved for row in sw.history(song).rows] == [(), ("tv",)]
    assert _as_json(sw.sheet(song, "r1")) == printed("sheet", song, "r1")
    assert _as_json(sw.sheet(job)) == printed("sheet", song)
    assert sw.freeze(job, "r1", dry_run=True) == ()

    page = sw.page(job, "song.html")
    assert "vocals up a touch" in page.read_text("utf-8")
    assert sw.restore(job, "r0", dry_run=True).kept == "r1"
    assert sw.restore(job, "r0").draft == song / "draft"
    assert sw.load_job(song).rides == ()


def test_a_finished_folder_has_a_sheet_too(song: Path) -> None:
    draft = sw.sheet(song / "draft")
    assert [strip.id for strip in draft.strips] == ["vocals", "music", "master"]
    made = sw.master(song / "stems", song / "chain.toml", out="out", short_page=True)
    assert sw.sheet(made).strips[0].inserts == draft.strips[0].inserts


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda song: sw.send(song, "  "), "no_words"),
        (lambda song: sw.changes(song, "r0", "r7"), "no_revision"),
        (lambda song: sw.approve(song, "r0", versions=["x"]), "usage"),
        (lambda song: sw.restore(song, "r7"), "no_revision"),
        (lambda song: sw.freeze(song, "r7"), "no_revision"),
        (lambda song: sw.revise(song, "none.json"), "bad_notes"),
        (lambda song: sw.replace(song, []), "usage"),
        (lambda song: sw.sheet(song, "r7"), "no_revision"),
        (lambda song: sw.changes(song / "none", "r0", "r1"), "no_revision"),
        (lambda song: sw.page(song, song / "none" / "x.html"), "missing_folder"),
    ],
)
def test_what_the_commands_refuse_is_refused(
    song: Path, call: Callable[[Path], object], kind: str
) -> None:
    with pytest.raises(sw.StemwrightError) as refused:
        call(song)
    assert [each.kind for each in refused.value.problems] == [kind]


def test_a_history_tells_what_is_not_as_it_was_sent(
    song: Path, printed: Callable[..., Any]
) -> None:
    (song / "revisions" / "r0" / "main.wav").write_bytes(b"edited")
    found = sw.history(song)
    assert [each.kind for each in found.problems] == ["revision_changed"]
    assert _as_json(found) == printed("history", song)


def test_a_job_without_a_draft_has_no_sheet_yet(song: Path) -> None:
    (song / "draft").rename(song / "gone")
    with pytest.raises(sw.InputError) as refused:
        sw.sheet(song)
    assert [each.kind for each in refused.value.problems] == ["no_draft"]
