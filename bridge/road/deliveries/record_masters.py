"""The sides of a record as float masters: songs behind each other, at one gain."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stemwright.problems import Diagnostic, RenderError

if TYPE_CHECKING:
    from bridge.audio import Block
    from bridge.delivering import PlannedFile, Profile, Side, SidePart
    from bridge.delivering.files import MasteredMoment
    from bridge.metering import Measures
    from bridge.processing import Processor
    from bridge.rendering import VersionsSum
    from bridge.road.deliveries.elsewhere import MastersElsewhere
    from bridge.road.deliveries.masters import SongMasters

_CHANNELS = 2
_SILENCE_FRAMES = 65536


@dataclass(frozen=True)
class RecordMasters:
    """Masters of whatever a delivery holds: of one song its versions, of several the sides.

    `files` are those of the delivery, whose sides all get the gain that the loudest of their songs
    needs, so that songs stay as loud to each other as they were finished.
    """

    songs: Sequence[SongMasters | MastersElsewhere]
    files: Sequence[PlannedFile]
    work: Path
    gains_db: dict[Profile, float] = field(default_factory=dict)
    sides: dict[tuple[Profile, str], Path] = field(default_factory=dict)

    def of(self, profile: Profile, master: str) -> Path:
        """Where a master for a profile lies: of a version, or of a side by its name."""
        if profile.side is None:
            return self.songs[0].of(profile, master)
        if (profile, master) not in self.sides:
            file = next(each for each in self._sides(profile) if each.master == master)
            assert file.side is not None  # noqa: S101 - it is one of the sides
            place = self.work / f"side-{len(self.sides)}.wav"
            self._write(file.side, profile, place)
            self.sides[profile, master] = place
        return self.sides[profile, master]

    def sums(self, profile: Profile) -> Sequence[VersionsSum]:
        """The sets of a song's versions that together are everything; sides have none."""
        return () if profile.side else self.songs[0].sums(profile)

    def moment(self, profile: Profile, master: str, at_s: float) -> MasteredMoment | None:
        """Every group of a song's main master around a second; None of versions and sides."""
        return None if profile.side else self.songs[0].moment(profile, master, at_s)

    @property
    def told(self) -> Iterator[Diagnostic]:
        """What the user should know of what was made."""
        for each in self.songs:
            yield from each.told
        for profile, gain_db in self.gains_db.items():
            if gain_db:
                said = (
                    f"{-gain_db:.2f} dB less on every side, so that the loudest song keeps its "
                    "true peak without a limiter"
                )
                yield Diagnostic("note", "lowered", profile.name, said)

    def _sides(self, profile: Profile) -> Sequence[PlannedFile]:
        return [each for each in self.files if each.profile == profile and each.side is not None]

    def _write(self, side: Side, profile: Profile, place: Path) -> None:
        from bridge.audio import WavWriter
        from bridge.delivering.files import DITHER_WORDS
        from bridge.processing import gain_of

        gain = gain_of(self._gain_db(profile))
        with WavWriter(place, side.rate_hz, _CHANNELS, "float64", DITHER_WORDS) as writer:
            at = side.parts[0].start_frame  # the silence before the first song is the edit's
            for part in side.parts:
                for block in _silence(part.start_frame - at):
                    writer.write(block)
                for block in self._song(part, side, profile):
                    writer.write(gain * block)
                at = part.stop_frame

    def _gain_db(self, profile: Profile) -> float:
        """What keeps the true peak of every song of the record, never more than none."""
        if profile not in self.gains_db:
            limit = None if profile.aim is None else profile.aim.true_peak_dbtp
            over_db = 0.0
            if limit is not None:
                found = (
                    self._measured(part, file.side, profile).true_peak_dbtp - limit
                    for file in self._sides(profile)
                    if file.side is not None
                    for part in file.side.parts
                )
                over_db = max([0.0, *(each for each in found if math.isfinite(each))])
            self.gains_db[profile] = -over_db
        return self.gains_db[profile]

    def _measured(self, part: SidePart, side: Side, profile: Profile) -> Measures:
        from bridge.metering import Meter

        meter = Meter(side.rate_hz, _CHANNELS)
        for block in self._song(part, side, profile):
            meter.add(block)
        return meter.result()

    def _song(self, part: SidePart, side: Side, profile: Profile) -> Iterator[Block]:
        """A song at the side's rate, as long as its part of it."""
        from bridge.audio import probe, read_blocks, resampled
        from bridge.processing import run

        masters = self.songs[part.song]
        aim = profile.aim
        if aim is None or aim.limiter:
            path = masters.of(profile, part.version)
        else:
            path = masters.open_of(part.version)
        header = probe(path)
        both = (_on_both_sides(each) for each in read_blocks(path))
        blocks = resampled(both, _CHANNELS, header.sample_rate_hz, side.rate_hz)
        frames = 0
        for block in run(_lows(profile, side.rate_hz), blocks):
            frames += block.shape[1]
            yield block
        if frames != part.stop_frame - part.start_frame:
            raise RenderError(masters.not_as_finished(part.version))


def _lows(profile: Profile, rate_hz: int) -> Sequence[Processor]:
    """What takes the sides out of the lows, where the recipient wants none there."""
    from bridge.processing import build
    from chains import Width

    if profile.aim is None or not profile.aim.mono_below_hz:
        return ()
    return (build(Width(mono_below_hz=profile.aim.mono_below_hz), rate_hz),)


def _on_both_sides(block: Block) -> Block:
    """A mono master on both sides, at unity."""
    return np.repeat(block, _CHANNELS, axis=0) if len(block) == 1 else block


def _silence(frames: int) -> Iterator[Block]:
    for at in range(0, frames, _SILENCE_FRAMES):
        yield np.zeros((_CHANNELS, min(_SILENCE_FRAMES, frames - at)))
