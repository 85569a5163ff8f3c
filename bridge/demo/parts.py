"""Who plays what in the demo song: one function a stem, from the score to (2, frames) float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from blake3 import blake3

from bridge.audio import Block
from bridge.demo import voices as voices
from bridge.demo.shaping import Mono, band_passed, low_passed
from stemwright.exact import power_of_ten, sin_cos

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


_LOUDNESS = {"intro": 0.9, "verse": 0.85, "chorus": 1.0, "outro": 0.75, "end": 0.8}


class Stage:
    """A stereo stretch of time on which sounds are placed."""

    def __init__(self, name: str, frames: int, sample_rate_hz: int) -> None:
        seed = int.from_bytes(blake3(f"demo song {name}".encode()).digest()[:16], "little")
        self.rng = np.random.Generator(np.random.PCG64(seed))
        self.rate = sample_rate_hz
        self.block: Block = np.zeros((2, frames))

    def place(self, sound: Mono, at_s: float, gain: float, pan: float = 0.0) -> None:
        """Add a sound at a time; pan -1 is left and +1 right, at constant power."""
        start = round(at_s * self.rate)
        sound = sound[: max(0, self.block.shape[1] - start)]
        right, left = sin_cos(pan + 1, 8)
        for row, side in zip(self.block, (left, right), strict=True):
            row[start : start + len(sound)] += gain * side * sound

    def late(self, spread_s: float) -> float:
        """A player's unevenness: up to `spread_s` behind the beat."""
        return float(self.rng.random()) * spread_s

    def touch(self) -> float:
        """A player's unevenness in strength: 0.8 to 1."""
        return 0.8 + 0.2 * float(self.rng.random())

    def room(self, amount: float, seconds: float = 1.4) -> None:
        """Add a room: four feedback delays a side (after Schroeder, 1962), the two sides unlike."""
        for row, delays in zip(
            self.block, ((1.0, 1.17, 1.31, 1.43), (1.06, 1.2, 1.27, 1.5)), strict=True
        ):
            dry = band_passed(row, 250.0, 4500.0, self.rate)
            for factor in delays:
                frames = int(0.0297 * factor * self.rate)
                keep = power_of_ten(-3 * frames, seconds * self.rate)
                row += 0.25 * amount * _echoed(dry, frames, keep)


def _echoed(dry: Mono, frames: int, keep: float) -> Mono:
    """y[n] = x[n - frames] + keep * y[n - frames], a delay's length at a time."""
    out = np.zeros_like(dry)
    for at in range(frames, len(dry), frames):
        end = min(len(dry), at + frames)
        count = end - at
        before = slice(at - frames, at - frames + count)
        out[at:end] = dry[before] + keep * out[before]
    return out


def drums(stage: Stage, bars: tuple[Bar, ...]) -> None:
    """Kick, snare, hats, a fill before the chorus and crashes at the turns."""
    rate, rng = stage.rate, stage.rng
    sounds = {
        "kick": voices.kick(rate),
        "snare": voices.snare(rate, rng),
        "hat": voices.cymbal(rate, rng, 0.03),
        "open": voices.cymbal(rate, rng, 0.16),
        "crash": voices.cymbal(rate, rng, 0.9),
    }
    for number, bar in enumerate(bars):
        turn = number == 0 or bars[number - 1].section != bar.section
        for name, beat, gain, pan in _strokes(bar, turn):
            at_s = bar.start_s + beat * BEAT_S + stage.late(0.004)
            stage.place(sounds[name], at_s, gain * stage.touch(), pan)
    stage.room(0.12, 0.6)


