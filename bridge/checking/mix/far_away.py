"""Where the mix begins that begins bars before its stems or after them: by what goes up and down.

A stem is looked for by its samples a few seconds around its place. A mix with a count-in, or one
that begins with the first verse, lies farther away as a whole; within these seconds a loop fits on
another of its repeats then.
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
_LIKELY, _AS_LIKELY = 0.3, 0.6
"""Likeness from which on a place is tried: of all that a part can have of the whole, of the best's.
"""


def far_offsets_s(stems: Sequence[Heard], mix: StemAudio) -> Iterator[float]:
    """How many seconds later the stems may lie in the mix as a whole, the likeliest first.

    The mix is heard once. Raises InputError as `StemAudio.passages` does.
    """
    sketcher = Sketcher(mix.facts)
    for passage in mix.passages():
        sketcher.hear(passage)
    there, whole = Heard(mix, (), sketcher.result(), ""), _summed(stems)
    lengths = sorted(max(1, len(each.sketch.powers)) for each in (there, whole))
    least = _LIKELY * float(np.sqrt(lengths[0] / lengths[1]))
    found = Envelopes([there, whole]).offsets_s(0, 1, _TRIED, _FARTHEST_S)
    for offset_s, likeness in found:
        least = max(least, _AS_LIKELY * likeness)
        if likeness >= least:
            yield offset_s


def _summed(stems: Sequence[Heard]) -> Heard:
    """All stems as one that begins with the song; the sketch of a sum but for chance."""
    tables = [rows_in_song(each) for each in stems]
    powers = np.zeros((max(map(len, tables)), BANDS), np.float32)
    for table in tables:
        powers[: len(table)] += table
    return Heard(replace(stems[0].audio, position=0), (), Sketch(powers), "")
