"""Cuts, fades and silences of a finished master: after the limiter, before the dither.

Curves are arithmetic and square roots alone, which every machine computes to the same bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from bridge.audio import BLOCK_FRAMES, Block, opened
from stemwright.problems import InputError, Problem


@dataclass(frozen=True)
class Edit:
    """What is done to a master, in its own frames.

    `sections` are (first, stop) in the order they are to be heard, none for the whole; two of them
    meet in a crossfade of equal power, `crossfade_frames` long around the cut. Fades lie within
    the sound, `head_frames` and `tail_frames` of silence around it. `file_frames`
    is how long the file is to be, exactly, at its own rate.
    """

    sections: tuple[tuple[int, int], ...] = ()
    crossfade_frames: int = 0
    fade_in_frames: int = 0
    fade_out_frames: int = 0
    head_frames: int = 0
    tail_frames: int = 0
    file_frames: int | None = None

    def sounding_frames(self, master_frames: int) -> int:
        """How long the sound is, silences apart."""
        if not self.sections:
            return master_frames
        return sum(stop - first for first, stop in self.sections)

    def frames(self, master_frames: int) -> int:
        """How long the file is, at the master's rate."""
        return self.head_frames + self.sounding_frames(master_frames) + self.tail_frames

    def master_frame(self, frame: int, master_frames: int) -> int | None:
        """Which frame of the master is heard at a frame of the edit; None in a silence.

        In a crossfade, that of the section that ends.
        """
        left = frame - self.head_frames
        for first, stop in self.sections or ((0, master_frames),):
            if 0 <= left < stop - first:
                return first + left
            left -= stop - first
        return None


