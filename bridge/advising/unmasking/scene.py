"""All groups of a song in one pair of ears, and what each leaves of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bridge.advising.unmasking.auditory_bands import (
    CENTRES_CAMS,
    STEP_CAMS,
    Excitations,
    Powers,
    excitations,
    through_ear,
)
from bridge.advising.unmasking.hearing import Frames
from bridge.advising.unmasking.partial_loudness import partial_loudness
from stemwright.decibels import linear_power
from stemwright.values import dataclass

LISTENING_DB_SPL = 80.0
"""How loud the groups together are thought to play: the song without its pauses, at each ear."""
DEEPEST_DB = 6.0
_PAUSE_DB = -10.0
_CHUNK = 128
_REACH_CAMS = 1.0
_LEAST = 1e-12

REGIONS = np.abs(CENTRES_CAMS[:, None] - CENTRES_CAMS[None, :]) <= _REACH_CAMS + 1e-9
"""(centres, bands): what belongs to the band about a centre: one ERB on either side."""


@dataclass(frozen=True)
class Loudnesses:
    """Mean sone of every group in every band, (groups, bands): beside the others, and alone.

    `relief` (maskers, groups, bands): what a group would gain were the masker 6 dB softer.
    A band has the loudness of what the group plays there, at whatever place it is heard.
    """

    partial: Powers
    alone: Powers
    relief: Powers


def playback_factor(groups: Sequence[Frames]) -> float:
    """What brings power re full scale to the level that is listened at; 0 for silence."""
    each = sum(np.sum(group, axis=(1, 2), dtype=np.float64) / 2.0 for group in groups)
    power = np.asarray(each)
    if not power.any():
        return 0.0
    sounding = power[power >= linear_power(_PAUSE_DB) * power.mean()]
    return float(linear_power(LISTENING_DB_SPL) / sounding.mean())


def chunks(groups: Sequence[Frames], factor: float, every: int = 1) -> Iterator[Excitations]:
    """(groups, n, bands) of the next frames, both ears one after the other."""
    for start in range(0, len(groups[0]), _CHUNK * every):
        part = np.stack([group[start : start + _CHUNK * every : every] for group in groups])
        heard = part.astype(np.float64) * (factor * through_ear())
        heard = heard.reshape(len(groups), -1, heard.shape[-1])
        yield excitations(heard)


def loudnesses(groups: Sequence[Frames], factor: float, *, every: int = 1) -> Loudnesses:
    """Hear all groups together, every `every`-th frame of them, and what cuts would do."""
    count, bands = len(groups), groups[0].shape[2]
    partial, alone = np.zeros((count, bands)), np.zeros((count, bands))
    relief, frames = np.zeros((count, count, bands)), 0
    cut = 1.0 - linear_power(-DEEPEST_DB)
    for heard in chunks(groups, factor, every):
        frames += heard.places.shape[1] // 2
        for number, (signal, noise, now) in enumerate(_each(heard)):
            partial[number] += now
            alone[number] += _sone(heard, number, np.zeros_like(signal))
            for masker, other in enumerate(heard.places):
                if masker != number:
                    eased = np.maximum(noise - cut * other, 0.0)
                    relief[masker, number] += _sone(heard, number, eased) - now
    scale = 1.0 / max(frames, 1)
    return Loudnesses(scale * partial, scale * alone, scale * relief)


def partial_of(groups: Sequence[Frames], factor: float) -> tuple[Powers, Powers]:
    """Mean sone of every group in every band, beside the others and alone."""
    partial = np.zeros((len(groups), groups[0].shape[2]))
    alone = np.zeros_like(partial)
    for heard in chunks(groups, factor):
        for number, (signal, _, now) in enumerate(_each(heard)):
            partial[number] += now
            alone[number] += _sone(heard, number, np.zeros_like(signal))
    scale = 1.0 / max(len(groups[0]), 1)
    return scale * partial, scale * alone


def partial_of_two(groups: Sequence[Frames], two: tuple[int, int], factor: float) -> Powers:
    """(2, bands) of mean sone of two groups beside all; the others are heard as one."""
    rest = [each for number, each in enumerate(groups) if number not in two]
    scene = [*(groups[number] for number in two), *([np.sum(rest, axis=0)] if rest else [])]
    partial = np.zeros((2, groups[0].shape[2]))
    for heard in chunks(scene, factor):
        for number in range(2):
            partial[number] += _sone(heard, number, _noise(heard, number))
    return np.asarray(partial / max(len(groups[0]), 1))


def hidden_frames(
    groups: Sequence[Frames], factor: float, places: Sequence[tuple[int, int]], most_left: float
) -> list[Powers]:
    """For each group and band, (frames,) of sounding and of hidden, 1 or 0 each: (2, frames).

    It sounds at a tenth of its mean there and more; it is hidden where no more of it is left than
    that share.
    """
    now: list[list[Powers]] = [[] for _ in places]
    own: list[list[Powers]] = [[] for _ in places]
    for heard in chunks(groups, factor):
        for found, masked in ((now, 1.0), (own, 0.0)):
            known: dict[int, Powers] = {}
            for number, (which, band) in enumerate(places):
                if which not in known:
                    signal, noise = heard.places[which], masked * _noise(heard, which)
                    known[which] = heard.of_content(which, partial_loudness(signal, noise))
                inside = known[which][:, REGIONS[band]].sum(axis=1)
                found[number].append(inside.reshape(-1, 2).sum(axis=1))
    made = []
    for left, alone in zip(map(np.concatenate, now), map(np.concatenate, own), strict=True):
        sounds = (alone > 0.0) & (alone >= 0.1 * alone.mean())
        made.append(np.array([sounds, sounds & (left <= most_left * alone)], np.float64))
    return made


def hiders(
    groups: Sequence[Frames], factor: float, places: Sequence[tuple[int, int]], every: int = 1
) -> Powers:
    """(places, groups): sone that each group and band loses to every other, of `every`-th frames.

    What is lost in a frame is shared out as the others excite that band.
    """
    lost = np.zeros((len(places), len(groups)))
    for heard in chunks(groups, factor, every):
        for number, (which, band) in enumerate(places):
            signal, noise = heard.places[which], _noise(heard, which)
            left = partial_loudness(signal, noise)
            gone = heard.of_content(which, partial_loudness(signal, np.zeros_like(signal)) - left)
            excited = heard.places[:, :, REGIONS[band]].sum(axis=2)
            excited[which] = 0.0
            shares = excited / np.maximum(excited.sum(axis=0), _LEAST)
            lost[number] += shares @ gone[:, REGIONS[band]].sum(axis=1)
    return lost


def _each(heard: Excitations) -> Iterator[tuple[Powers, Powers, Powers]]:
    for number, signal in enumerate(heard.places):
        noise = _noise(heard, number)
        yield signal, noise, _sone(heard, number, noise)


def _noise(heard: Excitations, number: int) -> Powers:
    """What all but one excite."""
    return np.asarray(np.maximum(heard.places.sum(axis=0) - heard.places[number], 0.0))


def _sone(heard: Excitations, number: int, noise: Powers) -> Powers:
    """(bands,): of both ears, summed over the frames."""
    specific = partial_loudness(heard.places[number], noise)
    return np.asarray(heard.of_content(number, specific).sum(axis=0) * STEP_CAMS)
