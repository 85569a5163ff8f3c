"""The page of repairs: every place before and after, on one scale, to switch between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.audio import Block
from bridge.checking import Finding, StemAudio, code_of, excerpt, stem_audio
from bridge.checking.repairing import BETTER, Mended, Refused, RepairedStem, Repairs, place
from bridge.pages import document, figure, part, section, table, tag, text, tiles
from bridge.pages.check.looks import Looks, heard_place
from bridge.pages.check.overviews import Overview, overview
from bridge.pages.check.places import place_of
from bridge.pages.check.scenes import Lane, Scene
from bridge.pages.check.song import LOUDEST, played_hz
from bridge.pages.check.strips import close_up, strips
from stemwright.problems import InputError
from stemwright.words import counted

_MOST_SHOWN = 5
"""Of one code in a stem: the largest changes."""
_CLOSE_S = 0.006
_MOST_CLOSE_S = 0.06
_BESIDE = 3.0
_COLOURS = ("s2", "s1", "n")


@dataclass(frozen=True)
class _Pair:
    """A stem's files before and after; the latter were moved by `late_frames` to the front."""

    before: StemAudio
    after: StemAudio
    seen: Overview
    late_frames: int

    @property
    def rate_hz(self) -> int:
        """Their sample rate."""
        return self.before.facts.sample_rate_hz

    def lanes(self, start: int, frames: int, rate_hz: int, *, moved: bool) -> tuple[Block, Block]:
        """Before and after at `rate_hz`, the latter where the former is, or `moved` as it was."""
        late = 0 if moved else round(self.late_frames * rate_hz / self.rate_hz)
        both = (
            excerpt(self.before, start, frames, rate_hz),
            excerpt(self.after, start - late, frames, rate_hz),
        )
        one, other = (np.clip(each, -LOUDEST, LOUDEST) for each in both)
        return one, other


def repairs_page(repairs: Repairs) -> str:
    """Return the whole HTML text, from the files before and after, which must still be there.

    The same repairs give the same bytes, and no path is in them.
    """
    made = Looks()
    mended = [stem for stem in repairs.stems if stem.mended]
    stems = "".join(section(stem.id, _stem(stem, made)) for stem in mended)
    copied = [stem.id for stem in repairs.stems if not stem.mended]
    shown = [
        ("Repairs", str(len(repairs.mended())), "", ""),
        ("Stems mended", str(len(mended)), "", ""),
        ("Copied as they are", str(len(copied)), "", ""),
        ("Not mended", str(len(repairs.refused)), "", "findings"),
    ]
    keys = (
        "Keys: j and k go from one to the next, space plays and stops, a is before, b after, "
        "c what was changed; a click on a picture plays from there."
    )
    header = (
        tag("h1", "Repaired stems")
        + tag("p", text(BETTER), class_="verdict")
        + tag("p", text(keys), class_="hint")
        + tiles(shown)
    )
    parts = stems + section("Not mended", _refused(repairs.refused))
    parts += section("Copied as they are", tag("p", text(", ".join(copied))) if copied else "")
    body = tag("header", header) + tag("main", parts)
    body += "".join(made.sounds) + tag("script", part(__package__, "places.js"))
    return document("Repaired stems", body, part(__package__, "page.css"), pictures=True)


def _refused(refused: Sequence[Refused]) -> str:
    if not refused:
        return ""
    rows = [
        (each.stem or "the song", code_of(each.code).says, each.why, each.finding)
        for each in refused
    ]
    return table(("stem", "finding", "why", "id"), rows, "What was not mended", words=True)


def _stem(stem: RepairedStem, made: Looks) -> str:
    try:
        pair = _pair(stem)
    except InputError as error:
        return tag("p", text(f"No pictures: {error.problems[0].message}."), class_="hint")
    cards = "".join(_card(each, stem, pair, made) for each in _shown(stem.mended))
    rest = [each for each in stem.mended if each not in _shown(stem.mended)]
    return cards + _listed(rest, stem)


