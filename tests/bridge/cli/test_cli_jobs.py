"""A job in place of session and chain, and the command that makes one."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC
from mutagen.id3 import TIT2, TPE1, TSRC
from mutagen.wave import WAVE

from bridge.cli.given_song import given_song
from bridge.cli.watching import _state
from bridge.jobs import load_job
from sessions import read

pytestmark = pytest.mark.usefixtures("crew_kept")

Run = Callable[..., Any]
CHAIN = """\
name = "small"
[[group]]
id = "vocals"
stems = ["lead*"]
[[group.insert]]
id = "tone"
use = "eq"
bands = [{ shape = "bell", hz = 3000, gain_db = 2 }]
[[group]]
id = "music"
stems = ["*"]
[[group.insert]]
id = "glue"
use = "compressor"
[target]
integrated_lufs = -20.0
"""


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "store"))


@pytest.fixture
def job(stems: Path, chain: Callable[[str], Path]) -> Path:
    """A job beside a chain and the folder of stems."""
    chain(CHAIN)
    path = stems.parent / "job.toml"
    path.write_text(
        'schema = 1\ntitle = "Riverside Drive"\nchain = "chain.toml"\nstems = "stems"\n', "utf-8"
    )
    return path


def add(job: Path, lines: str, *, above: str = "") -> None:
    """More lines at the end of a job, and values above its tables."""
    text = job.read_text("utf-8")
    job.write_text(text.replace("schema = 1\n", f"schema = 1\n{above}", 1) + lines, "utf-8")


def record(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "render.json").read_text("utf-8"))
    return told


def test_every_command_takes_the_job_or_its_folder(run: Run, job: Path, tmp_path: Path) -> None:
    add(
        job,
        '[[ride]]\ngroup = "music"\nfrom = 0.2\nto = 0.5\ngain_db = 1.5\n'
        '[stem."lead vox"]\ngain_db = -0.5\n[group.vocals]\ngain_db = 0.5\n',
    )
    planned = json.loads(run("plan", job, "--json").out)
    assert planned["groups"][0]["gain_db"] == 0.5
    assert planned["moves"]["stem_gains_db"] == {"lead vox": -0.5}
    said = run("plan", tmp_path).out
    assert "lead vox gain: -0.5 dB" in said
    assert "music ride: 0:00.150 +0 dB, 0:00.200 +1.5 dB, 0:00.500 +1.5 dB, 0:00.550 +0 dB" in said
    made = run("render", tmp_path, "--json")
    assert made.code == 0
    told = json.loads(made.out)
    assert told["moves"]["overrides"] == {"group.vocals.gain_db": 0.5}
    assert told["song"] == {"chain": "../chain.toml"}
    assert told["heading"]["title"] == "Riverside Drive"
    assert "held" not in told
    draft = tmp_path / "draft"
    assert record(draft) == told
    assert "lead vox gain" in (draft / "report.html").read_text("utf-8")
    assert run("verify", job).code == 0
    assert run("verify", tmp_path, "--quick").code == 0
    assert run("report", tmp_path).out.startswith(str(draft / "report.html"))
    assert "exact" in run("diff", job, draft).out
    exported = json.loads(run("export", job, "-o", tmp_path / "song.rpp", "--json").out)
    told = {each["where"] for each in exported["diagnostics"] if each["code"] == "ride_not_carried"}
    assert told == {"music ride"}
    tracks = {track.name: track for track in read(tmp_path / "song.rpp").tracks}
    assert tracks["lead vox"].gain_db == pytest.approx(-0.5, abs=1e-4)
    assert run("render", job, "--range", "0.3:0.6").code == 0
    assert (draft / "range" / "main.wav").exists()
    assert run("lock", tmp_path, "-o", tmp_path / "locked").code == 0
    rows = json.loads((tmp_path / "locked" / "chain.lock").read_text("utf-8"))
    assert [row.get("gain_db") for row in rows["sources"] if row["stem"] == "lead vox"] == [-0.5]
    assert run("render", job, "--locked").code == 0


@pytest.mark.usefixtures("no_report")
def test_a_lock_names_what_the_job_does_otherwise(run: Run, job: Path, tmp_path: Path) -> None:
    assert run("lock", job).out.strip() == str(tmp_path / "draft" / "chain.lock")
    add(
        job,
        "[group.vocals]\ngain_db = 0.5\n[group.music.insert.glue]\nratio = 3.0\n"
        '[[ride]]\nstem = "kick"\npoints = [[0, 1.0]]\n',
    )
    said = run("render", job, "--locked", "--json")
    assert said.code == 1
    assert {each["where"]["path"] for each in json.loads(said.out)["errors"]} == {
        "kick ride",
        "vocals fader",
        "music/glue ratio",
    }


@pytest.mark.usefixtures("no_report")
def test_a_job_and_a_session_are_told_apart(run: Run, job: Path, tmp_path: Path) -> None:
    both = run("render", tmp_path, tmp_path / "chain.toml")
    assert both.code == 2
    assert "is a job, which names its own chain" in both.err
    assert "Missing argument 'CHAIN'" in run("render", tmp_path / "stems").err
    assert "Missing argument 'SESSION'" in run("render", tmp_path / "chain.toml").err
    gone = run("plan", tmp_path / "nowhere" / "job.toml")
    assert gone.code == 2
    assert "there is no such file" in gone.err
    for command in ("verify", "report"):
        said = run(command, job, "--json")
        assert (said.code, json.loads(said.out)["errors"][0]["kind"]) == (2, "no_draft")


def test_faults_of_a_job_are_told_with_their_lines(run: Run, job: Path) -> None:
    add(job, '[group.vocls]\ngain_db = 1\n[[ride]]\ngroup = "music"\ngain_db = 1\n')
    said = run("render", job, "--json")
    assert said.code == 2
    told = json.loads(said.out)["errors"]
    assert [(each["kind"], each["where"]["line"], each["nearest"]) for each in told] == [
        ("unknown_group", 5, "vocals"),
        ("ride_shape", 7, None),
    ]
    job.write_text(job.read_text("utf-8").split("[group")[0] + "[stem.kik]\ngain_db = 1\n", "utf-8")
    said = run("plan", job, "--json")
    assert [each["kind"] for each in json.loads(said.out)["errors"]] == ["unknown_stem"]


def steps(folder: Path) -> dict[str, tuple[str, bool]]:
    return {row["id"]: (row["pcm"], row["cached"]) for row in record(folder)["steps"]}


def hold(run: Run, job: Path) -> float:
    """Render once, and hold what was found."""
    assert run("render", job).code == 0
    drive_db: float = record(job.parent / "draft")["drive_db"]
    add(job, "", above=f"drive_db = {drive_db}\ntail_s = 0.0\n")
    return drive_db


@pytest.mark.usefixtures("no_report")
def test_a_held_drive_moves_no_other_group(run: Run, job: Path, tmp_path: Path) -> None:
    drive_db = hold(run, job)
    draft = tmp_path / "draft"
    before = steps(draft)
    add(job, "[group.vocals]\ngain_db = 0.5\n")
    said = run("render", job)
    assert said.code == 0
    after = steps(draft)
    assert {name for name, (_, cached) in after.items() if not cached} == {"sum", "finish/main"}
    assert {name for name in after if after[name][0] == before[name][0]} == {
        "vocals/tone",
        "music/glue",
    }
    told = record(draft)
    off_lu = told["outputs"][0]["measures"]["integrated_lufs"] + 20.0
    assert told["drive_db"] == drive_db
    assert told["held"]["off_target_lu"] == pytest.approx(off_lu, abs=1e-3)
    assert f"drive held, {abs(off_lu):.2f} LU over the target" in said.err
    assert "--resolve" in said.err
    lock = json.loads((draft / "chain.lock").read_text("utf-8"))
    assert (lock["drive_held"], lock["engine"]["tail_s"]) == (True, 0.0)
    assert run("verify", job).code == 0


@pytest.mark.usefixtures("no_report")
def test_resolve_finds_the_drive_anew_and_holds_it(run: Run, job: Path, tmp_path: Path) -> None:
    first_db = hold(run, job)
    add(job, "[group.vocals]\ngain_db = 6.0  # louder\n")
    said = run("render", job, "--resolve")
    assert said.code == 0
    found = record(tmp_path / "draft")
    assert "held" not in found
    assert found["drive_db"] != first_db
    now = load_job(job)
    assert now.held.drive_db == found["drive_db"]
    assert now.held.tail_s == found["length"]["tail_s"]
    assert "gain_db = 6.0  # louder" in job.read_text("utf-8")
    assert f"held from now on: drive {found['drive_db']:+.3f} dB" in said.err


@pytest.mark.usefixtures("no_report")
def test_resolve_holds_nothing_where_nothing_is_held(run: Run, job: Path, stems: Path) -> None:
    before = job.read_bytes()
    assert run("render", job, "--resolve").code == 0
    assert job.read_bytes() == before
    for words in ([stems, job.parent / "chain.toml"], [job, "--range", "0:1"], [job, "--watch"]):
        said = run("render", *words, "--resolve")
        assert (said.code, "--resolve goes with a whole JOB" in said.err) == (2, True)


@pytest.mark.usefixtures("no_report")
def test_a_job_that_names_another_chain_still_owns_its_draft(
    run: Run, job: Path, chain: Callable[..., Path]
) -> None:
    assert run("render", job).code == 0
    chain(CHAIN.replace("3000", "4000"), "other.toml")
    job.write_text(job.read_text("utf-8").replace("chain.toml", "other.toml"), "utf-8")
    assert run("render", job).code == 0


def test_what_is_watched_are_the_job_its_chain_and_its_states(job: Path, tmp_path: Path) -> None:
    song = given_song([], job, "render")
    before = _state(song)
    (tmp_path / "chain.toml").write_text("schema = 1\n" + CHAIN + "\n", encoding="utf-8")
    changed = _state(song)
    assert changed != before
    add(job, "[group.vocals]\ngain_db = 1\n")
    assert _state(song) != changed
    add(job, "oops = 1\n")
    assert len(_state(song)) == 1


def new(run: Run, *words: object) -> Any:
    return run("job", "new", *words)


def test_job_new_finds_mixes_and_tags_and_overwrites_nothing(
    run: Run, stems: Path, chain: Callable[[str], Path], tmp_path: Path
) -> None:
    made, folder = chain(CHAIN), tmp_path / "song"
    for name in ("rough mix", "reference"):
        soundfile.write(stems / f"{name}.flac", np.zeros((48000, 2)), 48000)
    tags = FLAC(stems / "rough mix.flac")
    tags.update({"title": 'River "side"', "artist": "The Example", "isrc": "GBAYE0601498"})
    tags.update({"bpm": "92", "comment": "not carried"})
    tags.save()
    planned = new(run, stems, "--chain", made, "-o", folder, "--dry-run")
    assert planned.code == 0
    assert not folder.exists()
    assert new(run, stems, "--chain", made, "-o", folder).out.strip() == str(folder / "job.toml")
    text = (folder / "job.toml").read_text("utf-8")
    assert text.rstrip("\n") == planned.out.rstrip("\n")
    job = load_job(folder)
    assert (job.title, job.artist, job.tempo_bpm) == ('River "side"', "The Example", 92.0)
    assert dict(job.metadata) == {"isrc": "GBAYE0601498"}
    assert job.rough is not None
    assert [job.rough.resolve(), *(each.resolve() for each in job.references)] == [
        stems / "rough mix.flac",
        stems / "reference.flac",
    ]
    said = new(run, stems, "--chain", made, "-o", folder, "--json")
    assert (said.code, json.loads(said.out)["errors"][0]["kind"]) == (2, "job_exists")
    assert (folder / "job.toml").read_text("utf-8") == text
    assert [each.name for each in folder.iterdir()] == ["job.toml"]
    assert run("render", folder).code == 0
    assert (folder / "draft" / "main.wav").exists()


def test_job_new_goes_around_a_folder_of_stems_and_takes_its_name(
    run: Run, stems: Path, chain: Callable[[str], Path]
) -> None:
    said = new(run, stems, "--chain", chain(CHAIN), "--json")
    told = json.loads(said.out)
    assert (told["job"], told["written"]) == (str(stems.parent / "job.toml"), True)
    job = load_job(stems.parent)
    assert (job.title, job.artist) == (stems.parent.name, "")
    assert (job.chain_path.name, [path.name for path in job.stems]) == ("chain.toml", ["stems"])


def test_a_song_folder_of_another_name_gets_a_job_beside_it(
    run: Run, stems: Path, chain: Callable[[str], Path]
) -> None:
    song = stems.rename(stems.with_name("Riverside Drive"))
    for path in sorted(song.iterdir()):
        wav = WAVE(path)
        wav.add_tags()
        wav.tags.add(TPE1(encoding=3, text=["The Example"]))
        wav.tags.add(TIT2(encoding=3, text=[path.stem]))
        wav.tags.add(TSRC(encoding=3, text=["GBAYE0601498"]))
        wav.save()
    said = new(run, song, "--chain", chain(CHAIN))
    made = song.with_name("Riverside Drive-job")
    assert said.out.strip() == str(made / "job.toml")
    assert f"render it: stemwright render {quote(str(made))}" in said.err
    job = load_job(song.with_name("Riverside Drive-job"))
    assert (job.title, job.artist) == ("Riverside Drive", "The Example")
    assert dict(job.metadata) == {"isrc": "GBAYE0601498"}


@pytest.mark.parametrize("wrong", ["stems", "chain"])
def test_job_new_writes_nothing_of_what_cannot_be_read(
    run: Run, stems: Path, chain: Callable[[str], Path], tmp_path: Path, wrong: str
) -> None:
    made: Sequence[object] = {
        "stems": [tmp_path / "nowhere", "--chain", chain(CHAIN)],
        "chain": [stems, "--chain", chain("group = 3\n")],
    }[wrong]
    assert new(run, *made, "-o", tmp_path / "song").code == 2
    assert not (tmp_path / "song").exists()


def test_the_schema_of_jobs_is_printed(run: Run) -> None:
    schema = json.loads(run("schema", "--job").out)
    assert {"chain", "stems", "ride", "section", "drive_db"} <= {*schema["properties"]}
    assert "insert" not in json.loads(run("schema").out)["properties"]


def test_two_jobs_are_compared_by_what_they_say(run: Run, job: Path, tmp_path: Path) -> None:
    other = tmp_path / "radio" / "job.toml"
    other.parent.mkdir()
    text = job.read_text("utf-8").replace('"chain.toml"', '"../chain.toml"')
    other.write_text(text.replace('"stems"', '"../stems"'), "utf-8")
    equal = run("diff", job, other, "--json")
    assert (equal.code, json.loads(equal.out)["kind"]) == (0, "job")
    add(
        other,
        "[group.vocals]\ngain_db = 0.5\n[group.music.insert.glue]\nratio = 3.0\n"
        '[stem."lead vox"]\ngain_db = -0.5\n'
        '[[ride]]\ngroup = "music"\nfrom = 0.2\nto = 0.5\ngain_db = 1.5\n',
    )
    said = run("diff", job.parent, other.parent)
    assert said.code == 1
    for words in ("vocals fader +0.5 dB", "glue", "lead vox", "music", "+1.5 dB"):
        assert words in said.out
    assert run("diff", job, other, "--limit", "rms=-90").code == 2
    assert "no_draft" in run("diff", job, tmp_path / "stems", "--json").out


def test_what_lies_beyond_the_songs_end_is_told_everywhere(
    run: Run, job: Path, tmp_path: Path
) -> None:
    add(job, '[[ride]]\ngroup = "vocals"\nfrom = 1000\nto = 1010\ngain_db = 1.0\n')
    planned = json.loads(run("plan", job, "--json").out)
    beyond = [each for each in planned["diagnostics"] if each["code"] == "ride_beyond_end"]
    assert [(each["severity"], each["where"]) for each in beyond] == [
        ("warning", "job.toml:5 ride[0]")
    ]
    assert beyond[0]["message"].endswith(": it is never heard")
    assert beyond[0]["message"] in " ".join(run("plan", job).err.split())
    made = run("render", tmp_path)
    assert made.code == 0
    assert beyond[0]["message"] in " ".join(made.err.split())
    draft = tmp_path / "draft"
    assert beyond[0] in record(draft)["diagnostics"]
    page = html.unescape((draft / "report.html").read_text("utf-8"))
    assert beyond[0]["message"] in page
