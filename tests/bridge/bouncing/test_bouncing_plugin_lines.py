"""Lines that move a plugin's settings: a fixture's gain, at the value where a buffer begins."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.bouncing import Hosting, dialect_of, lacking_plugins, made_ready, planned, stretches
from bridge.hosting import PrepareJob, host, own_parameters, scan
from bridge.plugins import Plugin, Wanted
from bridge.storing import Store
from sessions import (
    Automation,
    AutomationPoint,
    Clip,
    Device,
    DeviceState,
    Media,
    PluginParameter,
    Session,
    Track,
    vstpreset_file,
)
from stemwright.problems import InputError

RATE_HZ, FRAMES, LEVEL = 48_000, 9_000, 0.25
LOW_DB, SPAN_DB = -60.0, 84.0
"""The range of the fixture's "Gain"."""


@pytest.fixture(scope="module")
def gain(
    fixture_plugins: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Plugin:
    """In a folder of its own, since to find a class each plugin beside it would be asked."""
    whole = fixture_plugins("gain")
    bundle = tmp_path_factory.mktemp("plugins") / whole.name
    shutil.copytree(whole, bundle)
    return scan([Wanted(path=bundle)], [], trusted=[bundle]).plugins[0]


@pytest.fixture(scope="module")
def state(gain: Plugin) -> DeviceState:
    """At 0 dB."""
    saved = host("dawdreamer").prepare(PrepareJob(gain)).preset
    assert saved is not None
    return vstpreset_file(saved)


def _session(
    format_: str, line: Automation, plugin: Plugin, state: DeviceState, folder: Path
) -> Session:
    path = folder / "constant.wav"
    soundfile.write(path, np.full((FRAMES, 2), LEVEL), RATE_HZ, "FLOAT")
    media = Media(path, None, RATE_HZ, 2, FRAMES, "WAV", "FLOAT")
    clip = Clip(media=media, length_s=FRAMES / RATE_HZ)
    amp = Device(plugin.name, "", "VST3", plugin.class_id, state=state)
    master = Track("master", "Master", "master", output=None)
    lead = Track("1", "lead", clips=(clip,), devices=(amp,), automation=(line,))
    return Session(format_, None, RATE_HZ, (master, lead))


def _printed(session: Session, folder: Path, plugin: Plugin, *, skip: bool = False) -> np.ndarray:
    """The track's level in dB, frame by frame."""
    hosting = Hosting(Store(folder / "store"), plugin_folders=[plugin.path.parent])
    bounce = planned(session, dialect_of(session))
    ready = made_ready(bounce, folder, hosting, skip_missing=skip)
    blocks = [each["1"] for each in stretches(ready, folder, hosting, 2_048)]
    return np.asarray(20 * np.log10(np.concatenate(blocks, axis=1)[0] / LEVEL))


def _line(unit: str, values: list[float], own: PluginParameter | None, name: str) -> Automation:
    points = tuple(AutomationPoint(at / 20, value) for at, value in enumerate(values))
    return Automation(f"device:0:{name}", unit, points, own)


def _expected_db(levels_db: list[float], buffer: int, lead: int) -> np.ndarray:
    """Straight between points, read where buffers begin."""
    begun = np.maximum(0, (np.arange(FRAMES) + lead) // buffer * buffer - lead)
    places = np.arange(len(levels_db)) * RATE_HZ / 20
    return np.interp(begun, places, levels_db)


@pytest.mark.parametrize(
    ("format_", "buffer", "lead"), [("reaper", 512, 0), ("ableton", 512, 0), ("ardour", 1024, 768)]
)
def test_a_setting_moves_where_a_buffer_begins(
    format_: str, buffer: int, lead: int, gain: Plugin, state: DeviceState, tmp_path: Path
) -> None:
    """REAPER and Live hold it from 0 to 1 and name it by id, Ardour in dB and by name."""
    levels_db = [-20.0, 4.0, -8.0, 0.0]
    if format_ == "ardour":
        line = _line("value", levels_db, None, "Gain")
    else:
        (own,) = (each.id for each in own_parameters(gain) if each.title == "Gain")
        raw = [(level - LOW_DB) / SPAN_DB for level in levels_db]
        line = _line("normalized", raw, PluginParameter(id=own), "renamed by the user")
    session = _session(format_, line, gain, state, tmp_path)
    found = _printed(session, tmp_path, gain)
    np.testing.assert_allclose(found, _expected_db(levels_db, buffer, lead), atol=2e-4)
    (told,) = planned(session, dialect_of(session)).tracks
    assert (told.reason, told.fate) == ("device_line", "told")
    assert told.of == f"{gain.name}: {line.target[9:]}, once in {buffer} frames"


def test_another_line_is_another_sound_in_the_same_store(
    gain: Plugin, state: DeviceState, tmp_path: Path
) -> None:
    levels = []
    for level_db in (-12.0, -6.0):
        line = _line("value", [level_db], None, "Gain")
        levels.append(_printed(_session("ardour", line, gain, state, tmp_path), tmp_path, gain)[-1])
    np.testing.assert_allclose(levels, [-12.0, -6.0], atol=1e-4)


@pytest.mark.parametrize(
    ("unit", "own", "name", "why"),
    [
        ("normalized", PluginParameter(), "Loudness", "no parameter of that name"),
        ("semitones", None, "Gain", "a unit that is not known here (semitones)"),
    ],
)
def test_a_setting_that_the_plugin_has_not_stops_it_or_stands(
    unit: str,
    own: PluginParameter | None,
    name: str,
    why: str,
    gain: Plugin,
    state: DeviceState,
    tmp_path: Path,
) -> None:
    session = _session("reaper", _line(unit, [0.1, 0.9], own, name), gain, state, tmp_path)
    with pytest.raises(InputError) as stopped:
        _printed(session, tmp_path, gain)
    (problem,) = stopped.value.problems
    assert problem.kind == "device_line"
    assert why in problem.message
    assert f"lead: a line moves {gain.name}: {name}" in problem.message
    hosting = Hosting(Store(tmp_path / "store"), plugin_folders=[gain.path.parent])
    assert lacking_plugins(planned(session, dialect_of(session)), hosting) == (("1", problem),)
    np.testing.assert_allclose(_printed(session, tmp_path, gain, skip=True), 0.0, atol=1e-4)
