"""The page of a bypassed insert: its settings, and it and the master with and without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bridge.audio import Block
from bridge.pages import (
    NULL_COLOUR,
    Curve,
    Deck,
    Track,
    change,
    chart,
    clock,
    document,
    excerpt,
    figure,
    lowered,
    players,
    section,
    tag,
    text,
    tiles,
)
from bridge.pages.report import reduction_chart, spectra, spectrum_points, without_folders

FILES = ("with.wav", "without.wav", "difference.wav")
PAGE = "listen.html"


@dataclass(frozen=True)
class Bypassed:
    """What bypassing an insert does.

    `gain_db` was put on the signal without the insert so that both have one integrated loudness, 0
    where there is none to measure; `pad_db` was taken off all three files so that none clips.
    Difference levels are before the pad; None is silence. `master_gain_db` was put on the master
    without the insert in the same way, None where the page has no such master.
    """

    step: str
    folder: Path
    with_lufs: float | None
    without_lufs: float | None
    gain_db: float
    pad_db: float
    difference_peak_dbfs: float | None
    difference_rms_dbfs: float | None
    master_gain_db: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The object `report --bypass --json` prints."""
        return {
            **vars(self),
            "folder": str(self.folder),
            "files": [f"{self.folder.name}/{name}" for name in FILES],
            "page": f"{self.folder.name}/{PAGE}",
        }


_WORDS = "The sound without this insert, brought to its loudness, beside the sound with it."


@dataclass(frozen=True)
class Place:
    """Stereo samples of one place, (2, frames): with the insert, and without it at its loudness.

    `gain_db` is what that took.
    """

    rate_hz: int
    start_s: float
    after: Block
    before: Block
    gain_db: float = 0.0


@dataclass(frozen=True)
class Seen:
    """The insert in words, the spectra with it and without it at its loudness, its gain over time.

    Spectra are those of `SixthOctaveSpectrum`.
    """

    words: str
    with_db: Sequence[float | None]
    without_db: Sequence[float | None]
    reduction_db: Sequence[float]


def bypass_page(found: Bypassed, place: Place, seen: Seen, master: Place | None, why: str) -> str:
    """Return the whole HTML text; `why` says why there is no `master`."""
    decks = [_decked(found.step, place, found.gain_db, "difference.wav")]
    decks += [] if master is None else [_decked("the master", master, master.gain_db, "")]
    gone = f"The master without it cannot be heard: {without_folders(why)}." if why else ""
    heading = (
        tag("h1", text(f"{found.step}, bypassed"))
        + (tag("p", tag("b", text(seen.words))) if seen.words else "")
        + tag("p", _WORDS)
    )
    listen = players(decks) + (tag("p", text(gone), class_="hint") if gone else "")
    body = tag("header", heading + _tiles(found)) + tag(
        "main",
        section("Listen", listen)
        + section("Spectra", _spectra(place.rate_hz, seen))
        + section("Gain reduction over time", _reduction(found.step, seen)),
    )
    return document(f"{found.step}, bypassed", body)


def _tiles(found: Bypassed) -> str:
    return tiles(
        [
            ("With it", figure(found.with_lufs), "LUFS", ""),
            ("Without it", figure(found.without_lufs), "LUFS", ""),
            ("To match", change(found.gain_db), "dB", "put on A"),
            ("Difference, peak", figure(found.difference_peak_dbfs), "dBFS", ""),
            ("Difference, RMS", figure(found.difference_rms_dbfs), "dBFS", ""),
        ]
    )


def _decked(name: str, place: Place, gain_db: float, file: str) -> Deck:
    """Both as loud as each other over all of the song: the one figure, on A's button too."""
    without, with_it, rest = (
        excerpt(samples, place.rate_hz, fill)
        for samples, fill in (
            (place.before, False),
            (place.after, False),
            (place.after - place.before, True),
        )
    )
    moved = change(gain_db, 2, "dB") if abs(gain_db) >= 0.005 else "as it is"
    deck = Deck(
        rate_hz=place.rate_hz,
        tracks=(
            Track("A: without it", moved, "a", without, 0.0, place.start_s),
            Track("B: with it", "as it is", "b", with_it, 0.0, place.start_s),
        ),
        chosen=1,
        null=Track("B minus A", "", NULL_COLOUR, rest, 0.0, place.start_s),
        name=f"{name}, lossless",
    )
    return replace(deck, said=_said(place, deck, file))


def _said(place: Place, deck: Deck, file: str) -> str:
    seconds = place.after.shape[1] / place.rate_hz
    null = f"the null is what {file} holds" if file else "the null is what the insert does to it"
    return (
        f"{seconds:.1f} s around the insert's largest difference, from {clock(place.start_s)}, "
        f"both as loud as each other over the whole song; {null}. {lowered(deck)}FLAC excerpts of "
        "16 bit: what has more is rounded, with dither."
    )


def _spectra(rate_hz: int, seen: Seen) -> str:
    drawn = spectra(
        "With it, and without it at its loudness",
        "dBFS a sixth of an octave",
        [
            Curve("without it", "a", spectrum_points(rate_hz, seen.without_db)),
            Curve("with it", "b", spectrum_points(rate_hz, seen.with_db), bold=True),
        ],
    )
    return tag("p", "There is no sound to show.") if drawn is None else chart(drawn)


def _reduction(step: str, seen: Seen) -> str:
    drawn = reduction_chart(step, seen.reduction_db)
    return "" if drawn is None else chart(drawn)
