"""The stems' plain sum beside the rough mix and references, without a chain and without a plan."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Lock
from typing import get_args

import numpy as np

from bridge.audio import BLOCK_FRAMES, Block, WavWriter, read_blocks
from bridge.checking import SongAudio, StemAudio, plain_sum, sum_frames
from bridge.gathering import Signal
from bridge.pages.beside import Beside, beside_songs
from bridge.pages.report import Heard, Kind, placed_beside
from bridge.storing import Store, digest

_SUM = "the plain sum"
_MOST_CHANNELS = 2


def beside_sum(audio: SongAudio, store: Store, jobs: int = 1) -> Beside | None:
    """Listen to the plain sum of a song's stems and to what lies beside it, `jobs` at a time.

    None without stems or other music, and where a stem cannot be read to its end, which is told as
    a finding. Raises MachineError where the disk refuses.
    """
    others = [*_others(audio, store)]
    if not others or not audio.stems:
        return None
    rate_hz, frames = audio.rate_hz, sum_frames(audio)
    stems = [[_named(each, store), each.position] for each in audio.stems.values()]
    named = digest("check.sum", rate_hz=rate_hz, stems=stems)
    with tempfile.TemporaryDirectory(prefix="stemwright-check-") as folder:
        summed = _Summed(audio, Path(folder) / "sum.wav")
        own = Heard("stems", _SUM, named, rate_hz, frames, summed.blocks)
        song = Signal(named, frames, summed.blocks)
        place = partial(placed_beside, song=song, rate_hz=rate_hz, store=store)
        found = beside_songs([own], others, store, jobs, place)
    return None if found.own[0].found is None else found


class _Summed:
    """The plain sum, which is listened to several times: added up once, into a file."""

    def __init__(self, audio: SongAudio, path: Path) -> None:
        self._audio, self._path = audio, path
        self._lock = Lock()

    def blocks(self) -> Iterator[Block]:
        """Raises InputError as `plain_sum` does, MachineError where the disk refuses."""
        with self._lock:
            if not self._path.exists():
                rate_hz = self._audio.rate_hz
                with WavWriter(self._path, rate_hz, 2, "float32", _SUM) as writer:
                    for block in plain_sum(self._audio):
                        writer.write(block)
        return read_blocks(self._path)


def _others(audio: SongAudio, store: Store) -> Iterator[Heard]:
    """The rough mix first."""
    if audio.mix is not None:
        yield _heard("mix", audio.mix.facts.name, audio.mix, store)
    for each in audio.others:
        kind = next(kind for kind in get_args(Kind) if kind == each.kind)
        if each.audio is None:
            yield Heard(kind, each.name, "", 0, 0, fault=each.fault)
        else:
            yield _heard(kind, each.name, each.audio, store)


def _heard(kind: Kind, name: str, audio: StemAudio, store: Store) -> Heard:
    """Samples that are no sound are silence in it, which another page says of the file."""
    facts = audio.facts
    named = digest("check.beside", files=_named(audio, store))
    if facts.channels > _MOST_CHANNELS:
        return Heard(kind, name, named, 0, 0, fault=f"it has {facts.channels} channels")
    blocks = partial(_stereo, audio)
    return Heard(kind, name, named, facts.sample_rate_hz, facts.frames, blocks)


def _named(audio: StemAudio, store: Store) -> list[str]:
    return [store.digest_of(path) for path in audio.paths]


def _stereo(audio: StemAudio) -> Iterator[Block]:
    """Mono sounds on both sides."""
    for block in audio.blocks(BLOCK_FRAMES):
        yield block if len(block) == 2 else np.concatenate([block, block])
