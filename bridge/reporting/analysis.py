"""One pass over a signal: measures, loudness over time, spectrum; kept in the store by content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bridge.metering import Meter
from bridge.reporting.heard import Heard
from bridge.reporting.loudness_curve import LoudnessCurve
from bridge.reporting.spectrum import Spectrum
from bridge.storing import Store, digest

_VERSION = 2


@dataclass(frozen=True)
class Analysis:
    """Readings of one signal; of a group there is only the spectrum.

    `measures` are those of `bridge.metering`, `curve_lufs` is the short-term loudness at 3.0, 3.5,
    ... s, `spectrum_db` the power in sixths of an octave, `loudest_end_s` where the loudest 3 s
    end.
    """

    measures: Mapping[str, Any]
    integrated_lufs: float | None
    curve_lufs: tuple[float | None, ...]
    loudest_end_s: float | None
    spectrum_db: tuple[float | None, ...]


def analysis(
    heard: Heard, store: Store, measures: Mapping[str, Any] | None = None
) -> Analysis | None:
    """Return what is known of `heard`, from the store or by reading it; None when it is gone.

    `measures` are readings already at hand, such as those of a finished file.
    Raises InputError for samples that are not finite.
    """
    key = digest(
        "report.analysis",
        version=_VERSION,
        source=heard.digest,
        rate_hz=heard.rate_hz,
        frames=heard.frames,
        measured=heard.kind != "group",
    )
    entry = store.get(key)
    if entry is not None:
        return _from_json(entry.meta["analysis"])
    if heard.blocks is None:
        return None
    found = _read(heard, measures)
    store.put(key, {"pcm": None, "analysis": asdict(found)})
    return found


def _read(heard: Heard, measures: Mapping[str, Any] | None) -> Analysis:
    curve, spectrum = LoudnessCurve(heard.rate_hz), Spectrum(heard.rate_hz)
    meter = Meter(heard.rate_hz, 2)
    takers: list[LoudnessCurve | Spectrum | Meter] = [spectrum]
    takers += [] if heard.kind == "group" else [curve]
    takers += [meter] if heard.kind != "group" and measures is None else []
    assert heard.blocks is not None  # noqa: S101 - narrows for the type checker
    for block in heard.blocks():
        for taker in takers:
            taker.add(block)
    curve.close()
    known = meter.result().as_json() if meter in takers else dict(measures or {})
    known.pop("path", None)
    return Analysis(
        measures=known,
        integrated_lufs=known.get("integrated_lufs"),
        curve_lufs=tuple(curve.short_term_lufs()),
        loudest_end_s=curve.loudest_end_s(),
        spectrum_db=tuple(spectrum.result_db()),
    )


def _from_json(stored: Mapping[str, Any]) -> Analysis:
    return Analysis(
        **{
            **stored,
            "curve_lufs": tuple(stored["curve_lufs"]),
            "spectrum_db": tuple(stored["spectrum_db"]),
        }
    )
