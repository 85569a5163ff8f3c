"""What was heard of a stem, kept in the store: when another one changes, this one is not heard."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np

from bridge.checking.findings import Found
from bridge.checking.hearing import Heard, sketched
from bridge.checking.remembering.sources import checks_digest
from bridge.checking.sketch import BANDS, Sketch
from bridge.checking.stem_audio import StemAudio
from bridge.storing import Signature, Store, digest, signature


def known_or_heard(
    audio: StemAudio, store: Store | None, hear: Callable[[StemAudio], Heard]
) -> Heard:
    """What the store has of a stem, else what `hear` gives, which it has from then on.

    Raises what `hear` raises, which is not kept.
    """
    before = _signatures(audio)
    if store is None or before is None:
        return hear(audio)
    known = _known(audio, store)
    if known is not None:
        return known
    result = hear(audio)
    if _signatures(audio) == before:
        with store.staging() as folder:
            result.sketch.powers.astype("<f4").tofile(folder / "sketch")
            told = {"pcm": result.pcm, "found": [vars(each) for each in result.found]}
            store.put(_key(audio, store), told, folder / "sketch")
    return result


def known_or_sketched(audio: StemAudio, store: Store) -> Heard:
    """What the store has of a stem, else its sketch, which is not kept. Raises as `sketched`."""
    return _known(audio, store) or sketched(audio)


def _known(audio: StemAudio, store: Store) -> Heard | None:
    entry = store.whole(_key(audio, store))
    if entry is None:
        return None
    powers = np.fromfile(entry.data, "<f4").reshape(-1, BANDS)
    found = tuple(Found(**each) for each in entry.meta["found"])
    return Heard(audio, found, Sketch(powers), entry.meta["pcm"])


def _key(audio: StemAudio, store: Store) -> str:
    facts = audio.facts
    return digest(
        "stem heard",
        checks=checks_digest(),
        files=[store.digest_of(path) for path in audio.paths],
        name=facts.name,
        role=facts.role,
    )


def _signatures(audio: StemAudio) -> list[Signature] | None:
    with suppress(OSError):
        return [signature(path) for path in audio.paths]
    return None
