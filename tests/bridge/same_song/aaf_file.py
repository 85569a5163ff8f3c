"""The arrangement as an AAF, written by pyaaf2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2

from same_song.arrangement import FRAMES, RATE_HZ, places
from sessions import Session, Track
from stemwright.decibels import linear


class _Aaf:
    """What pyaaf2 writes of a song: one slot a track, clips end to end, fades as transitions."""

    def __init__(self, aaf: Any, wav: Path, *, held: bool = False) -> None:
        self._aaf = aaf
        self._master = self._held(wav) if held else self._mobs(wav)
        self._gain = aaf.create.OperationDef(
            "9d2ea894-0968-11d3-8a38-0050040ef7d2", "Mono Audio Gain", ""
        )
        self._dissolve = aaf.create.OperationDef(
            "0c3bea44-fc05-11d2-8a29-0050040ef7d2", "Mono Audio Dissolve", ""
        )
        for each in (self._gain, self._dissolve):
            each.media_kind = "sound"
            each["NumberInputs"].value = 1
            aaf.dictionary.register_def(each)
        self._amplitude = aaf.create.ParameterDef(
            "e4962321-2267-11d3-8a4c-0050040ef7d2", "Amplitude", "", "Rational"
        )
        aaf.dictionary.register_def(self._amplitude)

    def _held(self, wav: Path) -> Any:
        """The audio inside the AAF."""
        master = self._aaf.create.MasterMob(wav.stem)
        self._aaf.content.mobs.append(master)
        slot = master.import_audio_essence(str(wav), RATE_HZ)
        return master.mob_id, slot.slot_id

    def _mobs(self, wav: Path) -> Any:
        create = self._aaf.create
        source, master = create.SourceMob(wav.name), create.MasterMob(wav.stem)
        descriptor, locator = create.WAVEDescriptor(), create.NetworkLocator()
        descriptor["Summary"].value = wav.read_bytes()[:44]
        descriptor["Length"].value = FRAMES
        descriptor["SampleRate"].value = RATE_HZ
        locator["URLString"].value = wav.as_uri()
        descriptor["Locator"].append(locator)
        source.descriptor = descriptor
        slot = source.create_timeline_slot(RATE_HZ)
        slot.segment = source.create_source_clip(slot.slot_id, length=FRAMES, media_kind="sound")
        own = master.create_timeline_slot(RATE_HZ)
        own.segment = source.create_source_clip(slot.slot_id, length=FRAMES, media_kind="sound")
        self._aaf.content.mobs.extend([source, master])
        return master.mob_id, own.slot_id

    def song(self, song: Session) -> None:
        composition = self._aaf.create.CompositionMob("Song")
        composition.usage = "Usage_TopLevel"
        self._aaf.content.mobs.append(composition)
        for each in song.tracks:
            if each.clips:
                slot = composition.create_timeline_slot(RATE_HZ)
                slot.name = each.name
                parts = list(self._parts(each))
                inner = self._aaf.create.Sequence(media_kind="sound")
                inner["Components"].value = parts
                inner.length = sum(places(clip)[1] for clip in each.clips)
                slot.segment = self._gained(inner, each.gain_db)

    def _parts(self, track: Track) -> Iterator[Any]:
        at = 0
        for clip in track.clips:
            position, length, offset = places(clip)
            yield self._aaf.create.Filler("sound", position - at + self._length(clip.fade_in_s))
            if clip.fade_in_s:
                yield self._fade(clip.fade_in_s)
            made = self._aaf.create.SourceClip(
                start=offset,
                length=length,
                mob_id=self._master[0],
                slot_id=self._master[1],
                media_kind="sound",
            )
            yield self._gained(made, clip.gain_db)
            if clip.fade_out_s:
                yield self._fade(clip.fade_out_s)
                yield self._aaf.create.Filler("sound", self._length(clip.fade_out_s))
            at = position + length

    @staticmethod
    def _length(seconds: float) -> int:
        return round(seconds * RATE_HZ)

    def _fade(self, seconds: float) -> Any:
        made, length = self._aaf.create.Transition(), self._length(seconds)
        made.media_kind = "sound"
        made["Length"].value = length
        made["CutPoint"].value = length // 2
        made["OperationGroup"].value = self._aaf.create.OperationGroup(
            self._dissolve, length, media_kind="sound"
        )
        return made

    def _gained(self, inner: Any, gain_db: float) -> Any:
        if not gain_db:
            return inner
        group = self._aaf.create.OperationGroup(self._gain, inner.length, media_kind="sound")
        level = self._aaf.create.ConstantValue(
            self._amplitude, Fraction(linear(gain_db)).limit_denominator(1 << 16)
        )
        group.parameters.append(level)
        group.segments.append(inner)
        return group


def aaf_with_audio(song: Session, folder: Path) -> Path:
    """The same with its audio inside."""
    return aaf(song, folder, held=True)


def aaf(song: Session, folder: Path, *, held: bool = False) -> Path:
    """Muted clips and tracks are left out; an AAF has no buses, and its clips do not overlap."""
    path = folder / "song.aaf"
    kept = tuple(
        replace(each, clips=tuple(clip for clip in each.clips if not clip.muted))
        for each in song.tracks
        if not each.muted and each.name != "added"
    )
    with aaf2.open(str(path), "w") as opened:
        _Aaf(opened, Path(str(song.tracks[0].clips[0].media_path)), held=held).song(
            replace(song, tracks=kept)
        )
    return path