def _strokes(bar: Bar, turn: bool) -> list[tuple[str, float, float, float]]:
    """(sound, beat, gain, pan)"""
    if bar.section == "intro":
        return [("hat", beat / 2, 0.2, 0.25) for beat in range(8)]
    if bar.section == "end":
        return [("kick", 0.0, 0.9, 0.0), ("crash", 0.0, 0.35, -0.3)]
    chorus = bar.section == "chorus"
    loud = _LOUDNESS[bar.section]
    kicks = (0.0, 0.75, 2.0, 2.5, 3.5) if chorus else (0.0, 2.0, 2.5)
    backbeats = () if bar.section == "outro" else (1.0, 3.0)
    steps = 16 if chorus else 8
    strokes = [("kick", beat, loud, 0.0) for beat in kicks]
    strokes += [("snare", beat, 0.75 * loud, 0.05) for beat in backbeats]
    strokes += [
        ("open" if chorus and step % 4 == 2 else "hat", 4 * step / steps, 0.26 * loud, 0.25)
        for step in range(steps)
    ]
    if chorus and turn:
        strokes.append(("crash", 0.0, 0.5, -0.3))
    if bar.leads_to_chorus:
        strokes += [("snare", 3 + step / 4, 0.3 + 0.12 * step, 0.05) for step in range(4)]
    return strokes


def bass(stage: Stage, bars: tuple[Bar, ...]) -> None:
    """Held roots at first, eighths in the chorus with an octave at the end of the bar."""
    for bar in bars:
        chorus = bar.section == "chorus"
        beats = [step / 2 for step in range(8)] if chorus else [0.0, 1.5, 2.0, 3.5]
        beats = beats if bar.section in ("verse", "chorus") else [0.0]
        for beat, following in zip(beats, [*beats[1:], 4.0], strict=True):
            octave = 12 if chorus and beat == 3.5 else 0
            frames = int((following - beat) * BEAT_S * 0.95 * stage.rate)
            sound = voices.bass(bar.chord.bass + octave, frames, stage.rate)
            gain = _LOUDNESS[bar.section] * stage.touch()
            stage.place(sound, bar.start_s + beat * BEAT_S + stage.late(0.006), gain)


def keys(stage: Stage, bars: tuple[Bar, ...]) -> None:
    """Electric piano chords, pushed on the and of two."""
    for bar in bars:
        loud = _LOUDNESS[bar.section]
        for beat, length in ((0.0, 1.5), (1.5, 2.5)) if bar.section != "end" else ((0.0, 4.0),):
            frames = int(length * BEAT_S * stage.rate)
            for place, note in enumerate(bar.chord.voicing):
                sound = voices.electric_piano(note, frames, stage.rate, loud * stage.touch())
                at_s = bar.start_s + beat * BEAT_S + stage.late(0.012)
                stage.place(sound, at_s, 0.4 * loud, -0.45 + 0.3 * place)
    stage.room(0.25)


def guitar(stage: Stage, bars: tuple[Bar, ...]) -> None:
    """Picked eighths in the verse, strummed and doubled left and right in the chorus."""
    strings: dict[tuple[int, int], Mono] = {}
    for bar in bars:
        notes = (bar.chord.bass + 12, *bar.chord.voicing)
        for double in (0, 1):
            for note in notes:
                if (note, double) not in strings:
                    frames = int(0.9 * BAR_S * stage.rate)
                    strings[note, double] = voices.string(note, frames, stage.rate, stage.rng)
        if bar.section == "verse":
            _pick(stage, bar, [strings[note, 0] for note in notes])
        elif bar.section in ("chorus", "end"):
            for double, pan in enumerate((-0.8, 0.8)):
                _strum(stage, bar, [strings[note, double] for note in notes], pan)
    stage.room(0.15, 0.9)


def _pick(stage: Stage, bar: Bar, strings: list[Mono]) -> None:
    frames = int(0.9 * BEAT_S * stage.rate)
    for step, place in enumerate((0, 2, 3, 4, 1, 3, 4, 2)):
        sound = voices.shaped(strings[place][:frames], stage.rate, 0.0, 0.15)
        at_s = bar.start_s + step * BEAT_S / 2 + stage.late(0.008)
        stage.place(sound, at_s, 0.42 * stage.touch(), 0.35)


