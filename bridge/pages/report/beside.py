"""A master beside its rough mix and references: measured once, told in render.json."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.gathering import DamagedEntryError
from bridge.pages.report.heard_signal import Heard
from bridge.storing import Store, digest
from stemwright.problems import InputError

if TYPE_CHECKING:
    from bridge.comparing import MixFigures

_VERSION = 2
_HEARD_LUFS = -60.0
"""Softer windows are the ends of a song: what fades there is no dynamics."""

_Curve = Sequence[float | None]
_OTHERS = frozenset({"mix", "reference", "master"})
_MEASURES = ("integrated_lufs", "loudness_range_lu", "plr_db", "psr_min_db", "correlation")


def beside_of_render(
    heard: Sequence[Heard], measures: Mapping[str, Any], store: Store
) -> dict[str, Any] | None:
    """render.json's `beside`: the main master, which `measures` so, and the music beside it."""
    main = next((each for each in heard if each.name == "main" and each.kind == "version"), None)
    others = [each for each in heard if each.kind in _OTHERS]
    return None if main is None else beside_others(main, others, measures, store)


def beside_others(
    main: Heard, others: Iterable[Heard], measures: Mapping[str, Any], store: Store
) -> dict[str, Any] | None:
    """Figures of `main`, which `measures` so, and of the others, with the distances.

    None without others. One that cannot be read is left out: its row of `heard` says why.
    """
    readable = [each for each in others if each.blocks is not None]
    found = [(each, _told(main, each, measures, store)) for each in readable]
    known = [(each, told) for each, told in found if told is not None]
    if not known:
        return None
    return {
        "main": known[0][1]["main"],
        "others": [
            {
                "kind": each.kind,
                "name": each.name,
                "offset_s": each.offset_s,
                "figures": told["figures"],
                "tone": told["tone"],
                "loudness_lu": told["loudness_lu"] if each.beside else None,
            }
            for each, told in known
        ],
    }


def _told(
    main: Heard, other: Heard, measures: Mapping[str, Any], store: Store
) -> Mapping[str, Any] | None:
    """What is between two signals, from the store where it knows both."""
    key = digest(
        "report.beside",
        version=_VERSION,
        signals=[[each.digest, each.rate_hz, each.frames] for each in (main, other)],
    )
    entry = store.get(key)
    if entry is None:
        try:
            told = _compared(main, other, measures, store)
        except (InputError, DamagedEntryError):
            return None
        entry = store.put(key, {"pcm": None, "beside": told})
    found: Mapping[str, Any] = entry.meta["beside"]
    return found


def _compared(
    main: Heard, other: Heard, measures: Mapping[str, Any], store: Store
) -> dict[str, Any]:
    from bridge.comparing import tone_distance  # loads scipy, which a known pair never needs
    from bridge.pages.report.contents import analysis

    ours, theirs = (figured(each, store) for each in (main, other))
    own, found = analysis(main, store, measures), analysis(other, store)
    assert own is not None  # noqa: S101 - the samples of both are at hand
    assert found is not None  # noqa: S101
    return {
        "main": _figures(measures, ours),
        "figures": _figures(found.measures, theirs),
        "tone": tone_distance(ours.tone, theirs.tone).as_json(),
        "loudness_lu": _apart_lu(own.curve_lufs, found.curve_lufs),
    }


def _apart_lu(curve: _Curve, other: _Curve) -> float | None:
    """How differently two songs get louder and softer: RMS of what their curves are apart by.

    Their mean distance is no part of it. None without a window that sounds in both.
    """
    pairs = zip(curve, other, strict=False)
    apart = [a - b for a, b in pairs if a is not None and b is not None and min(a, b) > _HEARD_LUFS]
    if not apart:
        return None
    mean = math.fsum(apart) / len(apart)
    return round(math.sqrt(math.fsum((each - mean) ** 2 for each in apart) / len(apart)), 2)


def figured(heard: Heard, store: Store) -> MixFigures:
    """The bands and tone of a signal, from the store or by reading it."""
    from bridge.comparing import MixFigures, mix_figures_of

    key = digest(
        "report.mix_figures",
        version=_VERSION,
        source=heard.digest,
        rate_hz=heard.rate_hz,
        frames=heard.frames,
    )
    entry = store.get(key)
    if entry is not None:
        return MixFigures.from_stored(entry.meta["figures"])
    assert heard.blocks is not None  # noqa: S101 - narrows for the type checker
    found = mix_figures_of(heard.blocks(), heard.rate_hz)
    store.put(key, {"pcm": None, "figures": found.as_stored()})
    return found


def _figures(measures: Mapping[str, Any], found: MixFigures) -> dict[str, Any]:
    return {**{key: measures.get(key) for key in _MEASURES}, **found.as_json()}


def playback_rows(measures: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """render.json's `playback`: what each service does to a master that `measures` so."""
    from bridge.delivering import gains_of

    gains = gains_of(measures.get("integrated_lufs"), measures.get("true_peak_dbtp"))
    return [each.as_json() for each in gains]
