"""AAF files written for the purpose by pyaaf2: fades, crossfades, gain of clips and of tracks."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2
import pytest
from aaf2.auid import AUID

from sessions.formats.aaf.reader import FORMAT
from sessions.model.session import Track

WriteWav = Callable[..., Path]
RATE = 48_000


def build(path: Path, wavs: list[Path], fill: Callable[[Any, Any, list[Any]], Any]) -> Track:
    """An AAF with one mono track at 48 kHz, written by pyaaf2, and read back."""
    with aaf2.open(str(path), "w") as aaf:
        masters = []
        for wav in wavs:
            source = aaf.create.SourceMob(wav.name)
            descriptor = aaf.create.WAVEDescriptor()
            descriptor["Summary"].value = wav.read_bytes()[:44]
            descriptor["Length"].value = RATE
            descriptor["SampleRate"].value = RATE
            locator = aaf.create.NetworkLocator()
            locator["URLString"].value = f"file:///C%3A/Work/Audio%20Files/{wav.name}"
            descriptor["Locator"].append(locator)
            source.descriptor = descriptor
            slot = source.create_timeline_slot(RATE)
            slot.segment = source.create_source_clip(slot.slot_id, length=RATE, media_kind="sound")
            master = aaf.create.MasterMob(wav.stem)
            master_slot = master.create_timeline_slot(RATE)
            master_slot.segment = source.create_source_clip(slot.slot_id, media_kind="sound")
            master_slot.segment.length = RATE
            aaf.content.mobs.extend([source, master])
            masters.append((master, master_slot.slot_id))
        composition = aaf.create.CompositionMob("Song")
        composition.usage = "Usage_TopLevel"
        aaf.content.mobs.append(composition)
        slot = composition.create_timeline_slot(RATE)
        slot.name = "Kick"
        slot.segment = fill(aaf, composition, masters)
    (track,) = FORMAT.read([path]).tracks
    return track


def sequence(aaf: Any, *components: Any) -> Any:
    found = aaf.create.Sequence(media_kind="sound")
    found["Components"].value = list(components)
    found.length = 4 * RATE
    return found


def clip_of(aaf: Any, master: tuple[Any, int], start: int, length: int) -> Any:
    return aaf.create.SourceClip(
        start=start, length=length, mob_id=master[0].mob_id, slot_id=master[1], media_kind="sound"
    )


def fade(aaf: Any, length: int) -> Any:
    found = aaf.create.Transition()
    found.media_kind = "sound"
    found["Length"].value = length
    found["CutPoint"].value = length // 2
    definition = aaf.create.OperationDef(
        "0c3bea44-fc05-11d2-8a29-0050040ef7d2", "Mono Audio Dissolve", ""
    )
    definition.media_kind = "sound"
    definition["NumberInputs"].value = 1
    aaf.dictionary.register_def(definition)
    found["OperationGroup"].value = aaf.create.OperationGroup(
        definition, length, media_kind="sound"
    )
    return found


def test_transitions_are_fades_and_crossfades(tmp_path: Path, write_wav: WriteWav) -> None:
    wavs = [write_wav(f"Audio Files/{name}.wav", RATE) for name in ("one", "two")]

    def fill(aaf: Any, _: Any, masters: list[Any]) -> Any:
        return sequence(
            aaf,
            aaf.create.Filler("sound", RATE),
            fade(aaf, 4800),
            clip_of(aaf, masters[0], 100, 24000),
            fade(aaf, 9600),
            clip_of(aaf, masters[1], 0, 24000),
            fade(aaf, 2400),
            aaf.create.Filler("sound", RATE),
        )

    first, second = build(tmp_path / "song.aaf", wavs, fill).clips
    assert first.position_frames == RATE - 4800
    assert (first.fade_in_s, first.fade_out_s) == (0.1, 0.2)
    assert second.position_frames == RATE - 4800 + 24000 - 9600
    assert (second.fade_in_s, second.fade_out_s) == (0.2, 0.05)
    assert first.source_offset_s == 100 / RATE
    assert first.media is not None
    assert first.media.path == wavs[0]
    assert not first.missing


def gained(aaf: Any, inner: Any, points: list[tuple[Fraction, Fraction]]) -> Any:
    definition = aaf.create.OperationDef(
        "9d2ea894-0968-11d3-8a38-0050040ef7d2", "Mono Audio Gain", ""
    )
    definition.media_kind = "sound"
    definition["NumberInputs"].value = 1
    aaf.dictionary.register_def(definition)
    parameter_def = aaf.create.ParameterDef(
        "e4962321-2267-11d3-8a4c-0050040ef7d2", "Amplitude", "", "Rational"
    )
    aaf.dictionary.register_def(parameter_def)
    interpolation = aaf.create.InterpolationDef(
        AUID("5b6c85a4-0ede-11d3-80a9-006008143e6f"), "LinearInterp", ""
    )
    aaf.dictionary.register_def(interpolation)
    group = aaf.create.OperationGroup(definition, inner.length, media_kind="sound")
    level = aaf.create.VaryingValue(parameter_def, interpolation)
    for time, value in points:
        point = aaf.create.ControlPoint()
        point["ControlPointSource"].value = 2
        point.time, point.value = time, value
        level["PointList"].append(point)
    group.parameters.append(level)
    group.segments.append(inner)
    return group


def test_gain_around_a_whole_track_is_the_tracks(tmp_path: Path, write_wav: WriteWav) -> None:
    wav = write_wav("one.wav", RATE)
    ramp = [(Fraction(0), Fraction(1)), (Fraction(1, 2), Fraction(1, 4))]

    def fill(aaf: Any, _: Any, masters: list[Any]) -> Any:
        inner = sequence(aaf, aaf.create.Filler("sound", RATE), clip_of(aaf, masters[0], 0, RATE))
        return gained(aaf, inner, ramp)

    track = build(tmp_path / "song.aaf", [wav], fill)
    (line,) = track.automation
    assert [(point.position_s, point.value) for point in line.points] == [(0.0, 1.0), (2.0, 0.25)]
    (clip,) = track.clips
    assert (clip.gain_db, clip.automation, clip.position_frames) == (0.0, (), RATE)


def test_level_gain_around_a_clip_is_the_clips(tmp_path: Path, write_wav: WriteWav) -> None:
    level = [(Fraction(0), Fraction(1, 2)), (Fraction(1), Fraction(1, 2))]

    def fill(aaf: Any, _: Any, masters: list[Any]) -> Any:
        return sequence(aaf, gained(aaf, clip_of(aaf, masters[0], 0, RATE), level))

    (clip,) = build(tmp_path / "song.aaf", [write_wav("one.wav", RATE)], fill).clips
    assert clip.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert clip.automation == ()
