"""`stemwright deliver`: from a finished song to files, names, tags, checks, in one folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.audio import pcm_sha256
from bridge.delivering.tags import read_tags

SAID = ["--set", "title=Night Drive", "--set", "artist=The Stems", "--set", "isrc=GBAYE0601498"]
OWN_ISRC = "--set", "versions.instrumental.isrc=GBAYE0601490"


def test_a_delivery_has_the_finished_samples_their_names_tags_and_hashes(
    deliver, finished: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = "--profile", "hires", "--profile", "cd", *SAID, *OWN_ISRC
    said = deliver(finished / "master", *words, "-o", out, "--json")
    told = json.loads(said.out)
    assert (said.code, told["passed"]) == (0, True)
    paths = [each["path"] for each in told["files"]]
    assert paths == [
        "hires/TheStems_NightDrive_Main_48k24.flac",
        "hires/TheStems_NightDrive_Instrumental_48k24.flac",
        "cd/TheStems_NightDrive_Main_44k16.wav",
    ]
    lock = json.loads((finished / "master" / "chain.lock").read_text())
    sent = {each["version"]: each["pcm_sha256"] for each in lock["outputs"]}
    for row in told["files"][:2]:
        assert pcm_sha256(out / row["path"]) == row["pcm_sha256"] == sent[row["version"]]
    assert soundfile.info(out / paths[2]).samplerate == 44100
    assert read_tags(out / paths[2]).values["isrc"] == "GBAYE0601498"
    assert read_tags(out / paths[1]).values["isrc"] == "GBAYE0601490"  # another recording
    assert json.loads((out / "manifest.json").read_text())["files"] == told["files"]
    for sheet in ("delivery.txt", "delivery.html"):
        assert "TheStems_NightDrive_Main_44k16.wav" in (out / sheet).read_text()


def test_the_same_delivery_has_the_same_bytes(deliver, finished: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = [finished / "master", "--profile", "cd", *SAID, "-o", tmp_path / name]
        assert deliver(*words).code == 0
    files = sorted(each.relative_to(tmp_path / "a") for each in (tmp_path / "a").rglob("*.*"))
    assert [each.name for each in files if len(each.parts) == 1] == [
        "delivery.html",
        "delivery.txt",
        "manifest.json",
        "report.html",
    ]
    assert len(files) == 5
    for each in files:
        assert (tmp_path / "a" / each).read_bytes() == (tmp_path / "b" / each).read_bytes()


def test_a_record_has_its_songs_on_one_side_unlimited_at_one_gain_with_a_cue_sheet(
    deliver, finished: Path, other: Path, tmp_path: Path
) -> None:
    songs = finished / "master", other / "master"
    words = "--profile", "vinyl", *SAID[:4], "--set", "catalog_number=EX001", "--pause", "1.5"
    said = deliver(*songs, *words, "-o", tmp_path / "out", "--json")
    told = json.loads(said.out)
    assert said.code == 0, [each for each in told["checks"] if each["outcome"] == "fail"]
    (row,) = told["files"]
    path = tmp_path / "out" / "vinyl" / "EX001_A_96000Hz_24bit.wav"
    assert (row["path"], row["version"]) == (f"vinyl/{path.name}", "side A")
    cue = path.with_suffix(".cue").read_text("utf-8")
    assert re.findall(r'FILE "(.*)" WAVE|INDEX (\d\d) (\d\d:\d\d:\d\d)', cue) == [
        (path.name, "", ""),
        ("", "01", "00:00:00"),
        ("", "00", "00:04:38"),  # 4.5 s, at 75 frames a second
        ("", "01", "00:06:00"),
    ]
    sound = soundfile.read(path)[0]
    assert len(sound) == (4.5 + 1.5 + 2.0) * 96000
    first, pause, second = np.split(sound, [432000, 576000])
    assert np.abs(pause).max() <= 2.0**-22  # dithered
    gains_db = _gain_beside_drive(first, finished, 48000), _gain_beside_drive(second, other, 96000)
    assert gains_db[0] == pytest.approx(gains_db[1], abs=0.002)
    assert row["measures"]["true_peak_dbtp"] == pytest.approx(-3.0, abs=0.02)
    stems = _mid(soundfile.read(other / "stems" / f"{name}.wav")[0] for name in ("kick", "bass"))
    gain = np.dot(stems, _mid([second])) / np.dot(stems, stems)
    assert np.abs(_mid([second]) - gain * stems).max() < 2.0**-21  # its limiter was not here
    limited = _mid([soundfile.read(other / "master" / "main.wav")[0]])
    gain = np.dot(stems, limited) / np.dot(stems, stems)
    assert np.abs(limited - gain * stems).max() > 0.05

    sides = json.loads(deliver(*songs, *words, "--sides", "1,1", "--dry-run", "--json").out)
    lengths = [each["side"]["songs"][0]["to_s"] for each in sides["files"]]
    assert lengths == [4.5, 2.0]
    for wrong, kind in (
        (("--sides", "3"), "bad_sides"),
        (("--record", "12@78"), "no_record"),
        (("--profile", "hires"), "several_songs"),
    ):
        asked = deliver(*songs, *words, *wrong, "--dry-run", "--json")
        assert (asked.code, json.loads(asked.out)["errors"][0]["kind"]) == (2, kind)


def _mid(sounds: Iterable[Any]) -> Any:
    return sum(each.sum(axis=1) for each in sounds)


def _gain_beside_drive(part: Any, song: Path, rate_hz: int) -> float:
    """How many dB a song on a side is over its stems at the drive of its lock, below 10 kHz."""
    stems = [soundfile.read(song / "stems" / f"{name}.wav")[0] for name in ("kick", "bass")]
    powers = []
    for mid, hz in ((_mid([part]), 96000), (_mid(stems), rate_hz)):
        heard = np.fft.rfftfreq(len(mid), 1 / hz) < 10000
        powers.append(np.square(np.abs(np.fft.rfft(mid) / len(mid))[heard]).sum())
    drive_db = json.loads((song / "master" / "chain.lock").read_text())["drive_db"]
    return float(10 * np.log10(powers[0] / powers[1])) - drive_db


def test_a_broadcast_is_solved_anew_before_the_limiter(
    deliver, finished: Path, tmp_path: Path
) -> None:
    words = [finished / "master", "--profile", "broadcast", "--only", "main", *SAID]
    told = json.loads(deliver(*words, "-o", tmp_path / "out", "--json").out)
    (row,) = told["files"]
    assert row["measures"]["integrated_lufs"] == pytest.approx(-23.0, abs=0.1)
    assert told["passed"]


def test_what_a_profile_needs_is_told_at_once_and_nothing_is_made(
    deliver, finished: Path, tmp_path: Path
) -> None:
    words = [finished / "master", "--profile", "cd", "--profile", "archive", "--json"]
    said = deliver(*words, "-o", tmp_path / "out")
    kinds = {each["kind"] for each in json.loads(said.out)["errors"]}
    assert (said.code, kinds) == (2, {"tag_missing", "name_incomplete"})
    assert not (tmp_path / "out").exists()


def test_a_dry_run_lists_the_files_and_makes_none(deliver, finished: Path, tmp_path: Path) -> None:
    said = deliver(finished / "master", "--profile", "cd", *SAID, "--dry-run", "--json")
    (row,) = json.loads(said.out)["files"]
    assert (said.code, row["rate_hz"], row["bits"]) == (0, 44100, 16)
    assert not list(tmp_path.iterdir())
    for number in ("d0", "r01", "one"):
        words = "--profile", "cd", *SAID, "--revision", number, "--dry-run", "--json"
        assert deliver(finished / "master", *words).code == 2
    wrong = "--set", "versions.instr.isrc=GBAYE0601490"
    said = deliver(finished / "master", "--profile", "cd", *SAID, *wrong, "--dry-run", "--json")
    assert [each["nearest"] for each in json.loads(said.out)["errors"]] == ["instrumental"]


def test_an_earlier_delivery_stays_unless_asked_and_unless_it_was_changed(
    deliver, finished: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = [finished / "master", "--profile", "cd", *SAID, "-o", out, "--json"]
    assert deliver(*words).code == 0
    again = deliver(*words)
    assert (again.code, json.loads(again.out)["errors"][0]["kind"]) == (2, "delivery_exists")
    assert deliver(*words, "--replace").code == 0
    (out / "cd" / "notes.txt").write_text("mine")
    kept = deliver(*words, "--replace")
    assert (kept.code, json.loads(kept.out)["errors"][0]["kind"]) == (2, "output_changed")
    assert (out / "cd" / "notes.txt").read_text() == "mine"
    mine = deliver(*words[:-3], "-o", finished / "stems", "--json")
    assert json.loads(mine.out)["errors"][0]["kind"] == "output_not_ours"


def test_an_encoder_that_is_not_here_leaves_its_file_out_and_delivers_the_rest(
    deliver, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    words = [finished / "master", "--profile", "previews", "--only", "main", *SAID]
    said = deliver(*words, "-o", tmp_path / "out", "--json")
    told = json.loads(said.out)
    assert said.code == 3
    assert [each["kind"] for each in told["left_out"]] == ["encoder_missing"]
    assert [each["format"] for each in told["files"]] == ["mp3", "opus"]


def test_where_nothing_can_be_made_nothing_is_written(
    deliver, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    profile = tmp_path / "aac.toml"
    profile.write_text(
        'schema = 1\nname = "phone"\nsays = "AAC"\nnaming = "preview"\n'
        '[[file]]\nformat = "aac"\nkbps = 256\n'
    )
    words = [finished / "master", "--profile", profile, *SAID, "-o", tmp_path / "out", "--json"]
    said = deliver(*words)
    assert (said.code, json.loads(said.out)["errors"][0]["kind"]) == (3, "encoder_missing")
    assert not (tmp_path / "out").exists()


def test_masters_made_elsewhere_go_out_as_they_are_and_what_needs_a_chain_is_told(
    deliver, finished: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for name in ("main", "instrumental"):
        sound, rate_hz = soundfile.read(finished / "master" / f"{name}.wav", dtype="int32")
        soundfile.write(theirs / f"{name}.wav", sound, rate_hz, "PCM_24")
    asked = "--profile", "hires", "--profile", "cd", "--profile", "broadcast"
    said = deliver(theirs, *asked, *SAID, *OWN_ISRC, "-o", tmp_path / "out", "--json")
    told = json.loads(said.out)
    assert (said.code, told["passed"]) == (2, True)
    assert [each["kind"] for each in told["left_out"]] == ["not_solvable"]
    assert [each["code"] for each in told["diagnostics"]] == ["made_elsewhere"]
    hashes = {each["version"]: each["pcm_sha256"] for each in told["files"][:2]}
    assert hashes == {name: pcm_sha256(theirs / f"{name}.wav") for name in hashes}
    assert told["files"][2]["path"] == "cd/TheStems_NightDrive_Main_44k16.wav"
    alone = deliver(theirs / "main.wav", "--profile", "cd", *SAID, "--dry-run", "--json")
    assert [each["version"] for each in json.loads(alone.out)["files"]] == ["main"]
    (theirs / "main.wav").rename(theirs / "mix 7.wav")
    mono, three = tmp_path / "mono.wav", tmp_path / "three.wav"
    soundfile.write(mono, np.sin(np.arange(24000) / 20) / 8, 48000, "PCM_24")
    soundfile.write(three, np.zeros((24000, 3)), 48000, "PCM_24")
    vinyl = "--profile", "vinyl", *SAID, "--set", "catalog_number=X", "--pause", "0"
    assert deliver(mono, mono, *vinyl, "-o", tmp_path / "side").code == 1  # a sine has no PLR
    (side,) = (tmp_path / "side" / "vinyl").glob("*.wav")
    heard, given = (soundfile.read(each, always_2d=True)[0] for each in (side, mono))
    assert np.abs(heard - np.concatenate([given] * 2)).max() < 2.0**-21  # on both sides, no gap
    for song, kind in (
        (three, "not_stereo"),
        (theirs, "no_main"),
        (tmp_path / "gone", "not_found"),
        (finished / "master" / "main.wav", "usage"),
        (finished / "store", "no_audio"),
    ):
        asked = deliver(song, "--profile", "cd", *SAID, "--dry-run", "--json")
        assert (asked.code, json.loads(asked.out)["errors"][0]["kind"]) == (2, kind)


def test_what_integers_would_cut_is_left_out_and_goes_out_as_float(deliver, tmp_path: Path) -> None:
    theirs, hot = tmp_path / "theirs", 1.5 * np.sin(np.arange(24000) / 20)
    theirs.mkdir()
    for name, sound in (("main", 0.5 * hot), ("no_limiter", hot)):
        soundfile.write(theirs / f"{name}.wav", np.stack([sound, sound], 1), 48000, "FLOAT")
    anew = tmp_path / "anew.toml"  # what no plan can know
    anew.write_text(
        'schema = 1\nname = "anew"\nsays = "a test"\nnaming = "plain"\n'
        '[[file]]\nformat = "flac"\nbits = 16\n[aim]\nlimiter = false\n'
    )
    asked = [word for each in ("hires", "archive", anew) for word in ("--profile", each)]
    words = [theirs, *asked, *SAID, "--set", "engineer=Eve", "--revision", "r1", "--json"]
    told = json.loads(deliver(*words, "--dry-run").out)
    assert [each["kind"] for each in told["left_out"]] == ["over_full_scale"]
    said = deliver(*words, "-o", tmp_path / "out")
    told = json.loads(said.out)
    assert (said.code, [each["kind"] for each in told["left_out"]]) == (1, ["over_full_scale"] * 2)
    files = {(each["profile"], each["version"]): each for each in told["files"]}
    assert {profile for profile, version in files if version == "no_limiter"} == {"archive"}
    assert files["archive", "no_limiter"]["pcm_sha256"] == pcm_sha256(theirs / "no_limiter.wav")
    checks = files["archive", "no_limiter"]["checks"]
    assert not [each for each in checks if each["outcome"] == "fail"]
    alone = deliver(theirs, "--only", "no_limiter", "--profile", "hires", *SAID, "--dry-run")
    assert alone.code == 1


def test_profiles_are_listed_and_printed(run) -> None:
    assert "streaming" in run("deliver", "--profiles").out
    printed = run("deliver", "--profiles", "--profile", "cd").out
    assert "rates_hz = [44100]" in printed


def test_complementary_versions_are_told_by_how_much_they_miss_the_main_master(
    run, deliver, finished: Path, tmp_path: Path
) -> None:
    """With gains of their own they miss it by what the limiter does; with the main's they sum."""
    beat = '[[version]]\nid = "beat"\nonly = ["drums"]\ndynamics = "main"\n'
    of_main = (finished / "chain.toml").read_text().replace("-16.0", "-7.0") + beat
    own = of_main[of_main.index("[[version]]") :].replace('dynamics = "main"\n', "")
    own = own.replace('"instrumental"', '"rest-own"').replace('"beat"', '"beat-own"')
    (tmp_path / "chain.toml").write_text(of_main + own)
    words = finished / "stems", tmp_path / "chain.toml", "-o", tmp_path / "master", "--excerpt"
    assert run("render", *words, "--store", finished / "store").code == 0
    profile = tmp_path / "lossless.toml"
    profile.write_text(
        'schema = 1\nname = "lossless"\nsays = "24 bit"\nnaming = "plain"\n'
        '[[file]]\nformat = "flac"\nbits = 24\nrates_hz = [48000]\n'
    )
    words = tmp_path / "master", "--profile", profile, *SAID, "--json"
    told = json.loads(deliver(*words, "-o", tmp_path / "out").out)
    sounds = {
        each["version"]: soundfile.read(tmp_path / "out" / each["path"])[0]
        for each in told["files"]
    }
    rows = [
        (each["outcome"], each["found"], each["words"])
        for file in told["files"]
        for each in file["checks"]
        if each["check"] == "versions_sum"
    ]
    assert [outcome for outcome, _, _ in sorted(rows)] == ["pass", "warn"]
    for outcome, found, said in rows:
        pair = ("instrumental", "beat") if outcome == "pass" else ("rest-own", "beat-own")
        left = sounds["main"] - sounds[pair[0]] - sounds[pair[1]]
        assert found == pytest.approx(20 * np.log10(np.abs(left).max()), abs=0.06)
        assert (found <= -120.0) == (outcome == "pass")
        assert (
            f"main and {pair[0]} + {pair[1]}" in said or f"main and {pair[1]} + {pair[0]}" in said
        )


