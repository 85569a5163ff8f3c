"""What holds of any mixer: of gains, cuts, moves and sums; and stretches are not heard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from bridge.bouncing import print_stems
from bridge.bouncing.bounce import StemKind, planned
from bridge.bouncing.dialects.ardour import ARDOUR
from bridge.bouncing.inserts import Inserted
from bridge.bouncing.media_files import MediaFiles
from bridge.bouncing.mixing import Mixer
from bridge.bouncing.stretches import Ready, stretches
from bridge.gathering import Signal
from sessions import (
    Automation,
    AutomationPoint,
    Clip,
    Media,
    Send,
    Session,
    Sound,
    Track,
    identify,
)
from stemwright.problems import InputError

RATE_HZ, FRAMES = 48_000, 24_000

Stems = dict[str, npt.NDArray[np.float64]]


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """Half a second of stereo noise in a 24-bit file."""
    path = tmp_path_factory.mktemp("media") / "noise.wav"
    samples = np.random.default_rng(5).uniform(-0.5, 0.5, (FRAMES, 2))
    soundfile.write(path, samples, RATE_HZ, "PCM_24")
    return Media(path, None, RATE_HZ, 2, FRAMES, "WAV", "PCM_24")


def _clip(media: Media, position: int, length: int, offset: int = 0, **more: object) -> Clip:
    made = Clip(
        media=media,
        position_s=position / RATE_HZ,
        length_s=length / RATE_HZ,
        source_offset_s=offset / RATE_HZ,
    )
    return replace(made, **more)


def _track(name: str, *clips: Clip, output: str | None = "master", **more: object) -> Track:
    return replace(Track(name, name, output=output, clips=clips), **more)


def _session(*tracks: Track) -> Session:
    master = Track("master", "Master", "master", output=None, gain_db=-2.0)
    return Session("ardour", None, RATE_HZ, (*tracks, master))


def _printed(
    session: Session, folder: Path, kind: StemKind = "groups", frames: int = 4096
) -> Stems:
    pieces: dict[str, list[npt.NDArray[np.float64]]] = {}
    for blocks in stretches(Ready(planned(session, ARDOUR, kind)), folder, None, frames):
        for each, block in blocks.items():
            pieces.setdefault(each, []).append(block)
    return {each: np.concatenate(found, axis=1) for each, found in pieces.items()}


def _song(noise: Media) -> Session:
    """Groups in groups, sends before and behind faders, a line, a fade, an overlap."""
    line = (AutomationPoint(0.0, 1.0), AutomationPoint(0.2, 0.3), AutomationPoint(0.4, 0.9))
    moved = (Automation("gain_db", "linear", line), Automation("pan", "pan", line))
    fade = {"fade_in_s": 0.01, "fade_out_s": 0.02, "opaque": True}
    return _session(
        _track("kick", _clip(noise, 100, 9000, 50), output="drums", pan=0.25, pan_law="balance"),
        _track("hats", _clip(noise, 0, 20_000, 4000), output="drums", automation=moved),
        _track(
            "voice",
            _clip(noise, 3000, 12_000, 0, **fade),
            _clip(noise, 9000, 12_000, 7000, layer=1, **fade),
            gain_db=-3.0,
            sends=(Send("hall", -6.0), Send("hall", -20.0, pre_fader=True)),
        ),
        _track("drums", kind="group", output="band", gain_db=-1.5, sends=(Send("hall", -12.0),)),
        _track("band", kind="group", gain_db=0.5, pan=-0.1, pan_law="2in2out", width=0.8),
        _track("hall", kind="return", gain_db=-4.0),
    )


def test_stretches_are_not_heard_and_stems_sum_to_the_master(noise: Media, tmp_path: Path) -> None:
    session = _song(noise)
    groups = _printed(session, tmp_path)
    assert list(groups) == ["voice", "band", "hall"]
    for frames in (480, 10_007):
        again = _printed(session, tmp_path, frames=frames)
        assert all(np.array_equal(again[each], groups[each]) for each in groups)
    tracks = _printed(session, tmp_path, "tracks")
    assert list(tracks) == ["voice", "kick", "hats", "hall"]
    buses = _printed(session, tmp_path, "buses")
    assert list(buses) == ["drums", "band", "hall"]
    assert all(np.array_equal(buses[each], groups[each]) for each in ("band", "hall"))
    whole = _printed(session, tmp_path, "master")["master"]
    for stems in (groups, tracks):
        total = np.sum(list(stems.values()), axis=0) * 10 ** (-2.0 / 20)
        assert np.abs(total - whole).max() < 1e-7


def test_a_fader_scales_and_a_clip_moves(noise: Media, tmp_path: Path) -> None:
    plain = _session(_track("a", _clip(noise, 1000, 8000, 20)))
    first = _printed(plain, tmp_path)["a"]
    louder = _session(_track("a", _clip(noise, 1000, 8000, 20, gain_db=6.0), gain_db=-9.0))
    assert np.allclose(_printed(louder, tmp_path)["a"], first * 10 ** (-3 / 20), rtol=1e-14)
    later = _session(_track("a", _clip(noise, 1000 + 777, 8000, 20)))
    moved = _printed(later, tmp_path)["a"]
    assert np.array_equal(moved[:, 777 : 777 + 9000], first[:, :9000])
    assert not moved[:, :1777].any()


def test_a_clip_cut_in_two_sounds_as_one(noise: Media, tmp_path: Path) -> None:
    for more in ({}, {"opaque": True}):
        whole = _session(_track("a", _clip(noise, 500, 9000, 30, **more)))
        left, right = _clip(noise, 500, 4001, 30, **more), _clip(noise, 4501, 4999, 4031, **more)
        halves = _session(_track("a", left, right))
        assert np.array_equal(_printed(whole, tmp_path)["a"], _printed(halves, tmp_path)["a"])


def test_an_opaque_clip_hides_what_lies_under_it(noise: Media, tmp_path: Path) -> None:
    under, over = _clip(noise, 0, 9000), _clip(noise, 3000, 2000, 11_000, layer=1)
    mixed = _printed(_session(_track("a", under, over)), tmp_path)["a"]
    hidden = _printed(_session(_track("a", under, replace(over, opaque=True))), tmp_path)["a"]
    alone = _printed(_session(_track("a", over)), tmp_path)["a"]
    inside = slice(3000, 5000)
    assert np.array_equal(hidden[:, inside], alone[:, inside])
    assert np.array_equal(hidden[:, 5000:], mixed[:, 5000:])
    assert not np.array_equal(hidden[:, inside], mixed[:, inside])


def test_mutes_and_solos(noise: Media, tmp_path: Path) -> None:
    session = _song(noise)
    muted = replace(
        session, tracks=tuple(replace(t, muted=t.id == "voice") for t in session.tracks)
    )
    assert list(_printed(muted, tmp_path)) == ["band", "hall"]
    alone = replace(
        session, tracks=tuple(replace(t, soloed=t.id == "kick") for t in session.tracks)
    )
    assert list(_printed(alone, tmp_path, "tracks")) == ["kick", "hall"]


def test_a_mixer_that_feeds_itself_is_refused(noise: Media) -> None:
    one = _track("one", _clip(noise, 0, 100), output="two")
    two = _track("two", kind="group", output="one")
    with pytest.raises(InputError, match=r"one -> two|two -> one"):
        planned(_session(one, two), ARDOUR)


def test_what_comes_out_of_plugins_is_there_once(noise: Media, tmp_path: Path) -> None:
    """A track feeds a bus with plugins and, by a send, one without: the bus is what they made."""
    session = _session(
        _track("voice", _clip(noise, 0, 9000), output="bus", sends=(Send("dry", -6.0),)),
        _track("bus", kind="group"),
        _track("dry", kind="return", gain_db=-200.0),
    )
    made = np.random.default_rng(8).uniform(-0.5, 0.5, (2, FRAMES))
    inserted = Inserted(Signal("", FRAMES, lambda: iter([made])), 2, 0)
    with MediaFiles(RATE_HZ, tmp_path) as files:
        fed = Mixer(planned(session, ARDOUR), files, {"bus": inserted}).run(0, FRAMES).fed
    assert np.array_equal(fed["bus"], made)


def test_a_send_before_the_mute_is_heard_and_one_channel_takes_the_sum(
    noise: Media, tmp_path: Path
) -> None:
    """Into a single channel go all, unplaced (Ardour's PannerShell::run): here L + R, panned."""
    early = Send("mono", pre_fader=True, before_mute=True, pan_law="summed")
    voice = _track("voice", _clip(noise, 0, 9000), muted=True, sends=(early, Send("hall")))
    mono = _track("mono", kind="return", channels=1, pan=-1.0, pan_law="1in2out")
    printed = _printed(_session(voice, mono, _track("hall", kind="return")), tmp_path)
    assert list(printed) == ["mono"]
    sound = soundfile.read(noise.path, frames=9000)[0].sum(axis=1)
    rising = slice(64, 8936)
    assert np.allclose(printed["mono"][0, rising], sound[rising], atol=1e-12)
    assert not printed["mono"][1].any()


def test_a_send_that_was_muted_comes_in_by_two_glides(noise: Media, tmp_path: Path) -> None:
    line = (AutomationPoint(0.0, 1.0, "hold"), AutomationPoint(0.1, 0.0, "hold"))
    muted = (Automation("mute", "bool", line),)
    clip, mutes = _clip(noise, 0, 20_000), {"automation": muted}
    sent = {"sends": (Send("hall", own_pan=True),), "output": None, **mutes}
    found = []
    for more in ({}, mutes, sent):
        voice = _track("voice", clip, pan_law="balance", **more)
        hall = _track("hall", kind="return", pan_law="balance")
        printed = _printed(_session(voice, hall), tmp_path)
        found.append(printed["hall" if "sends" in more else "voice"][0])
    plain, once, twice = found
    assert np.allclose(twice * plain, once * once, rtol=1e-9, atol=1e-15)
    gliding = slice(5_400, 5_500)
    assert np.abs(once[gliding]).max() < 0.9 * np.abs(plain[gliding]).max()


def test_a_file_of_another_rate_is_played_frame_by_frame(noise: Media, tmp_path: Path) -> None:
    """Ardour converts when it imports, and plays what it finds as it stands."""
    path = tmp_path / "slow.wav"
    soundfile.write(path, soundfile.read(noise.path)[0], 44_100, "PCM_24")
    slow = replace(noise, path=path, sample_rate_hz=44_100)
    session = _session(_track("a", _clip(slow, 100, 23_000, 900)))
    bounce = planned(session, ARDOUR)
    assert [each.reasons for each in bounce.accounts] == [("other_rate",)]
    expected = _printed(_session(_track("a", _clip(noise, 100, 23_000, 900))), tmp_path)
    assert np.array_equal(_printed(session, tmp_path)["a"], expected["a"])


def test_stems_through_the_master_sum_to_what_leaves_it(noise: Media, tmp_path: Path) -> None:
    session = _song(noise)
    for kind, names in (("groups", ["band", "voice"]), ("tracks", ["hats", "kick", "voice"])):
        bounce = planned(session, ARDOUR, kind, through_master=True)
        done = print_stems(bounce, tmp_path / kind, "float64")
        assert sorted(stem.track.id for stem in done.stems) == names
        total = np.sum([soundfile.read(stem.written.path)[0] for stem in done.stems], axis=0)
        whole = _printed(session, tmp_path, "master")["master"]
        assert np.abs(total.T - whole).max() < 1e-12


def test_lines_in_beats_are_read_at_whole_ticks_and_trims_move_in_decibels(
    noise: Media, tmp_path: Path
) -> None:
    """In Ardour: 1920 ticks a quarter note, so at 120 a minute a step every 12.5 frames."""
    line = tuple(AutomationPoint(at, 4.0 * at - 1.0) for at in (0.0, 0.25, 0.5))
    session = _session(_track("a", _clip(noise, 0, FRAMES), pan_law="balance"))
    plain = _printed(session, tmp_path)["a"][0]
    for in_beats, steps in ((True, 384), (False, 4800)):
        pan = Automation("pan", "pan", line, in_beats=in_beats)
        tracks = [replace(session.tracks[0], automation=(pan,)), session.tracks[1]]
        moved = _printed(replace(session, tracks=tuple(tracks)), tmp_path)["a"][0]
        gains = (moved / plain)[14_400:19_200]
        assert abs(len(np.unique(gains.round(9))) - steps) < 10
        assert np.abs(gains - np.linspace(0.8, 0.4, 4800)).max() < 3 * 2 / FRAMES * 12.5
    trim = (AutomationPoint(0.0, 1.0, "logarithmic"), AutomationPoint(0.5, 0.25, "logarithmic"))
    trimmed = replace(session.tracks[0], automation=(Automation("trim_db", "linear", trim),))
    moved = _printed(replace(session, tracks=(trimmed, session.tracks[1])), tmp_path)["a"][0]
    late = ARDOUR.glide_hz / RATE_HZ
    at = 12_000 - 256 - 1.0 / late
    assert moved[12_000] / plain[12_000] == pytest.approx(0.25 ** (at / FRAMES), abs=2e-4)


def test_a_range_is_cut_out_of_the_whole_and_says_where_it_lay(
    noise: Media, tmp_path: Path
) -> None:
    session = _song(noise)
    whole = _printed(session, tmp_path)
    part = planned(session, ARDOUR, start_s=0.1, end_s=0.2, tail_s=0.05)
    done = print_stems(part, tmp_path / "part", "float64")
    for stem in done.stems:
        found, _ = soundfile.read(stem.written.path)
        assert np.array_equal(found.T, whole[stem.track.id][:, 4800:12_000])
        with stem.written.path.open("rb") as file:
            sound = identify(file, stem.written.path.stat().st_size)
        assert isinstance(sound, Sound)
        assert sound.time_reference_frames == 4800
    with pytest.raises(InputError, match="nothing to print"):
        planned(session, ARDOUR, start_s=0.2, end_s=0.2)
