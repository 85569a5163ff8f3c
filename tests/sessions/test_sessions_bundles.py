"""Stem bundles as folders and lists: what is read, what is noticed, what is refused."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

import sessions

WriteWav = Callable[..., Path]
SharedData = Callable[[str], Path]

SHARED = {
    "caesium": (
        48000,
        {
            "bgvox": "vocals/backing",
            "bgvox_echo": "vocals/backing",
            "fx": "fx",
            "hats": "drums/hats",
            "kick": "drums/kick",
            "synth": "synth",
            "vox_main": "vocals/lead",
        },
        {"mixdown-sum": "mix", "reference-master": "reference"},
    ),
    "potassium": (
        48000,
        {
            "bgvox": "vocals/backing",
            "drums": "drums",
            "hats": "drums/hats",
            "keys": "keys",
            "pad_bass": "bass",
            "synth": "synth",
        },
        {"mixdown-sum": "mix"},
    ),
    "crunkdemo-lmms": (
        44100,
        {
            "Bass": "bass",
            "Synth": "synth",
            "Kick 01": "drums/kick",
            "Clap 04": "drums/percussion",
        },
        {"_premaster_mix": "mix"},
    ),
}


def codes(session: sessions.Session) -> list[str]:
    return [each.code for each in session.diagnostics]


def kinds(read: Callable[[], object]) -> list[str]:
    with pytest.raises(sessions.SessionError) as caught:
        read()
    return [problem.kind for problem in caught.value.problems]


@pytest.mark.parametrize("song", SHARED)
def test_real_exports(song: str, shared_data: SharedData) -> None:
    rate, roles, references = SHARED[song]
    folder = shared_data(f"stems/{song}")
    session = sessions.read(folder)
    assert session.sample_rate_hz == rate
    assert {track.name: track.role for track in session.tracks} == roles
    assert {each.name: each.kind for each in session.references} == references
    assert codes(session) == ["reference_found"] * len(references)
    for track in session.tracks:
        (clip,) = track.clips
        told = soundfile.info(str(clip.media.path))
        stated = (clip.media.frames, clip.media.channels, clip.media.sample_rate_hz)
        assert stated == (told.frames, told.channels, told.samplerate)
        assert clip.position_frames == 0
        assert clip.length_s == told.frames / told.samplerate


def test_a_list_equals_its_folder(write_wav: WriteWav, tmp_path: Path) -> None:
    files = [write_wav(name) for name in ("10 pad.wav", "2 Snare.wav", "01 Kick.wav")]
    listed = sessions.read(files)
    assert listed == sessions.read(str(tmp_path)) == sessions.read([str(f) for f in files[::-1]])
    assert [track.name for track in listed.tracks] == ["Kick", "Snare", "pad"]
    assert [track.id for track in listed.tracks] == ["01 Kick", "2 Snare", "10 pad"]


def test_rate_channels_and_lengths(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav", 96000, rate=96000)
    write_wav("bass.wav", 24000, 2)
    write_wav("pad.wav", 48000, 6)
    write_wav("keys.wav", 96000, rate=96000)
    session = sessions.read(tmp_path)
    assert session.sample_rate_hz == 96000  # two each: ties go upwards
    assert {track.id: track.channels for track in session.tracks} == {
        "bass": 2,
        "keys": 1,
        "kick": 1,
        "pad": 6,
    }
    assert codes(session) == ["mixed_sample_rates", "unequal_lengths"]
    rates, lengths = session.diagnostics
    assert rates.where == "bass.wav, pad.wav"
    assert lengths.where == "bass"
    assert [each.severity for each in session.diagnostics] == ["note", "note"]


def test_every_accepted_format_reads(write_wav: WriteWav, tmp_path: Path) -> None:
    audio, rate = soundfile.read(write_wav("a.wav", 1000, 2))
    (tmp_path / "a.wav").unlink()
    wanted = [
        ("kick.wav", "WAV", "FLOAT"),
        ("snare.wav", "WAVEX", "PCM_24"),
        ("hats.wav", "RF64", "PCM_16"),
        ("toms.aif", "AIFF", "PCM_24"),
        ("bass.aiff", "AIFF", "PCM_16"),
        ("keys.flac", "FLAC", "PCM_24"),
        ("pad.bwf", "WAV", "DOUBLE"),
        ("mistitled.wav", "FLAC", "PCM_16"),
    ]
    for name, container, subtype in wanted:
        soundfile.write(tmp_path / name, audio, rate, format=container, subtype=subtype)
    found = [track.clips[0].media for track in sessions.read(tmp_path).tracks]
    told = {(media.path.name, media.format, media.subtype) for media in found}
    assert told == set(wanted)
    assert {media.frames for media in found} == {1000}


def test_the_only_folder_with_audio_is_the_bundle(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("Song/Stems/kick.wav")
    write_wav("Song/Stems/bass.wav")
    (tmp_path / "Song" / "notes.txt").write_text("hi")
    session = sessions.read(tmp_path / "Song")
    assert [track.id for track in session.tracks] == ["bass", "kick"]
    assert [(each.code, each.where) for each in session.diagnostics] == [
        ("used_subfolder", "Stems")
    ]


def test_audio_left_in_subfolders_is_told(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav")
    write_wav("old/bass.wav")
    write_wav("old/deep/bass.wav")
    (tmp_path / "preview.mp3").write_bytes(b"\0")
    session = sessions.read(tmp_path)
    assert [(each.severity, each.code, each.where) for each in session.diagnostics] == [
        ("warning", "audio_in_subfolder", "old"),
        ("warning", "audio_in_subfolder", "old/deep"),
        ("error", "ignored_audio", "preview.mp3"),
    ]


def test_a_lossy_mix_is_compared_with_and_a_lossy_stem_refused(
    write_wav: WriteWav, tmp_path: Path
) -> None:
    audio, rate_hz = soundfile.read(write_wav("kick.wav"))
    for name in ("Song rough mix.mp3", "Song reference.ogg", "snare.mp3"):
        soundfile.write(tmp_path / name, audio, rate_hz)
    session = sessions.read(tmp_path)
    assert [track.id for track in session.tracks] == ["kick"]
    assert {(each.kind, each.name, each.media.format) for each in session.references} == {
        ("mix", "Song rough mix", "MP3"),
        ("reference", "Song reference", "OGG"),
    }
    told = [each.where for each in session.diagnostics if each.severity == "error"]
    assert told == ["snare.mp3"]


def test_clutter_is_not_audio(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav")
    for name in ("._kick.wav", ".hidden.wav", "Thumbs.db", ".DS_Store"):
        (tmp_path / name).write_bytes(b"junk")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "snare.wav").write_bytes(b"junk")
    session = sessions.read(tmp_path)
    assert [track.id for track in session.tracks] == ["kick"]
    assert session.diagnostics == ()


def test_a_stem_that_is_hidden_by_its_name_is_told(write_wav: WriteWav, tmp_path: Path) -> None:
    for name in ("stems/kick.wav", "stems/.pad synth.wav"):
        write_wav(name)
    found = sessions.read(tmp_path)
    assert [(each.severity, each.code, each.where) for each in found.diagnostics] == [
        ("note", "used_subfolder", "stems"),
        ("warning", "hidden_audio", ".pad synth.wav"),
    ]
    asked = sessions.read(tmp_path, skip=[".pad*"])
    assert [each.code for each in asked.diagnostics] == ["used_subfolder", "skipped_stem"]


def test_bare_title_and_mix_word_on_a_stem_are_warned_of(
    write_wav: WriteWav, tmp_path: Path
) -> None:
    for name in ("Song", "Song - Drum Mix", "Song - Bass"):
        write_wav(f"{name}.wav")
    found = sessions.read(tmp_path).diagnostics
    assert [(each.severity, each.code, each.where) for each in found] == [
        ("warning", "mix_word_in_stem", "Song - Drum Mix.wav"),
        ("warning", "maybe_mix", "Song.wav"),
    ]


def test_duplicates_name_both_files(write_wav: WriteWav, tmp_path: Path) -> None:
    flac = tmp_path / "kick.flac"
    audio, rate = soundfile.read(write_wav("Kick.wav"))
    soundfile.write(flac, audio, rate)
    write_wav("bass.wav")
    with pytest.raises(sessions.SessionError) as caught:
        sessions.read(tmp_path)
    (problem,) = caught.value.problems
    assert problem.kind == "duplicate_stem"
    assert "Kick.wav" in problem.message
    assert "kick.flac" in problem.message


def test_the_same_file_twice_is_a_duplicate(write_wav: WriteWav) -> None:
    kick = write_wav("kick.wav")
    assert kinds(lambda: sessions.read([kick, kick])) == ["duplicate_stem"]


def test_composed_and_decomposed_names_are_one(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav(unicodedata.normalize("NFD", "Gitarre hoch ä.wav"))
    write_wav("bass.wav")
    assert sessions.read(tmp_path).tracks[1].id == unicodedata.normalize("NFC", "Gitarre hoch ä")
    write_wav(unicodedata.normalize("NFC", "Gitarre hoch ä.wav"))
    assert kinds(lambda: sessions.read(tmp_path)) == ["duplicate_stem"]


def test_only_mixes_are_no_bundle(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("rough.wav")
    write_wav("premaster.wav")
    with pytest.raises(sessions.SessionError, match=r"rough\.wav"):
        sessions.read(tmp_path)
    assert kinds(lambda: sessions.read(tmp_path / "rough.wav")) == ["only_mixes"]


def test_every_bad_file_is_told_at_once(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav")
    whole = write_wav("whole.wav", 4800, 2).read_bytes()
    (tmp_path / "whole.wav").unlink()
    (tmp_path / "a text.wav").write_text("these are words and no audio at all\n" * 9)
    (tmp_path / "b empty.wav").touch()
    (tmp_path / "c head.wav").write_bytes(whole[:30])
    (tmp_path / "d cut.wav").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "e folder.wav").mkdir()
    (tmp_path / "f link.wav").symlink_to(tmp_path / "nowhere.wav")
    (tmp_path / "g loop.wav").symlink_to("g loop.wav")
    soundfile.write(tmp_path / "h none.wav", [], 48000)
    os.mkfifo(tmp_path / "i pipe.wav")
    (tmp_path / "e folder.wav").rmdir()
    assert kinds(lambda: sessions.read(tmp_path)) == [
        "unreadable_audio",
        "empty_file",
        "unreadable_audio",
        "truncated_audio",
        "unreadable_file",
        "unreadable_file",
        "no_frames",
        "not_a_file",
    ]
    (tmp_path / "e folder.wav").mkdir()
    assert kinds(lambda: sessions.read(tmp_path)) == ["not_a_file"]


def test_lossy_audio_under_a_false_name(write_wav: WriteWav, tmp_path: Path) -> None:
    audio, rate = soundfile.read(write_wav("kick.wav", 48000))
    soundfile.write(tmp_path / "bass.wav", audio, rate, format="OGG")
    assert kinds(lambda: sessions.read(tmp_path)) == ["unsupported_audio"]


def test_undecodable_names_are_refused(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav")
    (tmp_path / os.fsdecode(b"caf\xe9.wav")).write_bytes(b"x")
    with pytest.raises(sessions.SessionError) as caught:
        sessions.read(tmp_path)
    (problem,) = caught.value.problems
    assert problem.kind == "undecodable_name"
    assert "caf\\udce9.wav" in problem.message
    json.dumps(problem.as_json(), ensure_ascii=False).encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden_files_and_folders(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav").chmod(0)
    assert kinds(lambda: sessions.read(tmp_path)) == ["unreadable_file"]


def test_what_is_not_there_is_told_with_the_nearest(write_wav: WriteWav, tmp_path: Path) -> None:
    kick = write_wav("kick.wav")
    with pytest.raises(sessions.SessionError) as caught:
        sessions.read([tmp_path / "kik.wav", tmp_path / "a\0b.wav", kick])
    missing, nul = caught.value.problems
    assert (missing.kind, missing.nearest) == ("not_found", str(kick))
    assert (nul.kind, nul.where) == ("unreadable_file", {"file": f"{tmp_path}/a\\x00b.wav"})


def test_no_audio_several_folders_and_nothing(write_wav: WriteWav, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "song.mp3").touch()
    assert kinds(lambda: sessions.read(tmp_path / "empty")) == ["no_audio"]
    assert kinds(lambda: sessions.read(tmp_path)) == ["no_audio"]
    write_wav("a/kick.wav")
    write_wav("b/kick.wav")
    assert kinds(lambda: sessions.read(tmp_path)) == ["several_folders"]
    assert kinds(lambda: sessions.read([])) == ["nothing_given"]


def test_lists_hold_files_only(write_wav: WriteWav, tmp_path: Path) -> None:
    kick = write_wav("kick.wav")
    write_wav("more/bass.wav")
    (tmp_path / "notes.txt").touch()
    assert kinds(lambda: sessions.read([kick, tmp_path / "more"])) == ["not_a_file"]
    with pytest.raises(sessions.SessionError, match=r"notes\.txt") as caught:
        sessions.read([kick, tmp_path / "notes.txt"])
    assert [problem.kind for problem in caught.value.problems] == ["unrecognised"]


@pytest.mark.parametrize(
    ("name", "daw"), [("a.ptx", "Pro Tools"), ("a.npr", "Nuendo"), ("a.cpr", "Cubase")]
)
def test_daw_projects_are_refused_with_the_way_out(name: str, daw: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\0\1")
    with pytest.raises(sessions.SessionError) as caught:
        sessions.read(tmp_path / name)
    (problem,) = caught.value.problems
    assert problem.kind == "unsupported_session"
    assert daw in (problem.hint or "")


@pytest.mark.parametrize(
    ("name", "daw"), [("a.rpp", "REAPER"), ("a.ardour", "Ardour"), ("a.mmp", "LMMS")]
)
def test_a_damaged_project_of_a_daw_that_is_read_is_said_to_be_such(
    name: str, daw: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(sessions.SessionError) as caught:
        sessions.read(tmp_path / name)
    (problem,) = caught.value.problems
    assert problem.kind == "damaged_session"
    assert f"{daw} project and does not begin like one" in problem.message
    assert f"save it again in {daw}" in (problem.hint or "")


def test_recordings_of_a_daw_are_not_stems(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("Song/Audio Files/kick_01.wav")
    (tmp_path / "Song" / "Song.ptx").touch()
    assert kinds(lambda: sessions.read(tmp_path / "Song")) == ["session_folder"]
    (tmp_path / "Song" / "Audio Files").rename(tmp_path / "Song" / "Exported Stems")
    assert [track.id for track in sessions.read(tmp_path / "Song").tracks] == ["kick_01"]
    write_wav("Song.logicx/Media/kick.wav")
    assert kinds(lambda: sessions.read(tmp_path / "Song.logicx")) == ["unsupported_session"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ok.caf", "CAF"), ("ok.w64", "Wave64"), ("ok.OGG", "Ogg"), ("ok.mp3", "MP3")],
)
def test_audio_that_no_stem_has_is_called_what_it_is(
    name: str, kind: str, write_wav: WriteWav, tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    path = tmp_path / "one" / name
    path.write_bytes(b"caff")
    said = f"{name} is {kind} audio: stems are WAV, AIFF or FLAC"
    kick = write_wav("kick.wav")
    for given in ([path], [kick, path], [path.parent]):
        with pytest.raises(sessions.SessionError) as caught:
            sessions.read(given)
        (problem,) = caught.value.problems
        assert said in problem.message
        assert problem.hint == "export it as one of them"
    kick.rename(path.with_name("kick.wav"))
    (told,) = sessions.read(path.parent).diagnostics
    assert told.message == f"{said}; export it as one of them. It is left out"
