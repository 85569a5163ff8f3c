"""A stem's steps applied in one pass: the places first, then what runs through all of it.

Every step counts in the frames of the file before: the stem is moved last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from bridge.audio import Block
from bridge.checking.repairing.methods.clicks import GUARD, mended_click
from bridge.checking.repairing.methods.gaps import mended_corrupt, mended_dropout
from bridge.checking.repairing.methods.plateaus import mended_peaks
from bridge.checking.repairing.methods.stretches import Local, Patch
from bridge.checking.repairing.methods.whole_stems import WholeStem, moved, whole_stem
from bridge.checking.repairing.steps import Mended, Refused, RepairStep, TouchedRange
from bridge.checking.stem_audio import StemAudio, no_sound
from stemwright.decibels import amplitude_db

_Mend = Callable[[StemAudio, RepairStep, Sequence[RepairStep]], Local | str]
_PLACES: dict[str, _Mend] = {
    "clipped": mended_peaks,
    "clicks": mended_click,
    "dropout": mended_dropout,
    "corrupt_samples": mended_corrupt,
}
"""Where two of them meet, the later one stands."""
_HIDING = ("clicks", "dropout", "corrupt_samples")
_THROUGH = ("hum", "dc_offset", "channel_polarity", "polarity", "offset")
_BROKEN = "samples that are no sound stay in it: mend corrupt_samples too, or ask for a new export"


class StemMending:
    """The samples of a stem as its steps leave them, and what each of them did."""

    def __init__(self, audio: StemAudio, steps: Sequence[RepairStep]) -> None:
        """Work out the places. Raises InputError as `StemAudio.passages` does."""
        self._audio = audio
        self._steps = steps
        self._is_broken = False
        self._refused: list[Refused] = []
        self._local: list[tuple[RepairStep, Local]] = []
        self._whole: list[WholeStem] = []
        for code in _PLACES:
            for step in (each for each in steps if each.code == code):
                self._place(step)
        for code in _THROUGH:
            for step in (each for each in steps if each.code == code):
                self._run(step)

    @property
    def changes(self) -> bool:
        """Whether any step is done, once the blocks were made."""
        return bool(self._local or self._whole) and not self._is_broken

    def blocks(self) -> Iterator[Block]:
        """(channels, frames) float64 of the whole stem, as long as it was.

        Raises InputError as `StemAudio.passages` does.
        """
        steps = [each.step for each in self._whole if each.step.code == "offset"]
        late = int(steps[0].parameters["late_frames"]) if steps else 0
        yield from moved(self._mended_blocks(), late, self._audio.facts.channels)

    def mended(self) -> tuple[Mended, ...]:
        """What each step did, once the blocks were made."""
        if self._is_broken:
            return ()
        local = sorted((_told(*each) for each in self._local), key=lambda each: each.step.first)
        return (*local, *(each.told(self._audio.facts.frames) for each in self._whole))

    def refused(self) -> tuple[Refused, ...]:
        """What is not done, and why, once the blocks were made."""
        if not self._is_broken:
            return tuple(self._refused)
        return tuple(
            Refused(each.stem, each.code, each.finding, _BROKEN, each) for each in self._steps
        )

    def _place(self, step: RepairStep) -> None:
        if step.code == "clicks" and self._is_cut_peak(step):
            return
        others = [each for each in self._steps if each.code in _HIDING and each is not step]
        made = _PLACES[step.code](self._audio, step, others)
        if isinstance(made, str):
            self._refuse(step, made)
        else:
            self._local.append((step, made))

    def _is_cut_peak(self, click: RepairStep) -> bool:
        """Whether peaks that were put back are what was taken for a click; noted with them."""
        first, stop = click.first - GUARD, click.stop + GUARD
        for at, (step, made) in enumerate(self._local):
            if step.code == "clipped" and made.touches(first, stop):
                self._local[at] = replace(step, also=(*step.also, click.finding)), made
                return True
        return False

    def _run(self, step: RepairStep) -> None:
        if step.code == "offset" and any(each.step.code == "offset" for each in self._whole):
            self._refuse(step, "it is moved already")
            return
        made = whole_stem(self._audio, step)
        if isinstance(made, str):
            self._refuse(step, made)
        else:
            self._whole.append(made)

    def _refuse(self, step: RepairStep, why: str) -> None:
        self._refused.append(Refused(step.stem, step.code, step.finding, why, step))

    def _mended_blocks(self) -> Iterator[Block]:
        patches = [patch for _, local in self._local for patch in local.patches]
        for passage in self._audio.passages():
            first = passage.first + passage.core_start
            block = passage.core.copy()
            if passage.broken is not None:
                block[passage.broken[:, passage.core_start : passage.core_stop]] = np.nan
            stop = first + block.shape[1]
            for patch in patches:
                if patch.first < stop and patch.stop > first:
                    _put(block, first, patch)
            if no_sound(block).any():
                self._is_broken = True
                block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
            for whole in self._whole:
                block = whole.applied(block, first)
            yield block


def _put(block: Block, first: int, patch: Patch) -> None:
    begin, stop = max(patch.first, first), min(patch.stop, first + block.shape[1])
    block[patch.channel, begin - first : stop - first] = patch.after[
        begin - patch.first : stop - patch.first
    ]


def _told(step: RepairStep, made: Local) -> Mended:
    changed = np.concatenate([np.abs(patch.after - patch.before) for patch in made.patches])
    return Mended(
        step,
        tuple(TouchedRange(each.channel, each.first, each.stop) for each in made.patches),
        amplitude_db(float(changed.max())),
        amplitude_db(float(np.sqrt(np.square(changed).mean()))),
        made.words,
        made.gain_db,
        made.digest(),
    )
