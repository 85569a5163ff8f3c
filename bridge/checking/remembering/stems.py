"""What was heard of a stem, kept in the store: when another one changes, this one is not heard."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np

from bridge.checking.findings import Found
from bridge.checking.hearing import Heard
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
    key = _key(audio, store)
    entry = store.whole(key)
    if entry is not None:
        powers = np.fromfile(entry.data, "<f4").reshape(-1, BANDS)
        found = tuple(Found(**each) for each in entry.meta["found"])
        return Heard(audio, found, Sketch(powers), entry.meta["pcm"])
    result = hear(audio)
    if _signatures(audio) == before:
        with store.staging() as folder:
            result.sketch.powers.astype("<f4").tofile(folder / "sketch")
            told = {"pcm": result.pcm, "found": [vars(each) for each in result.found]}
            store.put(key, told, folder / "sketch")
    return result


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
