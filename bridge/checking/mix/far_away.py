"""Where the mix begins that begins bars before its stems or after them: by what goes up and down.

A stem is looked for by its samples a few seconds around its place. A mix with a count-in, or one
that begins with the first verse, lies farther away as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bridge.checking.envelopes import Envelopes
from bridge.checking.excerpts import rows_in_song
from bridge.checking.hearing import Heard
from bridge.checking.sketch import BANDS, Sketch, Sketcher
from bridge.checking.stem_audio import StemAudio

_TRIED, _FARTHEST_S = 3, 600.0
_LIKELY, _NEAR_S = 0.3, 2.0


def far_offsets_s(stems: Sequence[Heard], mix: StemAudio) -> Iterator[float]:
    """How many seconds later the stems may lie in the mix as a whole, the likeliest first.

    The mix is heard once. Raises InputError as `StemAudio.passages` does.
    """
    sketcher = Sketcher(mix.facts)
    for passage in mix.passages():
        sketcher.hear(passage)
    there = Heard(mix, (), sketcher.result(), "")
    envelopes = Envelopes([there, _summed(stems)])
    for offset_s, likeness in envelopes.offsets_s(0, 1, _TRIED, _FARTHEST_S):
        if likeness >= _LIKELY and abs(offset_s) >= _NEAR_S:
            yield offset_s


def _summed(stems: Sequence[Heard]) -> Heard:
    """All stems as one that begins with the song; the sketch of a sum but for chance."""
    tables = [rows_in_song(each) for each in stems]
    powers = np.zeros((max(map(len, tables)), BANDS), np.float32)
    for table in tables:
        powers[: len(table)] += table
    return Heard(replace(stems[0].audio, position=0), (), Sketch(powers), "")