def _shown(mended: Sequence[Mended]) -> list[Mended]:
    """Of each code the largest changes, by time."""
    kept: list[Mended] = []
    for code in dict.fromkeys(each.step.code for each in mended):
        same = [each for each in mended if each.step.code == code]
        kept += sorted(same, key=lambda each: (-each.peak_dbfs, each.step.first))[:_MOST_SHOWN]
    return [each for each in mended if each in kept]


def _listed(rest: Sequence[Mended], stem: RepairedStem) -> str:
    if not rest:
        return ""
    said = f"{counted(len(rest), 'more repair')}, each of which changes less"
    head = ("where", "finding", "what was done", "change, dBFS", "id")
    rows = [
        (
            place(each, stem),
            code_of(each.step.code).says,
            each.words,
            figure(each.peak_dbfs),
            each.step.finding,
        )
        for each in rest
    ]
    return tag(
        "details",
        tag("summary", text(said)) + table(head, rows, said, words=True),
        class_="rest",
    )


def _pair(stem: RepairedStem) -> _Pair:
    before = stem_audio(stem.id, stem.id, "other", stem.before)
    after = stem_audio(stem.id, stem.id, "other", stem.after)
    late = sum(
        int(each.step.parameters["late_frames"])
        for each in stem.mended
        if each.step.code == "offset"
    )
    return _Pair(before, after, overview(before), late)


def _card(mended: Mended, stem: RepairedStem, pair: _Pair, made: Looks) -> str:
    number = len(made.pictures)
    step, code = mended.step, code_of(mended.step.code)
    head = (
        tag("h4", text(code.says))
        + tag("span", text(place(mended, stem)), class_="when")
        + "".join(tag("span", f"{name} {tag('b', text(said))}") for name, said in _facts(mended))
        + tag("code", text(step.finding))
    )
    look = _look(mended, pair, made)
    made.pictures[f"repair-{number}"] = look
    words = tag("p", text(f"{mended.words[:1].upper()}{mended.words[1:]}."))
    return tag(
        "article",
        tag("div", head, class_="facts") + words + look,
        class_="finding info",
        id=f"repair-{number}",
        tabindex="-1",
    )


def _facts(mended: Mended) -> Iterator[tuple[str, str]]:
    if np.isfinite(mended.peak_dbfs):
        yield "changed by up to", figure(mended.peak_dbfs, 1, "dBFS")
    if mended.gain_db is not None:
        yield "expected gain", figure(mended.gain_db, 0, "dB")


def _look(mended: Mended, pair: _Pair, made: Looks) -> str:
    step, rate_hz = mended.step, pair.rate_hz
    told = Finding(
        step.finding, step.code, "info", (step.stem,), step.first / rate_hz, step.stop / rate_hz, 0
    )
    where = place_of(told, [pair.seen], paired=False)
    if where is None or where.seconds <= 0.0 or not made.has_room:
        return ""
    hz = played_hz(rate_hz)
    start, frames = round(where.start_s * hz), max(1, round(where.seconds * hz))
    one, other = pair.lanes(start, frames, hz, moved=step.code == "offset")
    lanes = (
        Lane("before", _COLOURS[0], one),
        Lane("after", _COLOURS[1], other),
        Lane("what was changed", _COLOURS[2], other - one),
    )
    seen = strips(Scene(where, lanes[:2], hz), "info")
    near = _close(step.first, step.stop, pair) if where.to_s - where.from_s < _MOST_CLOSE_S else ""
    return heard_place(made, Scene(where, lanes, hz), seen, near, lossless=True)


def _close(first: int, stop: int, pair: _Pair) -> str:
    """The samples before and after, on one scale."""
    rate_hz = pair.rate_hz
    frames = max(32, round(max(_CLOSE_S * rate_hz, _BESIDE * (stop - first))))
    frames = min(pair.before.facts.frames, frames)
    start = max(0, min((first + stop - frames) // 2, pair.before.facts.frames - frames))
    both = pair.lanes(start, frames, rate_hz, moved=False)
    peak = max(float(np.abs(each).max(initial=0.0)) for each in both)
    told = (first / rate_hz, stop / rate_hz)
    near = "".join(
        close_up(each, rate_hz, start / rate_hz, told, "info", name=name, peak=peak)
        for name, each in zip(("before", "after"), both, strict=True)
    )
    return tag("div", near, class_="close-ups")