def _strum(stage: Stage, bar: Bar, strings: list[Mono], pan: float) -> None:
    strokes = (0.0, 1.0, 1.5, 2.5, 3.0, 3.5) if bar.section == "chorus" else (0.0,)
    for beat, following in zip(strokes, (*strokes[1:], 4.0), strict=True):
        down = beat == int(beat)
        at_s = bar.start_s + beat * BEAT_S + stage.late(0.01)
        frames = int((following - beat + 0.1) * BEAT_S * stage.rate)
        for place, sound in enumerate(strings if down else strings[::-1]):
            held = voices.shaped(sound[:frames], stage.rate, 0.0, 0.05)
            stage.place(held, at_s + 0.011 * place, (0.5 if down else 0.35) * stage.touch(), pan)


def pad(stage: Stage, bars: tuple[Bar, ...]) -> None:
    """Held chords from side to side, brighter in the chorus."""
    frames = int((BAR_S + 0.35) * stage.rate)
    for bar in bars:
        loud = _LOUDNESS[bar.section]
        for place, note in enumerate(bar.chord.voicing):
            tone = voices.pad(note, frames, stage.rate, stage.rng)
            tone = low_passed(tone, 500 + 1600 * loud * loud, stage.rate)
            stage.place(tone, bar.start_s, 0.3 * loud, -0.9 + 0.6 * place)
    stage.room(0.35, 2.0)


def lead(stage: Stage, bars: tuple[Bar, ...]) -> None:
    """The sung melody."""
    before = 64
    for bar in bars:
        for beat, length, note, vowel in bar.melody:
            frames = int(length * BEAT_S * stage.rate)
            sound = voices.sung(note, before, frames, stage.rate, vowel, stage.rng)
            at_s = bar.start_s + beat * BEAT_S
            accent = 1.0 if beat == 0 else 0.65
            gain = accent * _LOUDNESS[bar.section] * stage.touch()
            stage.place(sound, at_s, gain)
            if vowel in "ei" and at_s > 0.1:
                stage.place(voices.consonant(stage.rate, stage.rng), at_s - 0.06, 0.25)
            before = note
    stage.room(0.25)


def backing(stage: Stage, bars: tuple[Bar, ...]) -> None:
    """Three voices behind the chorus, each doubled left and right, swelling in every bar."""
    frames = int(0.97 * BAR_S * stage.rate)
    for bar in bars:
        for place, note in enumerate(bar.harmony):
            for side in (-0.8, 0.8):
                vowel = "a" if place else "o"
                sound = voices.sung(note, note - 0.5, frames, stage.rate, vowel, stage.rng)
                at_s = bar.start_s + stage.late(0.03)
                sound *= np.linspace(0.5, 1.0, frames)
                stage.place(sound, at_s, 0.4, side * (1 - 0.25 * place))
    stage.room(0.4, 1.8)


def fx(stage: Stage, bars: tuple[Bar, ...]) -> None:
    """A riser into the chorus, impacts where it starts and where the song ends."""
    for bar in bars:
        if bar.leads_to_chorus:
            stage.place(
                voices.riser(int(BAR_S * stage.rate), stage.rate, stage.rng), bar.start_s, 0.6
            )
            stage.place(voices.impact(stage.rate, stage.rng), bar.start_s + BAR_S, 0.5)
        elif bar.section == "end":
            stage.place(voices.impact(stage.rate, stage.rng), bar.start_s, 0.8)
    stage.room(0.3, 2.0)


PARTS: Mapping[str, tuple[Callable[[Stage, tuple[Bar, ...]], None], float]] = MappingProxyType(
    {
        "drums": (drums, -9.0),
        "bass": (bass, -12.0),
        "keys": (keys, -12.0),
        "guitar": (guitar, -11.0),
        "pad": (pad, -12.0),
        "lead": (lead, -12.0),
        "backing": (backing, -12.0),
        "fx": (fx, -12.0),
    }
)
"""Stem name -> its player and its peak in dBFS."""
