"""A job meets its stems: tempo, references, stems by name, times in seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.jobs import BESIDE_UNREADABLE, Job, JobError, load_job, song_moves, song_session
from bridge.planning import Ride, SongMoves
from sessions import Meter, Tempo, read
from stemwright.problems import InputError

Written = Callable[[str], Path]


@pytest.fixture
def song(written: Written) -> Callable[[str], Job]:
    """A job of three stems and a rough mix among them, with these lines in it."""

    def make(lines: str = "") -> Job:
        path = written(lines)
        for name in ("Lead Vox", "Back Vox", "Keys", "Quick Bounce"):
            soundfile.write(path.parent / "stems" / f"{name}.wav", np.zeros((4800, 2)), 48000)
        return load_job(path)

    return make


def moves(job: Job) -> SongMoves:
    return song_moves(job, song_session(job, read(job.stems)))


def test_what_the_job_names_as_a_mix_is_never_summed(song: Callable[[str], Job]) -> None:
    outside = 'references = ["ref.wav"]\n'
    song("")
    job_folder = song("").folder
    soundfile.write(job_folder / "ref.wav", np.zeros((4800, 2)), 48000)
    job = song(f'rough = "stems/Quick Bounce.wav"\n{outside}title = "Riverside"\n')
    session = song_session(job, read(job.stems))
    assert [track.id for track in session.tracks] == ["Back Vox", "Keys", "Lead Vox"]
    assert [(each.kind, each.name) for each in session.references] == [
        ("mix", "Quick Bounce"),
        ("reference", "ref"),
    ]
    assert dict(session.provenance)["title"] == "Riverside"


def test_a_reference_that_is_no_audio_is_told(song: Callable[[str], Job]) -> None:
    folder = song("").folder
    (folder / "ref.wav").write_bytes(b"no audio")
    job = song('references = ["ref.wav"]\n')
    with pytest.raises(InputError, match=r"ref\.wav"):
        song_session(job, read(job.stems), spared=("mix",))
    (folder / "ref.wav").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(64))
    with pytest.raises(InputError, match=r"ref\.wav") as told:
        song_session(job, read(job.stems))
    assert "WAV, AIFF, FLAC or MP3" in str(told.value.problems[0].hint)
    assert "ffmpeg -i " in str(told.value.problems[0].hint)
    spared = song_session(job, read(job.stems), spared=("reference",))
    assert spared.references == read(job.stems).references
    assert [each.code for each in spared.diagnostics][-1:] == [BESIDE_UNREADABLE]


def test_the_jobs_tempo_stands_in_place_of_the_sessions(song: Callable[[str], Job]) -> None:
    job = song("tempo_bpm = 92.0\n")
    session = replace(read(job.stems), tempo=(Tempo(0.0, 120.0), Tempo(4.0, 60.0)))
    assert song_session(job, session).tempo == (Tempo(0.0, 92.0),)
    assert song_session(song(""), session).tempo == session.tempo


def test_rides_are_resolved_to_seconds(song: Callable[[str], Job]) -> None:
    found = moves(
        song(
            """\
tempo_bpm = 120.0
[[section]]
name = "chorus"
from = "bar 2"
to = "0:04"
[[ride]]
group = "vocals"
section = "Chorus"
gain_db = 0.7
ramp_s = 0.25
[[ride]]
group = "vocals"
from = 1
to = 2
gain_db = -1.0
pre = true
[[ride]]
stem = "keys"
points = [["bar 1.3", 0.0], ["bar 2", 2.0]]
[stem."Lead Vox"]
gain_db = -0.5
[group.music]
gain_db = 1.0
"""
        )
    )
    assert found.rides == {
        "vocals": (Ride(((1.75, 0.0), (2.0, 0.7), (4.0, 0.7), (4.25, 0.0))),),
    }
    assert found.pre_rides == {
        "vocals": (Ride(((0.95, 0.0), (1.0, -1.0), (2.0, -1.0), (2.05, 0.0))),),
    }
    assert found.stem_rides == {"Keys": (Ride(((1.0, 0.0), (2.0, 2.0))),)}
    assert found.stem_gains_db == {"Lead Vox": -0.5}
    assert found.overrides == {"group.music.gain_db": 1.0}


def test_bars_count_by_the_sessions_meter(song: Callable[[str], Job]) -> None:
    job = song('tempo_bpm = 60.0\n[[ride]]\ngroup = "vocals"\npoints = [["bar 3", 1.0]]\n')
    session = replace(song_session(job, read(job.stems)), meters=(Meter(0.0, 3, 4),))
    assert song_moves(job, session).rides == {"vocals": (Ride(((6.0, 1.0),)),)}


def test_all_that_the_stems_cannot_answer_is_told_at_once(song: Callable[[str], Job]) -> None:
    job = song(
        """\
[stem."Led Vox"]
gain_db = 1.0
[[ride]]
stem = "Piano"
from = 1
to = 2
gain_db = 1
[[ride]]
group = "vocals"
points = [["bar 3", 1.0]]
"""
    )
    with pytest.raises(JobError) as caught:
        moves(job)
    assert [(each.where.line, each.kind, each.nearest) for each in caught.value.faults] == [
        (4, "unknown_stem", "Lead Vox"),
        (6, "unknown_stem", None),
        (11, "no_such_beat", None),
    ]


def test_ends_that_only_the_tempo_tells_are_held_to_it_too(song: Callable[[str], Job]) -> None:
    job = song('tempo_bpm = 60\n[[section]]\nname = "a"\nfrom = "bar 3"\nto = 8\n')
    with pytest.raises(JobError, match="it ends at 8 s, and begins at 8 s"):
        moves(job)


def test_a_name_that_means_two_stems_is_refused(song: Callable[[str], Job]) -> None:
    job = song("[stem.vox]\ngain_db = 1\n")
    session = song_session(job, read(job.stems))
    same = tuple(replace(each, name="vox") if "Vox" in each.id else each for each in session.tracks)
    with pytest.raises(JobError, match="Back Vox or Lead Vox") as caught:
        song_moves(job, replace(session, tracks=same))
    assert [each.kind for each in caught.value.faults] == ["stem_ambiguous"]