@dataclass(frozen=True)
class TimedEdit:
    """An edit in seconds, of no rate yet.

    `spans_s` are (start, end), an end of None being as far as `length_s` or the master goes; none
    is the whole. Of `length_s` the whole file is, silences included, to the sample at the file's
    own rate. None of `head_s` and `tail_s`: what the recipient wants.
    """

    spans_s: tuple[tuple[float, float | None], ...] = ()
    length_s: float | None = None
    crossfade_s: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    head_s: float | None = None
    tail_s: float | None = None

    def parts_s(self, song_s: float) -> tuple[tuple[float, float], ...]:
        """(start, stop) of each part, in the order they are heard, of a song so long."""
        if self.length_s is not None:
            start_s = self.spans_s[0][0]
            sounding_s = self.length_s - (self.head_s or 0.0) - (self.tail_s or 0.0)
            return ((start_s, start_s + sounding_s),)
        return tuple((start, song_s if end is None else end) for start, end in self.spans_s)

    def at(self, master_frames: int, master_hz: int, file_hz: int) -> Edit:
        """The edit of a master of `master_frames` at `master_hz`, for a file at `file_hz`."""
        head, tail = (round((each or 0.0) * master_hz) for each in (self.head_s, self.tail_s))
        file_frames = None
        if self.length_s is None:
            parts = self.parts_s(master_frames / master_hz)
            sections = tuple((round(a * master_hz), round(b * master_hz)) for a, b in parts)
        else:
            file_frames = round(self.length_s * file_hz)
            sounding = -(-file_frames * master_hz // file_hz) - head - tail
            first = round(self.spans_s[0][0] * master_hz)
            stop = first + sounding
            at_end = master_frames < stop <= master_frames + 1  # by the ceiling alone
            sections = ((first, master_frames if at_end else stop),)
        return Edit(
            sections=sections,
            crossfade_frames=2 * round(self.crossfade_s * master_hz / 2),
            fade_in_frames=round(self.fade_in_s * master_hz),
            fade_out_frames=round(self.fade_out_s * master_hz),
            head_frames=head,
            tail_frames=tail,
            file_frames=file_frames,
        )


def check_edit(edit: Edit, master_frames: int, sample_rate_hz: int) -> None:
    """Raise InputError `bad_edit` for sections outside the master and for fades that do not fit."""
    problems = [*_faults(edit, master_frames, sample_rate_hz)]
    if problems:
        raise InputError(problems)


def edited_blocks(path: Path, master_frames: int, edit: Edit) -> Iterator[Block]:
    """Yield (channels, n) float64: a master, under an edit that `check_edit` passed."""
    with opened(path) as (_, header):
        channels = header.channels
    yield from _silence(channels, edit.head_frames)
    at, stop = 0, edit.sounding_frames(master_frames)
    for block in _sections(path, channels, master_frames, edit):
        yield _faded(block, at, stop, edit)
        at += block.shape[1]
    yield from _silence(channels, edit.tail_frames)


def _sections(path: Path, channels: int, master_frames: int, edit: Edit) -> Iterator[Block]:
    spans = edit.sections or ((0, master_frames),)
    half = edit.crossfade_frames // 2 if len(spans) > 1 else 0
    first = spans[0][0]
    for (_, stop), (begin, _) in pairwise(spans):
        yield from _read(path, channels, first, stop - half)
        if half:
            out = _whole(path, channels, stop - half, stop + half)
            yield _crossfaded(out, _whole(path, channels, begin - half, begin + half))
        first = begin + half
    yield from _read(path, channels, first, spans[-1][1])


def _crossfaded(out: Block, into: Block) -> Block:
    """Equal power: the squares of both gains sum to one."""
    frames = out.shape[1]
    place = (np.arange(frames) + 0.5) / frames
    met: Block = out * np.sqrt(1.0 - place) + into * np.sqrt(place)
    return met


def _faded(block: Block, at: int, stop: int, edit: Edit) -> Block:
    """The part from frame `at` of a sound of `stop` frames, under its fades."""
    frames = block.shape[1]
    inside = at >= edit.fade_in_frames and at + frames <= stop - edit.fade_out_frames
    if inside or not frames:
        return block
    place = at + np.arange(frames)
    gain = np.ones(frames)
    if edit.fade_in_frames:
        gain *= eased(np.minimum((place + 0.5) / edit.fade_in_frames, 1.0))
    if edit.fade_out_frames:
        gain *= eased(np.minimum((stop - place - 0.5) / edit.fade_out_frames, 1.0))
    return block * gain


def eased(place: Block) -> Block:
    """From 0 to 1 without a corner at either end."""
    eased: Block = place * place * (3.0 - 2.0 * place)
    return eased


def _read(path: Path, channels: int, first: int, stop: int) -> Iterator[Block]:
    for at in range(first, stop, BLOCK_FRAMES):
        yield _whole(path, channels, at, min(stop, at + BLOCK_FRAMES))


def _whole(path: Path, channels: int, first: int, stop: int) -> Block:
    """The frames of a file from `first` on, silence where it has none."""
    found = np.zeros((channels, stop - first))
    with opened(path) as (file, header):
        begin, end = max(0, first), min(stop, header.frames)
        if begin < end:
            file.seek(begin)
            samples = file.read(end - begin, dtype="float64", always_2d=True)
            found[:, begin - first : begin - first + len(samples)] = samples.T
    return found


def _silence(channels: int, frames: int) -> Iterator[Block]:
    for start in range(0, frames, BLOCK_FRAMES):
        yield np.zeros((channels, min(BLOCK_FRAMES, frames - start)))


def _faults(edit: Edit, master_frames: int, sample_rate_hz: int) -> Iterator[Problem]:
    def told(said: str, hint: str) -> Problem:
        return Problem("bad_edit", said, hint=hint)

    ends_s = master_frames / sample_rate_hz
    for first, stop in edit.sections:
        if not 0 <= first < stop <= master_frames:
            span = f"{first / sample_rate_hz:g} to {stop / sample_rate_hz:g} s"
            said = f"a section from {span} is none of a master of {ends_s:g} s"
            yield told(said, "correct the section's times in the job")
    if len(edit.sections) > 1:
        shortest = min(stop - first for first, stop in edit.sections)
        if shortest < edit.crossfade_frames:
            said = "a section is shorter than the crossfades at its ends"
            yield told(said, "take a shorter crossfade, or a longer section")
    if edit.fade_in_frames + edit.fade_out_frames > edit.sounding_frames(master_frames):
        yield told("the fades are longer than the sound", "take shorter fades")
