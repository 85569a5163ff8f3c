"""The room's public face: its names, its JSON, its imports, and the Format port."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
import subprocess
import sys
import types
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import sessions
from sessions import reading
from sessions.formats.stems import FORMAT

WriteWav = Callable[..., Path]


def test_the_public_surface_is_what_the_stub_lists() -> None:
    stub = Path(sessions.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    assert dir(sessions) == sessions.__all__ == sorted(re.findall(r'^    "(\w+)",$', stub, re.M))
    assert not [name for name in sessions.__all__ if isinstance(getattr(sessions, name), type(re))]


def test_importing_the_room_loads_no_audio_library() -> None:
    code = "import sys, sessions; print(sorted({'numpy', 'soundfile', 'lxml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_model_is_frozen() -> None:
    for name in sessions.__all__:
        value = getattr(sessions, name)
        if dataclasses.is_dataclass(value):
            assert value.__dataclass_params__.frozen, name  # type: ignore[attr-defined]  # set by @dataclass


def test_json_has_the_keys_scripts_rely_on(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav")
    write_wav("vox.L.wav")
    write_wav("vox.R.wav")
    write_wav("mix.wav")
    told = sessions.read(tmp_path).as_json()
    assert set(told) == {
        "format",
        "daw",
        "sample_rate_hz",
        "tempo",
        "tracks",
        "markers",
        "references",
        "diagnostics",
    }
    kick, vox = told["tracks"]
    assert set(kick) == {
        *("id", "name", "kind", "parent", "channels", "gain_db", "pan", "muted", "output"),
        *("clips", "sends", "devices", "automation", "role"),
    }
    clip = {
        *("media", "position_s", "position_frames", "length_s", "source_offset_s", "gain_db"),
        *("fade_in_s", "fade_out_s", "muted"),
    }
    assert set(kick["clips"][0]) == clip
    assert set(vox["clips"][0]) == clip | {"right"}
    assert kick["clips"][0]["media"] == str((tmp_path / "kick.wav").resolve())
    assert [each["kind"] for each in told["references"]] == ["mix"]
    assert set(told["diagnostics"][0]) == {"severity", "code", "where", "message"}
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_json_of_what_later_readers_carry() -> None:
    track = sessions.Track(
        id="1",
        name="Vox",
        gain_db=-math.inf,
        pan=math.nan,
        sends=(sessions.Send("plate", -18.0, pre_fader=True),),
        devices=(
            sessions.Device("Q", "V", "VST3", "72C4", state=sessions.DeviceState("vst3", b"abc")),
            sessions.Device("R", "V", "AU", "x", enabled=False),
        ),
        automation=(sessions.Automation("gain", "db", ((0.0, -math.inf), (1.0, 0.0))),),
    )
    session = sessions.Session(
        "x", "DAW", 48000, (track,), (sessions.Tempo(0.0, 96.0),), (sessions.Marker(1.0, "A"),)
    )
    told = session.as_json()
    (vox,) = told["tracks"]
    assert (vox["gain_db"], vox["pan"]) == (None, None)
    assert vox["automation"][0]["points"] == [[0.0, None], [1.0, 0.0]]
    digest = hashlib.sha256(b"abc").hexdigest()
    assert vox["devices"][0]["state"] == {"kind": "vst3", "bytes": 3, "sha256": digest}
    assert set(vox["devices"][0]) == {"name", "vendor", "format", "id", "enabled", "state"}
    assert vox["devices"][1]["state"] is None
    assert told["tempo"] == [{"position_s": 0.0, "bpm": 96.0}]
    assert told["markers"] == [{"position_s": 1.0, "name": "A", "length_s": None}]


def test_stems_are_found_through_their_entry_point() -> None:
    found, broken = reading.installed_formats()
    assert FORMAT in found
    assert broken == ()


class Greedy:
    """A third party's format that is sure of everything."""

    name = "greedy"
    describe = "anything"

    def score(self, path: Path) -> float:
        return 1.0 if path.exists() else 0.0

    def read(self, paths: Sequence[Path]) -> sessions.Session:
        return sessions.Session(self.name, None, 48000 * len(paths), ())


def test_the_surest_format_wins_and_broken_ones_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("greedy_format")
    module.FORMAT = Greedy()  # type: ignore[attr-defined]  # made here
    monkeypatch.setitem(sys.modules, "greedy_format", module)
    points = [
        EntryPoint("stems", "sessions.formats.stems:FORMAT", reading.GROUP),
        EntryPoint("greedy", "greedy_format:FORMAT", reading.GROUP),
        EntryPoint("gone", "no_such_module_here:FORMAT", reading.GROUP),
    ]
    monkeypatch.setattr(
        reading, "entry_points", lambda group: points if group == reading.GROUP else []
    )
    session = sessions.read(tmp_path)
    assert session.format == "greedy"
    assert [(each.code, each.where) for each in session.diagnostics] == [
        ("format_unavailable", "gone")
    ]