def test_an_encoders_over_is_laid_at_the_groups_it_is_of(deliver, finished, tmp_path) -> None:
    """Their mastered stems of that moment are rendered anew, and the codec hears all but one."""
    quiet = tmp_path / "quiet.toml"
    quiet.write_text(
        'schema = 1\nname = "quiet"\nsays = "a low limit"\nnaming = "preview"\n'
        '[[file]]\nformat = "mp3"\nkbps = 128\n[limits]\nmax_true_peak_dbtp = -9.8\n'
    )
    words = (finished / "master", "--profile", quiet, *SAID, "--json")
    told = json.loads(deliver(*words, "-o", tmp_path / "out").out)
    (row,) = (each for each in told["files"][0]["checks"] if each["check"] == "max_true_peak_dbtp")
    said = re.search(
        r"MP3 of 128 kbps .* that peak is of (\w+) (\d+) %, (\w+) (\d+) %", row["words"]
    )
    assert said is not None, row["words"]
    assert {said[1], said[3]} == {"drums", "rest"}
    assert int(said[2]) + int(said[4]) in (99, 100, 101)
    dipped = json.loads(deliver(*words, "--dip-overs", "-o", tmp_path / "dipped").out)
    assert dipped["files"][0]["measures"]["true_peak_dbtp"] <= -9.8
