"""What of a clip, or beside it, sounds otherwise in the DAW: refused or told, never "as it is"."""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.bouncing import seconds
from bridge.bouncing.accounts import Fate
from bridge.bouncing.bounce import alone, planned, refusals
from bridge.bouncing.dialects.known import dialect_of
from bridge.bouncing.stretches import Ready
from sessions import Clip, Session, Track
from small_songs import item, noises, plan_of, project, track

_REVERB = '<PLUGIN type="reverb" enabled="1"/>'
_RAMP = 'fadeIn="0.1" fadeInBehaviour="1"'
_CROSS = 'autoCrossfade="1"'


def _clip(words: str = "", inside: str = "", start_s: float = 0.0, length: str = "0.2") -> str:
    span = f'start="{start_s}" length="{length}"'
    return f'<AUDIOCLIP {span} source="a.wav" {words}>{inside}</AUDIOCLIP>'


def _line(points: str) -> str:
    curve = f'<AUTOMATIONCURVE paramID="volume">{points}</AUTOMATIONCURVE>'
    return f'<PLUGIN type="volume" volume="0.740818221" pan="0">{curve}</PLUGIN>'


@pytest.mark.parametrize(
    ("inside", "fate", "reasons"),
    [
        (_clip(inside=_REVERB), "refused", {"clip_effects"}),
        (_clip(inside="<EFFECTS><EFFECT/></EFFECTS>"), "refused", {"clip_effects"}),
        (_clip(inside="<EFFECTS/>"), "rendered", set()),
        (_clip(_RAMP), "refused", {"speed_fade"}),
        (_clip('fadeInBehaviour="1"'), "rendered", set()),
        (_clip(_CROSS) + _clip(_CROSS, start_s=0.1), "told", {"auto_crossfade"}),
        (_clip(_CROSS) + _clip(_CROSS, start_s=0.2), "rendered", set()),
        (_clip(length="long"), "refused", {"no_length"}),
        (_clip('gain="loud"'), "refused", {"no_number"}),
        (_clip() + _line('<POINT t="0" v="0.7"/>'), "told", {"its_track"}),
        (_clip() + _line(""), "rendered", set()),
    ],
)
def test_what_tracktion_plays_otherwise(
    tmp_path: Path, inside: str, fate: Fate, reasons: set[str]
) -> None:
    noises(tmp_path)
    path = tmp_path / "song.tracktionedit"
    song = f'<TRACK id="1" name="a">{inside}</TRACK>'
    path.write_text(f'<?xml version="1.0"?>\n<EDIT appVersion="Waveform 12">{song}</EDIT>')
    accounts = plan_of(path).accounts
    assert accounts
    assert {each.fate for each in accounts} == {fate}
    assert {code for each in accounts for code in each.reasons} == reasons


_ENVELOPE = "<Envelopes><Envelopes><ClipEnvelope/></Envelopes></Envelopes>"
_DELAY = '<TrackDelay><Value Value="10"/></TrackDelay>'
_SIDE = '<CrossFadeState><Manual Value="0"/></CrossFadeState>'
_AWAY = '<AudioOutputRouting><Target Value="AudioOut/Track.99/TrackIn"/></AudioOutputRouting>'


@pytest.mark.parametrize(
    ("envelope", "delay", "mixer", "reasons"),
    [
        ("", "", "", ()),
        (_ENVELOPE, "", "", ("clip_line",)),
        ("", _DELAY, "", ("its_track",)),
        ("", "", f"<Mixer>{_SIDE}</Mixer>", ("its_track",)),
        ("", "", _AWAY, ("unknown_output",)),
    ],
)
def test_what_live_plays_otherwise(
    tmp_path: Path, envelope: str, delay: str, mixer: str, reasons: tuple[str, ...]
) -> None:
    noises(tmp_path)
    clip = (
        '<AudioClip Time="0"><CurrentStart Value="0"/><CurrentEnd Value="0.4"/>'
        '<Loop><LoopEnd Value="0.2"/><LoopOn Value="false"/></Loop><IsWarped Value="false"/>'
        f'{envelope}<SampleRef><FileRef><Path Value="{tmp_path / "a.wav"}"/></FileRef>'
        '<DefaultSampleRate Value="8000"/></SampleRef></AudioClip>'
    )
    song = (
        '<Ableton MajorVersion="5" Creator="Ableton Live 12"><LiveSet><Tracks><AudioTrack Id="1">'
        f"{delay}<DeviceChain><MainSequencer><Sample><ArrangerAutomation><Events>{clip}</Events>"
        f"</ArrangerAutomation></Sample></MainSequencer>{mixer}</DeviceChain>"
        "</AudioTrack></Tracks></LiveSet></Ableton>"
    )
    path = tmp_path / "song.als"
    path.write_bytes(gzip.compress(song.encode()))
    assert [each.reasons for each in plan_of(path).accounts] == [reasons]


