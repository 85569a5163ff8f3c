"""The model's values: what JSON says of them, and what it leaves out."""

from __future__ import annotations

import json
from pathlib import Path

from sessions import (
    Automation,
    AutomationPoint,
    Clip,
    Device,
    DeviceState,
    Marker,
    Media,
    Meter,
    Send,
    Session,
    Tempo,
    Track,
    Written,
)

MEDIA = Media(Path("/a.wav"), None, 48000, 2, 96000, "WAV", "PCM_24")
PLAIN_CLIP = {
    *("media", "position_s", "position_frames", "length_s", "source_offset_s", "gain_db"),
    *("fade_in_s", "fade_out_s", "muted"),
}


def test_a_clip_tells_only_what_differs_from_the_usual() -> None:
    assert set(Clip(MEDIA).as_json()) == PLAIN_CLIP
    clip = Clip(
        media_path="Audio/a.wav",
        missing=True,
        reversed=True,
        fade_in_shape="equal_power",
        written=Written("beats", 4.0),
        devices=(Device("Q", "V", "VST3", "00"),),
        automation=(Automation("gain_db", "linear", (AutomationPoint(0.0, 1.0),)),),
    )
    told = clip.as_json()
    assert set(told) - PLAIN_CLIP == {
        *("media_path", "missing", "reversed", "fade_in_shape", "written", "devices"),
        "automation",
    }
    assert told["media"] is None
    assert told["written"] == {"unit": "beats", "value": 4.0}


def test_a_note_clip_has_no_media() -> None:
    assert Clip(kind="midi").as_json() == {
        "media": None,
        "position_s": 0.0,
        "position_frames": 0,
        "length_s": 0.0,
        "source_offset_s": 0.0,
        "gain_db": 0.0,
        "fade_in_s": 0.0,
        "fade_out_s": 0.0,
        "muted": False,
        "kind": "midi",
    }


def test_points_tell_their_shape_only_when_it_is_not_a_line() -> None:
    points = (AutomationPoint(0.0, 1.0), AutomationPoint(1.0, 0.5, "hold"))
    told = Automation("pan", "pan", points).as_json()
    assert told["points"] == [[0.0, 1.0], [1.0, 0.5, "hold"]]


def test_devices_sends_tracks_and_tempo_are_sparse_too() -> None:
    state = DeviceState("vst3", b"abc", "00" * 16)
    assert set(state.as_json()) == {"kind", "bytes", "sha256"}
    device = Device("Q", "V", "VST3", "00", mix=0.5, instances=2, params=(("Gain", 1.5),))
    told = device.as_json()
    assert (told["mix"], told["instances"], told["params"]) == (0.5, 2, [["Gain", 1.5]])
    assert "sidechain" not in told
    assert Send("a").as_json() == {
        "target": "a",
        "gain_db": 0.0,
        "pre_fader": False,
        "muted": False,
    }
    assert Send("a", to_channels="3/4").as_json()["to_channels"] == "3/4"
    assert Track("a", "A", width=-1.0).as_json()["width"] == -1.0
    assert "curve" not in Tempo(0.0, 120.0).as_json()
    assert Tempo(0.0, 120.0, "linear").as_json()["curve"] == "linear"
    assert Marker(0.0, "A", 2.0, "region").as_json()["kind"] == "region"


def test_a_session_tells_meters_provenance_and_length() -> None:
    session = Session(
        "x",
        None,
        48000,
        (),
        meters=(Meter(0.0, 7, 8),),
        provenance=(("title", "Song"),),
        length_s=12.5,
    )
    told = session.as_json()
    assert told["meters"] == [{"position_s": 0.0, "numerator": 7, "denominator": 8}]
    assert told["provenance"] == {"title": "Song"}
    assert told["length_s"] == 12.5
    assert json.loads(json.dumps(told, allow_nan=False)) == told
