"""Everything the page says, gathered: who was heard, what was found, and how levels compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, field, replace
from typing import Any, TypeVar

from bridge.finished import Record
from bridge.gathering import DamagedEntryError
from bridge.metering import STEPS_PER_S, LoudnessCurve, Meter, SixthOctaveSpectrum
from bridge.pages import Excerpt
from bridge.pages.report.excerpts import (
    InsertSound,
    Place,
    excerpt,
    insert_sounds,
    length_s,
    place_s,
    whole as whole_song,
)
from bridge.pages.report.heard_signal import Heard
from bridge.pages.report.step_signals import StepSignals
from bridge.storing import Entry, Store, digest
from stemwright.problems import InputError
from stemwright.values import dataclass

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
    curve, spectrum = LoudnessCurve(heard.rate_hz), SixthOctaveSpectrum(heard.rate_hz)
    meter = Meter(heard.rate_hz, 2)
    takers: list[LoudnessCurve | SixthOctaveSpectrum | Meter] = [spectrum]
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


T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One signal with what is known of it; `fault` says why nothing is.

    `start_s` is where the excerpt was taken; `whole` is all of it, as a preview.
    """

    heard: Heard
    found: Analysis | None
    fault: str | None = None
    excerpt: Excerpt | None = None
    start_s: int = 0
    whole: Excerpt | None = None

    @property
    def lufs(self) -> float | None:
        """Integrated loudness."""
        return None if self.found is None else self.found.integrated_lufs


@dataclass(frozen=True)
class Songbook:
    """Rows in the order of the page: what went in, what came out; groups apart.

    `inserts` are heard and `reductions_db` seen by `group/insert`, the finish by `finish/version`:
    the deepest gain in every 100 ms.
    """

    rows: tuple[Row, ...]
    groups: tuple[Row, ...]
    main: Row
    inserts: Mapping[str, InsertSound] = field(default_factory=dict)
    reductions_db: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def match_db(self, row: Row) -> float | None:
        """The gain that brings `row` to the main master's integrated loudness."""
        return None if self.main.lufs is None or row.lufs is None else self.main.lufs - row.lufs


def gathered(
    heard: Sequence[Heard],
    signals: StepSignals,
    jobs: int = 1,
    *,
    short: bool = False,
) -> Songbook:
    """Analyse what the store does not know yet, `jobs` signals at a time.

    `short` leaves out the whole songs.
    """
    record, store = signals.folder.record, signals.store
    measures = {output.version: output.measures.model_dump() for output in record.outputs}

    def look(one: Heard) -> Row:
        return looked(one, store, measures.get(one.name) if one.kind == "version" else None)

    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        rows = list(pool.map(look, heard))
        groups = tuple(row for row in rows if row.heard.kind == "group")
        sounding = _Sounding([row for row in rows if row.heard.kind != "group"], store, short)
        shown = tuple(pool.map(sounding.of, sounding.rows))
    main = _main(shown)
    return Songbook(
        shown,
        groups,
        main,
        insert_sounds(signals, float(main.start_s), jobs),
        reductions_db(record, store),
    )


def reductions_db(record: Record, store: Store) -> dict[str, Sequence[float]]:
    """As the store keeps them with the steps; a step from before it kept any has none."""
    found: dict[str, Sequence[float]] = {}
    for row in record.steps:
        entry = store.get(row.key)
        if entry is None or (row.inserts and row.version != "main"):
            continue
        curves = entry.meta.get("gain_curves_db") or ()
        names = [f"{row.owner}/{name}" for name in row.inserts] or [row.id]
        first, last = _heard_steps(entry, record)
        found |= {
            name: curve[first:last] for name, curve in zip(names, curves, strict=False) if curve
        }
    return found


def _heard_steps(entry: Entry, record: Record) -> tuple[int, int]:
    """Which steps of a curve the master is made of: without a pre-roll, without a cut tail."""
    rate_hz, frames = record.outputs[0].measures.sample_rate_hz, record.frames
    start = (
        round(record.preroll_s * rate_hz) if entry.meta.get("frames") else 0
    )  # the finish has none
    first, last = (math.ceil(STEPS_PER_S * at / rate_hz) for at in (start, start + frames))
    return first, last


class _Sounding:
    """What is listened to of each of `rows`: a place of it without loss, and all of it."""

    def __init__(self, rows: Sequence[Row], store: Store, short: bool) -> None:
        self.rows = rows
        self._store = store
        self._short = short
        self._main = _main(rows)
        self._seconds = length_s(len([row for row in rows if row.found is not None]))

    def of(self, row: Row) -> Row:
        """The row with its sound; a signal that is encoded as a whole is read once for both."""
        if row.found is None:
            return row
        start_s, own_hz = self._start_s(row), row.heard.rate_hz
        place = Place(start_s * own_hz, (start_s + self._seconds) * own_hz)
        whole, whole_fault = (None, None) if self._short else self._whole(row, place)
        played_hz = self._main.heard.rate_hz or own_hz
        made, fault = _tried(
            lambda: excerpt(row.heard, self._store, start_s, self._seconds, played_hz, place)
        )
        return Row(
            row.heard,
            row.found,
            fault or whole_fault,
            made,
            start_s,
            None if made is None else whole,
        )

    def _start_s(self, row: Row) -> int:
        placed = self._main if row.heard.beside else row
        end_s = None if placed.found is None else placed.found.loudest_end_s
        total_s = placed.heard.frames / max(1, placed.heard.rate_hz)
        return place_s(end_s, total_s, self._seconds)

    def _whole(self, row: Row, place: Place) -> tuple[Excerpt | None, str | None]:
        heard, blocks = row.heard, row.heard.blocks
        if blocks is not None:
            heard = replace(heard, blocks=lambda: place.kept_of(blocks))
        measures = {} if row.found is None else row.found.measures
        seconds = self._main.heard.frames / max(1, self._main.heard.rate_hz)
        return _tried(lambda: whole_song(heard, self._store, seconds, measures))


def _main(rows: Sequence[Row]) -> Row:
    return next(row for row in rows if row.heard.kind == "version")


def looked(heard: Heard, store: Store, measures: Mapping[str, Any] | None = None) -> Row:
    """A signal with what is known of it, or why nothing is."""
    if heard.fault is not None:
        return Row(heard, None, heard.fault)
    found, fault = _tried(lambda: analysis(heard, store, measures))
    return Row(heard, found, fault)


def _tried(work: Callable[[], T | None]) -> tuple[T | None, str | None]:
    """What cannot be read is told in its row; the render it belongs to is finished all the same."""
    try:
        return work(), None
    except InputError as error:
        return None, error.problems[0].message
    except DamagedEntryError:
        return None, "the store's copy was damaged; render again"