_STILL = '<RealPoint time="0" value="0"/>'
_MOVED = '<RealPoint time="0" value="7"/>'


@pytest.mark.parametrize(
    ("target", "points", "reasons"),
    [
        ('expression="transpose"', _MOVED, ("clip_line",)),
        ('expression="formant"', _STILL + _MOVED, ("clip_line",)),
        ('expression="transpose"', _STILL, ()),
        ('parameter="x"', _STILL, ("clip_line",)),
        ("", "", ("its_track",)),
    ],
)
def test_what_a_dawproject_plays_otherwise(
    tmp_path: Path, target: str, points: str, reasons: tuple[str, ...]
) -> None:
    """The last leads to a channel that is not there."""
    noises(tmp_path)
    lines = f"<Points timeUnit='seconds'><Target {target}/>{points}</Points>" if target else ""
    audio = '<Audio channels="2" sampleRate="8000" duration="0.2"><File path="a.wav"/></Audio>'
    away = "" if target else ' destination="gone"'
    path = tmp_path / "song.dawproject"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "a.wav", "a.wav")
        archive.writestr(
            "project.xml",
            '<Project version="1.0"><Transport><Tempo value="120"/></Transport><Structure>'
            f'<Track id="t" name="a"><Channel role="regular"{away}/></Track></Structure>'
            '<Arrangement><Lanes timeUnit="seconds"><Lanes track="t"><Clips>'
            f'<Clip time="0" duration="0.2"><Lanes>{audio}{lines}</Lanes></Clip>'
            "</Clips></Lanes></Lanes></Arrangement></Project>",
        )
    assert [each.reasons for each in plan_of(path).accounts] == [reasons]


def test_a_project_at_another_rate_is_told_of_all_its_clips(tmp_path: Path) -> None:
    noises(tmp_path)
    path = project(tmp_path, track("a", item()), lines="PLAYRATE 1.5 0 0.25 4\n")
    assert [each.reasons for each in plan_of(path).accounts] == [("its_track",)]


@pytest.mark.parametrize(
    ("lines", "inside", "reasons"),
    [
        ("", "VOLPAN nan 0 1 -1", ("no_number",)),
        ("VOLPAN 1 inf -1 -1 1", "", ("its_track",)),
        ("", "VOLPAN 1 0 1 -1", ()),
    ],
)
def test_what_is_no_number_is_not_printed_as_it_is(
    tmp_path: Path, lines: str, inside: str, reasons: tuple[str, ...]
) -> None:
    noises(tmp_path)
    path = project(tmp_path, track("a", item(inside), lines))
    assert [each.reasons for each in plan_of(path).accounts] == [reasons]


def test_an_item_whose_length_is_no_number_is_named(tmp_path: Path) -> None:
    noises(tmp_path)
    text = project(tmp_path, track("a", item())).read_text().replace("LENGTH 0.2", "LENGTH nan")
    (tmp_path / "song.rpp").write_text(text)
    found = plan_of(tmp_path / "song.rpp")
    assert [each.kind for each in refusals(found)] == ["no_length"]
    assert seconds(found.accounts)["refused"] == 0.0


def test_what_the_master_lacks_is_missing_of_all_that_leaves_it() -> None:
    """And of a stem before the master only what feeds it."""
    own = Track("a", "a", clips=(Clip(length_s=1.0),))
    other = replace(own, id="b", name="b")
    master = Track("master", "M", "master", output=None)
    session = Session("reaper", None, 8_000, (own, other, master))
    left = (("master", "limiter"), ("a", "reverb"))
    before = Ready(planned(session, dialect_of(session), "tracks"), left_out=left)
    through = planned(session, dialect_of(session), "tracks", through_master=True)
    behind = {each: Ready(one, left_out=left) for each, one in alone(through).items()}
    assert [before.missing_in(each) for each in "ab"] == [("reverb",), ()]
    assert behind["a"].missing_in("a") == ("limiter", "reverb")
    assert behind["b"].missing_in("b") == ("limiter",)
