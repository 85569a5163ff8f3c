"""A song to write, and its parts; and written songs read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sessions import (
    Automation,
    AutomationPoint,
    Clip,
    Device,
    Marker,
    Media,
    Meter,
    Send,
    Session,
    Tempo,
    Track,
)
from sessions.formats.dawproject.reader import FORMAT as DAWPROJECT
from sessions.formats.dawproject.writer import write_dawproject
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.formats.reaper.writer import write_rpp
from sessions.states import device_states

RATE_HZ = 48000
PRO_Q = "72C4DB717A4D459AB97E51745D84B39D"
COMP = "565354436F6D702374636F6D70726573"
WRITERS = {"dawproject": (write_dawproject, DAWPROJECT), "rpp": (write_rpp, REAPER)}


def media_of(path: Path) -> Media:
    return Media(path.resolve(), None, RATE_HZ, 1, RATE_HZ, "WAV", "PCM_24")


def clip_of(file: Path | Media, frames: int, **facts: object) -> Clip:
    media = media_of(file) if isinstance(file, Path) else file
    told = {"length_s": 0.5, "name": media.path.stem, **facts}
    return Clip(media=media, position_s=frames / RATE_HZ, position_frames=frames, **told)  # type: ignore[arg-type]  # a clip's


@pytest.fixture
def clip() -> Callable[..., Clip]:
    """Return a maker of half-second clips of a mono file, at a frame, with any facts."""
    return clip_of


@pytest.fixture
def plugins() -> tuple[Device, ...]:
    """A VST3 with a controller state, one without, and a VST2 with a chunk."""
    eq = device_states.vst3(PRO_Q, bytes(range(256)) * 3, b"controller \0 state")
    comp = device_states.vst3(COMP, b"\1\2\3" * 71)
    old = device_states.fxp(1919247729, b"chunk" * 50, bank=True)
    return (
        Device("Pro-Q 3", "FabFilter", "VST3", PRO_Q, state=eq, label="air", mix=1.0),
        Device("#TCompressor", "Tracktion", "VST3", COMP, state=comp, enabled=False, mix=1.0),
        Device("ReaEQ", "Cockos", "VST2", "1919247729", state=old, label="old", mix=1.0),
    )


@pytest.fixture
def song(write_wav: Callable[..., Path], plugins: tuple[Device, ...]) -> Session:
    """Two nested groups, a return, sends of both kinds, automation, ramps, three plugins."""
    kick, vox = write_wav("kick.wav", RATE_HZ), write_wav("vox ö.wav", RATE_HZ)
    swell = Automation(
        "gain_db",
        "linear",
        (AutomationPoint(0.0, 1.0), AutomationPoint(1.7, 0.25, "hold"), AutomationPoint(3.1, 0.5)),
    )
    sweep = Automation("pan", "pan", (AutomationPoint(0.5, -1.0), AutomationPoint(2.5, 0.5)))
    duck = Automation(
        "send:plate", "linear", (AutomationPoint(0.0, 0.1), AutomationPoint(2.0, 1.0))
    )
    tracks = (
        Track("band", "The band", "group", gain_db=-1.5, devices=plugins[:1]),
        Track("drums", "Drums", "group", "band", gain_db=-3.0, output="band"),
        Track(
            "kick",
            "Kick",
            parent="drums",
            output="drums",
            channels=1,
            clips=(
                clip_of(kick, 0, fade_in_s=0.01),
                clip_of(kick, 30011, gain_db=-4.25, fade_out_s=0.125, source_offset_s=0.25),
                clip_of(kick, 96007, muted=True),
            ),
            sends=(Send("plate", -12.0), Send("band", -6.0, pre_fader=True, enabled=False)),
        ),
        Track(
            "vox",
            "Vox",
            pan=-0.25,
            muted=True,
            soloed=True,
            clips=(clip_of(vox, 77777),),
            sends=(Send("plate", -20.0, pre_fader=True),),
            devices=plugins[1:],
            automation=(swell, sweep, duck),
        ),
        Track("plate", "Plate", "return", gain_db=-7.0),
        Track("master", "Master", "master", output=None, gain_db=-0.5, devices=plugins[:1]),
    )
    return Session(
        "made",
        None,
        RATE_HZ,
        tracks,
        tempo=(Tempo(0.0, 120.0, "linear"), Tempo(2.0, 160.0, "linear"), Tempo(5.0, 90.5)),
        meters=(Meter(0.0, 3, 4), Meter(2.0, 7, 8)),
        markers=(Marker(1.25, "verse"), Marker(3.5, 'chorus "loud"')),
        provenance=(("title", "Song"),),
    )


@pytest.fixture
def written() -> Callable[..., tuple[Path, Session]]:
    """Write a session as "dawproject" or "rpp" into a folder; return the file and its reading."""

    def write(kind: str, session: Session, folder: Path, **how: object) -> tuple[Path, Session]:
        writer, form = WRITERS[kind]
        path = folder / f"song.{kind}"
        writer(session, path, **how)  # type: ignore[operator]  # a writer's
        return path, form.read([path])

    return write
