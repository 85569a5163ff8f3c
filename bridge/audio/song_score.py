"""The demo song's score: 96 BPM, A minor, intro, verse, chorus, outro and a last chord."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BEAT_S = 60 / 96
BEATS_A_BAR = 4
BAR_S = BEAT_S * BEATS_A_BAR

Section = Literal["intro", "verse", "chorus", "outro", "end"]
Phrase = tuple[tuple[float, float, int, str], ...]
"""(beat, length in beats, MIDI note, vowel)"""


@dataclass(frozen=True)
class Chord:
    """A bass note and a close voicing, as MIDI notes."""

    bass: int
    voicing: tuple[int, ...]


AM = Chord(33, (57, 60, 64, 67))
F = Chord(29, (53, 57, 60, 64))
C = Chord(36, (55, 60, 64, 67))
G = Chord(31, (55, 59, 62, 67))

_CHORDS: dict[Section, tuple[Chord, ...]] = {
    "intro": (AM, F),
    "verse": (AM, F, C, G),
    "chorus": (F, G, AM, C),
    "outro": (F, G),
    "end": (AM,),
}

_MELODY: dict[Section, tuple[Phrase, ...]] = {
    "intro": ((), ()),
    "verse": (
        ((0.5, 0.5, 64, "e"), (1, 1, 69, "a"), (2, 0.5, 67, "o"), (2.5, 1.25, 64, "u")),
        ((0.5, 0.5, 65, "i"), (1, 0.5, 69, "a"), (1.5, 1, 72, "a"), (2.5, 1.25, 69, "o")),
        ((0, 1, 67, "a"), (1, 0.5, 64, "e"), (1.5, 0.5, 67, "e"), (2, 1.5, 72, "o")),
        ((0, 1, 71, "a"), (1, 0.5, 69, "i"), (1.5, 0.5, 71, "e"), (2, 1.75, 67, "u")),
    ),
    "chorus": (
        ((0, 1.5, 72, "a"), (1.5, 0.5, 69, "i"), (2, 1.75, 72, "o")),
        ((0, 1.5, 74, "a"), (1.5, 0.5, 71, "e"), (2, 1.75, 74, "a")),
        ((0, 2, 76, "a"), (2, 0.5, 72, "i"), (2.5, 0.5, 74, "e"), (3, 0.9, 76, "o")),
        ((0, 1, 72, "a"), (1, 1, 76, "e"), (2, 0.5, 74, "i"), (2.5, 1.4, 72, "o")),
    ),
    "outro": (((0, 3.5, 69, "u"),), ((0, 3.5, 71, "o"),)),
    "end": (((0, 2.5, 69, "a"),),),
}

_HARMONY: tuple[tuple[int, ...], ...] = ((60, 65, 69), (62, 67, 71), (64, 69, 72), (64, 67, 72))


@dataclass(frozen=True)
class Bar:
    """One bar: where it starts, and what is played in it."""

    start_s: float
    section: Section
    chord: Chord
    melody: Phrase
    harmony: tuple[int, ...]
    leads_to_chorus: bool


def bars_of(seconds: float) -> tuple[Bar, ...]:
    """Return the song's bars; the last is the chord that rings out, and is no whole bar.

    Of the whole bars a sixth is intro, a third verse, a third chorus and a sixth outro.
    """
    whole = max(0, int((seconds - 1.0) // BAR_S))
    sections = [_section(number / whole) for number in range(whole)] + ["end"]
    firsts = {section: sections.index(section) for section in sections}
    return tuple(
        _bar(number, section, number - firsts[section], sections)
        for number, section in enumerate(sections)
    )


def _section(place: float) -> Section:
    if place < 1 / 6:
        return "intro"
    if place < 1 / 2:
        return "verse"
    return "chorus" if place < 5 / 6 else "outro"


def _bar(number: int, section: Section, place: int, sections: list[Section]) -> Bar:
    chords, melody = _CHORDS[section], _MELODY[section]
    following = sections[number + 1] if number + 1 < len(sections) else section
    return Bar(
        start_s=number * BAR_S,
        section=section,
        chord=chords[place % len(chords)],
        melody=melody[place % len(melody)],
        harmony=_HARMONY[place % len(_HARMONY)] if section == "chorus" else (),
        leads_to_chorus=section != "chorus" and following == "chorus",
    )
