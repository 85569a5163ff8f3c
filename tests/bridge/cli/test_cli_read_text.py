"""`read` without --json says what a stem master needs to know, in lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

PROJECT = """<REAPER_PROJECT 0.1 "7.14/linux-x86_64" 1
  SAMPLERATE 48000 0 0
  TEMPO 92 3 4
  MARKER 1 12.5 "Verse" 0
  MARKER 2 30 "Chorus" 1
  MARKER 2 45.25 "" 1
  <TRACK {11111111-0000-0000-0000-000000000001}
    NAME Drums
    VOLPAN 0.5 0 -1 -1 1
    ISBUS 1 1
  >
  <TRACK {11111111-0000-0000-0000-000000000002}
    NAME Kick
    VOLPAN 1 -0.25 -1 -1 1
    MUTESOLO 1 0 0
    ISBUS 2 -1
    <VOLENV2
      ACT 1
      PT 0 1 0
      PT 2 0.5 0
    >
    <ITEM
      POSITION 1.25
      LENGTH 0.5
      FADEIN 0 0.1 0
      VOLPAN 2 0 1 -1
      <SOURCE WAVE
        FILE "kick.wav"
      >
    >
    <ITEM
      POSITION 2
      LENGTH 0.5
      <SOURCE WAVE
        FILE "gone.wav"
      >
    >
  >
  <TRACK {11111111-0000-0000-0000-000000000003}
    NAME Reverb
    AUXRECV 1 0 0.25 0 0 0 0 0 0 -1:U 0 -1 ''
  >
>
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "kick.wav", np.zeros((48000, 2)), 48000, "PCM_24")
    path = tmp_path / "song.rpp"
    path.write_text(PROJECT, encoding="utf-8")
    return path


def test_the_mixer_the_tempo_and_the_markers_are_told(run, project: Path) -> None:
    said = run("read", project)
    assert said.code == 0
    assert said.out.splitlines() == [
        "reaper, REAPER 7.14/linux-x86_64, 48000 Hz",
        "  92 bpm, 3/4",
        "  Drums                    group    drums            2 ch  -6.02 dB",
        "    Kick                   audio    drums/kick       2 ch  2 clips, 1 missing"
        "  pan 25L, muted",
        "        send to Reverb, -12.04 dB",
        "        automation gain_db, 2 points",
        "  Reverb                   return   fx               2 ch",
        "  Master                   master   other            2 ch",
        "  0:12.500  marker  Verse",
        "  0:30.000  region  Chorus  15.250 s long",
    ]


def test_clips_are_told_to_the_sample(run, project: Path) -> None:
    lines = [line.strip() for line in run("read", project, "--clips").out.splitlines()]
    clips = [line for line in lines if line.startswith("clip ")]
    assert clips[0] == (
        "clip 0:01.250 (frame 60000), 0.500 s from 0.000 s, +6.02 dB, "
        "fade in 0.100 s linear, kick.wav"
    )
    assert clips[1].startswith("clip 0:02.000 (frame 96000), 0.500 s from 0.000 s")
    assert "missing" in clips[1]
