"""Where the clips of a DAWproject stand, what of them is heard, and where their audio is found."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions.formats.dawproject.reader import FORMAT
from sessions.model.session import Clip, Session

WriteWav = Callable[..., Path]

MADE = Path(__file__).parents[2] / "fixtures" / "dawproject"
PROJECT = (MADE / "project.xml").read_text("utf-8")
CLIPS = (MADE / "clips.xml").read_text("utf-8")
BEAT_4 = 4.0 * math.log(2.0)


def read(path: Path, *media: Path) -> Session:
    return FORMAT.read([path], media)


def clips_of(session: Session, track: str = "kick") -> tuple[Clip, ...]:
    return next(each for each in session.tracks if each.id == track).clips


def codes(session: Session) -> set[str]:
    return {each.code for each in session.diagnostics}


def test_double_wrapped_clips_stand_in_song_time(project: Callable[..., Path]) -> None:
    (clip,) = clips_of(read(project()))
    assert clip.position_s == pytest.approx(BEAT_4, abs=1e-12)
    assert clip.position_frames == round(BEAT_4 * 48_000)
    assert clip.length_s == pytest.approx(4.0, abs=1e-9)
    assert clip.source_offset_s == 1.5
    assert (clip.fade_in_s, clip.fade_out_s) == pytest.approx((0.25, 0.5), abs=1e-9)
    assert (clip.name, clip.warped, clip.missing) == ("outer", False, False)
    assert clip.media is not None
    assert clip.media.as_json().endswith("song.dawproject!/audio/a.wav")
    assert clip.written is not None
    assert clip.written.as_json() == {"unit": "beats", "value": 4.0}


def test_a_fade_that_begins_before_its_clip_is_told(project: Callable[..., Path]) -> None:
    """A negative fade in reaches back for a crossfade (Clip.java)."""
    session = read(project(CLIPS.replace('fadeInTime="0.25"', 'fadeInTime="-0.25"')))
    assert clips_of(session)[0].fade_in_s == 0.0
    assert "early_fades" in codes(session)
    assert "early_fades" not in codes(read(project()))


def test_an_outer_clip_cuts_the_clips_inside_it(project: Callable[..., Path]) -> None:
    cut = CLIPS.replace('time="4" duration="8"', 'time="8" duration="2" playStart="3"')
    (clip,) = clips_of(read(project(cut)))
    assert clip.position_s == pytest.approx(BEAT_4 + 2.0)
    assert clip.length_s == pytest.approx(1.0)
    assert clip.source_offset_s == pytest.approx(1.5 + 3 * 0.5, abs=1e-9)


def test_seconds_are_not_read_as_beats(project: Callable[..., Path]) -> None:
    audio = (
        '<Audio channels="1" sampleRate="48000" duration="10"><File path="audio/a.wav"/></Audio>'
    )
    seconds = f'</Clips><Clips timeUnit="seconds"><Clip time="5" duration="2">{audio}</Clip>'
    (clip,) = clips_of(read(project(seconds)))
    assert (clip.position_s, clip.length_s, clip.position_frames) == (5.0, 2.0, 240_000)
    assert clip.written is not None
    assert clip.written.unit == "seconds"


def test_loops_are_unrolled_to_the_sample(project: Callable[..., Path]) -> None:
    looped = CLIPS.replace(
        'duration="8" fade', 'duration="8" playStart="1" loopStart="0" loopEnd="3" fade'
    )
    clips = clips_of(read(project(looped)))
    heard = [(each.position_s - BEAT_4, each.length_s, each.source_offset_s) for each in clips]
    expected = [(0.0, 1.0, 2.0), (1.0, 1.5, 1.5), (2.5, 1.5, 1.5)]
    assert [
        each == pytest.approx(want, abs=1e-9) for each, want in zip(heard, expected, strict=True)
    ]
    assert [each.fade_in_s for each in clips] == pytest.approx([0.25, 0, 0])
    assert [each.fade_out_s for each in clips] == pytest.approx([0, 0, 0.5])


def warped_clip(algorithm: str, first_s: float, last_s: float) -> str:
    """A clip on beats 4 to 8 (two seconds), whose markers stand at its two ends."""
    return f"""<Clip time="4" duration="4"><Warps contentTimeUnit="seconds" timeUnit="beats">
      <Audio algorithm="{algorithm}" channels="1" sampleRate="48000" duration="10">
        <File path="audio/a.wav"/>
      </Audio>
      <Warp time="0" contentTime="{first_s}"/><Warp time="4" contentTime="{last_s}"/>
    </Warps></Clip>"""


@pytest.mark.parametrize(
    ("second", "warped", "rate"), [("2.0", False, 1.0), ("2.5", True, 1.25)], ids=["same", "other"]
)
def test_warps_count_only_when_they_stretch(
    project: Callable[..., Path], second: str, warped: bool, rate: float
) -> None:
    session = read(project(warped_clip("stretch", 0.5, float(second) + 0.5)))
    (clip,) = clips_of(session)
    assert (clip.warped, clip.source_offset_s) == (warped, 0.5)
    assert clip.play_rate == pytest.approx(rate)
    assert ("warped_clips" in codes(session)) is warped


def test_tape_like_warps_are_a_play_rate(project: Callable[..., Path]) -> None:
    (clip,) = clips_of(read(project(warped_clip("repitch", 0.0, 4.0))))
    assert (clip.warped, clip.play_rate) == (False, pytest.approx(2.0))


def test_missing_media_is_reported_once_and_carried(project: Callable[..., Path]) -> None:
    gone = CLIPS.replace(
        '<File path="audio/a.wav"/>', '<File path="D:\\takes\\b.wav" external="true"/>'
    )
    session = read(project(gone * 2))
    assert [(each.missing, each.media_path) for each in clips_of(session)] == [
        (True, "D:\\takes\\b.wav")
    ] * 2
    assert [each.code for each in session.diagnostics].count("missing_media") == 1


def test_external_media_is_found_in_a_folder_of_media(
    project: Callable[..., Path], write_wav: WriteWav
) -> None:
    wav = write_wav("elsewhere/deep/b.wav")
    gone = CLIPS.replace(
        '<File path="audio/a.wav"/>', '<File path="D:\\takes\\B.WAV" external="true"/>'
    )
    (clip,) = clips_of(read(project(gone), wav.parent.parent))
    assert clip.media is not None
    assert clip.media.path == wav.resolve()


def test_tempo_points_in_seconds_reach_the_same_beats(project: Callable[..., Path]) -> None:
    timed = PROJECT.replace(
        '<TempoAutomation timeUnit="beats"', '<TempoAutomation timeUnit="seconds"'
    )
    timed = timed.replace(
        '<RealPoint time="4" value="120"', f'<RealPoint time="{BEAT_4}" value="120"'
    )
    (clip,) = clips_of(read(project(xml=timed)))
    assert clip.position_s == pytest.approx(BEAT_4, abs=1e-12)
