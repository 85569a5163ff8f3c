"""What a clip plays of its file where that is a part: sections, loops, stops."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from sessions import read, write_dawproject, write_rpp
from small_songs import FRAMES, RATE_HZ, item, noises, plan_of, printed, project, track

_START, _LENGTH = 400, 600
_FROM, _TO = _START + _LENGTH, _START


def _section(mode: int, inner: str = "<SOURCE WAVE\nFILE a.wav\n>") -> str:
    length, start = _LENGTH / RATE_HZ, _START / RATE_HZ
    return f"<SOURCE SECTION\nLENGTH {length}\nSTARTPOS {start}\nMODE {mode}\n{inner}\n>"


def test_a_reversed_section_plays_from_its_end_to_its_start(tmp_path: Path) -> None:
    """SWS: MODE 2 for a section turned round, MODE 3 for the whole of a file turned round."""
    a, _b = noises(tmp_path)
    late = f"SOFFS {100 / RATE_HZ}"
    turned = project(tmp_path, track("a", item(late, _section(2), length_s=500 / RATE_HZ)))
    assert np.array_equal(printed(turned)["a"], a[:, _TO:_FROM][:, ::-1][:, 100:])
    whole = project(tmp_path, track("a", item(late, _section(3), length_s=500 / RATE_HZ)))
    assert np.array_equal(printed(whole)["a"], a[:, ::-1][:, 100:600])
    inner = "<SOURCE SECTION\nMODE 3\n<SOURCE WAVE\nFILE a.wav\n>\n>"
    twice = project(tmp_path, track("a", item(late, _section(2, inner), length_s=500 / RATE_HZ)))
    there = FRAMES - _FROM
    assert np.array_equal(printed(twice)["a"], a[:, there : there + _LENGTH][:, 100:])


@pytest.mark.parametrize(
    ("form", "mode"),
    [("as it is", 0), ("as it is", 2), ("rpp", 0), ("rpp", 2), ("dawproject", 0)],
)
def test_a_looped_section_repeats_and_another_falls_silent(
    tmp_path: Path, form: str, mode: int
) -> None:
    a, _b = noises(tmp_path)
    loop = item(f"LOOP 1\nSOFFS {100 / RATE_HZ}", _section(mode))
    once = item(f"SOFFS {100 / RATE_HZ}", _section(mode))
    path = project(tmp_path, track("loop", loop), track("once", once))
    if form != "as it is":
        song = read([path])
        path = tmp_path / f"written.{form}"
        {"rpp": write_rpp, "dawproject": write_dawproject}[form](song, path)
    part = a[:, _TO:_FROM][:, :: -1 if mode else 1]
    stems = printed(path)
    assert np.array_equal(stems["loop"], np.tile(part, 3)[:, 100 : 100 + FRAMES])
    wanted = np.zeros((2, FRAMES))
    wanted[:, : _LENGTH - 100] = part[:, 100:]
    assert np.array_equal(stems["once"], wanted)
    if form == "as it is":
        assert [each.reasons for each in plan_of(path).accounts] == [
            ("loop_seam",),
            ("past_its_file",),
        ]


def test_tracktions_loop_is_seconds_of_the_file(tmp_path: Path) -> None:
    """An offset counts from where the loop begins (AudioFileCache::Reader::setReadPosition)."""
    a, _b = noises(tmp_path)
    looped = (
        f'start="0" length="{FRAMES / RATE_HZ}" offset="{100 / RATE_HZ}" source="a.wav" '
        f'loopStart="{_START / RATE_HZ}" loopLength="{_LENGTH / RATE_HZ}"'
    )
    path = tmp_path / "song.tracktionedit"
    fader = '<PLUGIN type="volume" volume="0.740818221"/>'
    tracks = f'<TRACK id="1" name="a"><AUDIOCLIP {looped}/>{fader}</TRACK>'
    path.write_text(f'<?xml version="1.0"?>\n<EDIT appVersion="Waveform 12">{tracks}</EDIT>')
    wanted = np.tile(a[:, _TO:_FROM], 3)[:, 100 : 100 + FRAMES]
    assert printed(path)["a"] == pytest.approx(wanted, abs=1e-6)
    assert [each.reasons for each in plan_of(path).accounts] == [()]


def test_a_clip_of_a_dawproject_is_silent_from_where_its_playing_stops(tmp_path: Path) -> None:
    a, _b = noises(tmp_path)
    channel = '<Channel destination="m" role="regular" id="c"/>'
    clip = (
        f'<Clip time="0" duration="{FRAMES / RATE_HZ}" playStart="{_START / RATE_HZ}" '
        f'playStop="{_FROM / RATE_HZ}"><Audio channels="2" duration="0.2" sampleRate="{RATE_HZ}">'
        '<File path="a.wav"/></Audio></Clip>'
    )
    path = tmp_path / "song.dawproject"
    text = (
        '<Project version="1.0"><Application name="Bitwig Studio" version="5"/><Structure>'
        f'<Track contentType="audio" id="t" name="a">{channel}</Track><Track name="M" id="mt">'
        '<Channel role="master" id="m"/></Track></Structure><Arrangement><Lanes timeUnit="seconds">'
        f'<Lanes track="t"><Clips>{clip}</Clips></Lanes></Lanes></Arrangement></Project>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.xml", text)
        archive.write(tmp_path / "a.wav", "a.wav")
    assert np.array_equal(printed(path)["a"], a[:, _TO:_FROM])
