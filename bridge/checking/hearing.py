"""One streaming pass over a stem for all its checks, in a worker where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.audio import PcmHash
from bridge.checking.findings import Found
from bridge.checking.port import Passage
from bridge.checking.sketch import Sketch, Sketcher
from bridge.checking.stem.damage.corrupt_samples import CorruptSamples
from bridge.checking.stem.every import STEM_CHECKS
from bridge.checking.stem.level.silent import Silent
from bridge.checking.stem.one_fault import told_once
from bridge.checking.stem_audio import StemAudio

_MOST = 0.9
_OF_A_MIX = (CorruptSamples, Silent)
"""What no mix is meant to be: all else is how it was made."""


@dataclass(frozen=True)
class Heard:
    """A stem that was heard to its end; `pcm` as `StemFindings` has it."""

    audio: StemAudio
    found: tuple[Found, ...]
    sketch: Sketch
    pcm: str


def heard(audio: StemAudio) -> Heard:
    """Hear a stem once, for every check.

    Raises InputError as `StemAudio.passages` does.
    """
    checks = [check(audio.facts) for check in STEM_CHECKS]
    sketcher = Sketcher(audio.facts)
    hashes = _hashes(audio)
    for passage in audio.passages():
        for check in checks:
            check.hear(passage)
        sketcher.hear(passage)
        _hash(audio, hashes, passage)
    told = told_once(checks, audio.facts.sample_rate_hz)
    if any(_is_most_of_it(each, audio.facts.frames) for each in told):  # all else comes of that
        told = [each for each in told if each.code in ("corrupt_samples", "wrong_depth")]
    return Heard(audio, _in_order(told), sketcher.result(), _hashed(hashes))


def heard_mix(audio: StemAudio) -> tuple[tuple[Found, ...], str]:
    """What makes a rough mix none, and its `pcm` as `StemFindings` has it.

    Raises InputError as `StemAudio.passages` does.
    """
    checks = [check(audio.facts) for check in _OF_A_MIX]
    hashes = _hashes(audio)
    for passage in audio.passages():
        for check in checks:
            check.hear(passage)
        _hash(audio, hashes, passage)
    told = [found for check in checks for found in check.findings()]
    if any(_is_most_of_it(each, audio.facts.frames) for each in told):
        told = [each for each in told if each.code == "corrupt_samples"]
    return _in_order(told), _hashed(hashes)


def _hashes(audio: StemAudio) -> list[PcmHash]:
    rate_hz = audio.facts.sample_rate_hz
    return [PcmHash(side.stop - side.start, rate_hz) for side in audio.sides]


def _hash(audio: StemAudio, hashes: Sequence[PcmHash], passage: Passage) -> None:
    for side, pcm in zip(audio.sides, hashes, strict=True):
        pcm.add(passage.core[side])


def _hashed(hashes: Sequence[PcmHash]) -> str:
    return " ".join(each.result() for each in hashes)


def sketched(audio: StemAudio) -> Heard:
    """Hear a stem for its sketch alone: nothing is found in it, and its PCM is not hashed.

    Raises InputError as `StemAudio.passages` does.
    """
    sketcher = Sketcher(audio.facts)
    for passage in audio.passages():
        sketcher.hear(passage)
    return Heard(audio, (), sketcher.result(), "")


def _is_most_of_it(found: Found, frames: int) -> bool:
    """Whether it says that there is next to nothing to hear: `value` counts samples."""
    return found.code == "corrupt_samples" and found.value > _MOST * frames


def _in_order(told: Sequence[Found]) -> tuple[Found, ...]:
    return tuple(sorted(told, key=lambda each: (each.start, each.stop, each.code)))
