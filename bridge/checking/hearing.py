"""One streaming pass over a stem for all its checks, in a worker where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from blake3 import blake3

from bridge.checking.findings import Found
from bridge.checking.sketch import Sketch, Sketcher
from bridge.checking.stem.every import STEM_CHECKS
from bridge.checking.stem_audio import StemAudio


@dataclass(frozen=True)
class Heard:
    """A stem that was heard to its end; `pcm` is the same for the same samples."""

    audio: StemAudio
    found: tuple[Found, ...]
    sketch: Sketch
    pcm: str


def heard(audio: StemAudio, quick: bool = False) -> Heard:
    """Hear a stem once, for every check, or for the `quick` ones.

    Raises InputError as `StemAudio.passages` does.
    """
    checks = [check(audio.facts) for check in STEM_CHECKS if check.quick or not quick]
    sketcher = Sketcher(audio.facts)
    digest = blake3(_head(audio))
    for passage in audio.passages():
        for check in checks:
            check.hear(passage)
        sketcher.hear(passage)
        digest.update(np.ascontiguousarray(passage.core).data.cast("B"))
    told = [found for check in checks for found in check.findings()]
    if any(each.code == "clipped" for each in told):  # which is a wall, too
        told = [each for each in told if each.code != "limited"]
    return Heard(audio, _in_order(told), sketcher.result(), digest.hexdigest(16))


def _in_order(told: Sequence[Found]) -> tuple[Found, ...]:
    return tuple(sorted(told, key=lambda each: (each.start, each.stop, each.code)))


def _head(audio: StemAudio) -> bytes:
    facts = audio.facts
    return f"{facts.channels} {facts.sample_rate_hz} {facts.frames}\n".encode()
