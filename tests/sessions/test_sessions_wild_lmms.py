"""LMMS projects from 0.1 to 1.3, after the upgrades in LMMS's own src/core/DataFile.cpp."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions import Session
from sessions.formats.lmms.reader import FORMAT

WriteWav = Callable[..., Path]
HEAD = '<head bpm="120" mastervol="100"/>'


def read(
    tmp_path: Path,
    tracks: str,
    version: str = "1.2.0",
    root: str = "lmms-project",
    head: str = HEAD,
    behind: str = "",
) -> Session:
    path = tmp_path / "song.mmp"
    path.write_text(
        f'<?xml version="1.0"?>\n<!DOCTYPE {root}>\n<{root} version="1.0" type="song"'
        f' creatorversion="{version}">{head}<song><trackcontainer type="song">{tracks}'
        f"</trackcontainer>{behind}</song></{root}>"
    )
    assert FORMAT.score(path) == 1.0
    return FORMAT.read([path])


def told(session: Session) -> dict[str, str]:
    return {each.code: each.message for each in session.diagnostics}


def gain(factor: float) -> float:
    return 20 * math.log10(factor)


OLD = (
    '<track type="0" muted="0"><channeltrack vol="100" name="Lead"><tripleoscillator/>'
    '<fx fxdisabled="0"><rack numofeffects="1"><effect name="ladspaeffect" key="AAAA" on="1"/>'
    '</rack></fx></channeltrack><pattern pos="64" len="64"/></track><track type="2">'
    '<sampletrack name="Vox" vol="0.5"/><sampletco src="a.wav" pos="64" len="128"/></track>'
    '<track type="1"><bbtrack name="Beat"><trackcontainer/></bbtrack></track>'
)


def test_a_project_of_2006_reads_as_lmms_upgrades_it(tmp_path: Path) -> None:
    head = '<head><bpm value="180"/><mastervol value="50"/></head>'
    session = read(tmp_path, OLD, "0.1.4-cvs20060227", "multimediaproject", head)
    lead, vox, beat, master = session.tracks
    assert [lead.name, vox.name, beat.name, master.name] == ["Lead", "Vox", "Beat", "Master"]
    assert session.tempo[0].bpm == 180.0
    assert lead.gain_db == pytest.approx(gain(0.585786438))
    assert vox.gain_db == pytest.approx(gain(0.5))
    assert master.gain_db == pytest.approx(gain(0.5))
    # 64 ticks made a bar: at 180 BPM 4/3 s.
    assert vox.clips[0].position_s == pytest.approx(4 / 3)
    assert vox.clips[0].length_s == pytest.approx(8 / 3)
    (effect,) = lead.devices
    assert (effect.format, effect.name, effect.enabled) == ("LADSPA", "ladspaeffect", True)
    assert "1 plugins named in a form before LMMS 0.4" in told(session)["content_not_read"]


@pytest.mark.parametrize(
    ("version", "ticks_a_bar"),
    [("0.3.2", 64), ("0.4.0-svn20080408", 64), ("0.4.0-svn20080409", 192), ("0.4.0-beta", 192)],
)
def test_the_bar_got_three_times_as_many_ticks_in_april_2008(
    tmp_path: Path, version: str, ticks_a_bar: int
) -> None:
    clip = f'<sampletco src="a.wav" pos="{ticks_a_bar}" len="{ticks_a_bar}"/>'
    tracks = f'<track type="2" name="S"><sampletrack vol="100"/>{clip}</track>'
    session = read(tmp_path, tracks, version, "multimedia-project")
    assert session.tracks[0].clips[0].position_s == 2.0


@pytest.mark.parametrize(("version", "output"), [("0.4.15", "master"), ("1.1.0", None)])
def test_mixer_channels_went_to_the_master_until_there_were_sends(
    tmp_path: Path, version: str, output: str | None
) -> None:
    mixer = (
        '<fxmixer><fxchannel num="0" volume="0.5" name="Master"/>'
        '<fxchannel num="1" volume="1" name="A"/></fxmixer>'
    )
    session = read(tmp_path, "", version, behind=mixer)
    assert [(track.id, track.output) for track in session.tracks] == [
        ("fx:1", output),
        ("master", None),
    ]


def tempo_project(times: str, attributes: str = 'prog="0"') -> str:
    return (
        '<track type="2" name="S"><sampletrack vol="100"/>'
        '<sampletco src="a.wav" pos="384" len="192"/></track><track type="5" name="Tempo">'
        f'<automationtrack/><automationpattern pos="192" len="192" {attributes}>{times}'
        '<object id="77"/></automationpattern></track>'
    )


TEMPO_HEAD = '<head><bpm value="120" id="77"/></head>'


def test_an_automated_tempo_places_what_comes_after(tmp_path: Path, write_wav: WriteWav) -> None:
    write_wav("a.wav", 48_000)
    session = read(tmp_path, tempo_project('<time pos="0" value="60"/>'), head=TEMPO_HEAD)
    assert [(each.position_s, each.bpm) for each in session.tempo] == [(0.0, 120.0), (2.0, 60.0)]
    (clip,) = session.tracks[0].clips
    assert (clip.position_s, clip.position_frames, clip.length_s) == (6.0, 288_000, 4.0)
    assert "content_not_read" not in told(session)


def test_a_tempo_ramp_is_straight_over_beats(tmp_path: Path) -> None:
    times = '<time pos="0" value="120"/><time pos="192" value="60"/>'
    session = read(tmp_path, tempo_project(times, 'prog="1"'), head=TEMPO_HEAD)
    assert session.tracks[0].clips[0].position_s == pytest.approx(2 + 4 * math.log(2))


def test_a_muted_tempo_clip_changes_nothing(tmp_path: Path) -> None:
    times = '<time pos="0" value="60"/>'
    session = read(tmp_path, tempo_project(times, 'prog="0" mute="1"'), head=TEMPO_HEAD)
    assert session.tracks[0].clips[0].position_s == 4.0


def test_automation_beside_the_song_is_told(tmp_path: Path) -> None:
    hidden = (
        '<track type="6"><automationpattern pos="0"><object id="5"/></automationpattern></track>'
    )
    assert "1 automation clips" in told(read(tmp_path, "", behind=hidden))["content_not_read"]


def test_names_of_version_1_3(tmp_path: Path) -> None:
    inner = (
        '<track type="0" name="K"><instrumenttrack mixch="1"/><midiclip pos="0" len="192"/></track>'
    )
    tracks = (
        '<track type="1" name="P"><patterntrack><trackcontainer type="patternstore">'
        f'{inner}</trackcontainer></patterntrack><patternclip pos="0" len="192"/></track>'
    )
    mixer = (
        '<mixer><mixerchannel num="0" volume="1" name="Master"/><mixerchannel num="1" volume="1"'
        ' name="A"><send channel="0" amount="1"/></mixerchannel></mixer>'
    )
    session = read(tmp_path, tracks, "1.3.0-alpha.1", behind=mixer)
    assert [(each.id, each.parent, each.output) for each in session.tracks] == [
        ("1", None, None),
        ("1.1", "1", "fx:1"),
        ("fx:1", None, "master"),
        ("master", None, None),
    ]
