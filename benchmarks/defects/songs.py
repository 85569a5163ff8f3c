"""Songs of several stems: synthesised to one score each, and the shared ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.defects.clean import Part, seeded, shared, shared_paths
from benchmarks.defects.material import (
    beaten,
    drums,
    edits,
    fingers,
    grains,
    hammers,
    mallets,
    modulated,
    produced,
    strings,
    synths,
    throats,
    voices,
    winds,
)
from benchmarks.defects.material.recorded import mouths, places, reeds, struck, strung
from benchmarks.defects.material.tools import Player, Score, room, within
from benchmarks.defects.material.wired import amplified, keys, machines, voltages
from benchmarks.defects.sound import Sound, on_grid
from bridge.audio import Block

_SECONDS = 24.0
_RATE_HZ = 48000
_LEAD_FRAMES = 960
"""Silence before a song, so that a synthesiser that starts hard is not cut."""
RETURN = "Vocal Reverb"
_RETURN_OF = "Lead Vocal"


@dataclass(frozen=True)
class Song:
    """Clean stems by name, all of one rate, and their sum as the rough mix."""

    name: str
    stems: Mapping[str, Sound]
    bpm: float | None = None

    @property
    def rate_hz(self) -> int:
        """The rate of all its stems."""
        return next(iter(self.stems.values())).rate_hz

    @property
    def mix(self) -> Block:
        """(2, frames) of the plain sum."""
        return summed(self.stems)


_BAND: dict[str, tuple[Player, float]] = {
    "Drums": (drums.kit, -6.0),
    "Bass": (synths.plucked_bass, -9.0),
    "Guitar": (strings.strummed, -12.0),
    "Keys": (synths.electric_piano, -12.0),
    "Strings": (strings.bowed, -14.0),
    "Percussion": (drums.hands, -14.0),
    "Lead Vocal": (voices.sung, -7.0),
    "Backing Vocals": (voices.choir, -13.0),
}
_CLUB: dict[str, tuple[Player, float]] = {
    "Kick": (drums.kicks, -5.0),
    "Hats": (drums.hats, -14.0),
    "Drum Loop": (drums.chopped_break, -10.0),
    "808": (synths.sub_bass, -7.0),
    "Lead Synth": (synths.saw_lead, -12.0),
    "Pad": (synths.pad, -13.0),
    "Lead Vocal": (voices.roomy_voice, -8.0),
    "FX": (edits.riser, -12.0),
}
_ROCK: dict[str, tuple[Player, float]] = {
    "Drums": (drums.kit, -5.0),
    "Bass": (synths.driven_bass, -9.0),
    "Rhythm Guitar": (strings.distorted, -11.0),
    "Clean Guitar": (strings.picked, -12.0),
    "Organ": (synths.organ, -14.0),
    "Toms": (drums.toms_and_crashes, -12.0),
    "Lead Vocal": (voices.sung, -7.0),
    "Backing Vocals": (voices.choir, -14.0),
}
_BEAT: dict[str, tuple[Player, float]] = {
    "Drum Machine": (drums.machine, -6.0),
    "808": (synths.sub_bass, -7.0),
    "Bells": (synths.bells, -13.0),
    "Pad": (synths.pad, -14.0),
    "Glitch": (edits.glitch, -15.0),
    "Percussion": (drums.hands, -14.0),
    "Lead Vocal": (voices.rapped, -7.0),
    "Brass": (synths.brass, -14.0),
}
_CHAMBER: dict[str, tuple[Player, float]] = {
    "Timpani": (mallets.timpani, -8.0),
    "Harp": (grains.harp, -12.0),
    "Pizzicato": (grains.pizzicato, -12.0),
    "Flute": (winds.flute, -11.0),
    "Clarinet": (winds.clarinet, -12.0),
    "Vibes": (mallets.vibraphone, -14.0),
    "Brush Kit": (mallets.brushes, -11.0),
    "Lead Vocal": (grains.hummed, -8.0),
}
_ACID: dict[str, tuple[Player, float]] = {
    "Claps": (mallets.claps, -9.0),
    "Shaker": (mallets.shakers, -14.0),
    "Sub": (modulated.pure_sub, -7.0),
    "Acid Synth": (modulated.acid, -10.0),
    "Glass Pad": (modulated.fm_glass, -14.0),
    "Clav": (modulated.clav, -13.0),
    "Lead Vocal": (grains.robot, -8.0),
    "Ring FX": (modulated.ring_modulated, -15.0),
}
_FOLK: dict[str, tuple[Player, float]] = {
    "Shaker": (mallets.shakers, -13.0),
    "FM Bass": (modulated.fm_bass, -9.0),
    "Accordion": (winds.accordion, -11.0),
    "Sitar": (grains.sitar, -11.0),
    "Marimba": (mallets.marimba, -12.0),
    "Organ": (winds.chopped_organ, -14.0),
    "Texture": (grains.cloud, -15.0),
    "Lead Vocal": (grains.whisper, -8.0),
}
_CAMPFIRE: dict[str, tuple[Player, float]] = {
    "Cajon": (beaten.cajon, -7.0),
    "Tambourine": (beaten.tambourine, -14.0),
    "Fretless Bass": (fingers.fretless, -9.0),
    "Nylon Guitar": (fingers.nylon, -11.0),
    "Banjo": (fingers.banjo, -14.0),
    "Melodica": (hammers.melodica, -13.0),
    "Cello": (fingers.cello, -12.0),
    "Lead Vocal": (throats.soprano, -7.0),
}
_FESTIVAL: dict[str, tuple[Player, float]] = {
    "Supersaw": (produced.supersaw, -9.0),
    "Wobble": (produced.wobble, -7.0),
    "Arp": (produced.arpeggio, -14.0),
    "Stutter": (produced.stutter, -14.0),
    "Hat Rolls": (produced.rolled_hats, -15.0),
    "Cowbell": (beaten.cowbell, -13.0),
    "Noise FX": (produced.noise_swells, -16.0),
    "Lead Vocal": (throats.shouted, -8.0),
}
_THEATRE: dict[str, tuple[Player, float]] = {
    "Piano": (hammers.grand_piano, -8.0),
    "Church Organ": (hammers.pipe_organ, -14.0),
    "Harpsichord": (hammers.harpsichord, -14.0),
    "Celesta": (hammers.celesta, -15.0),
    "Ride": (beaten.ride, -14.0),
    "Tape Choir": (hammers.tape_choir, -14.0),
    "Lead Vocal": (throats.read_aloud, -7.0),
}
_CARNIVAL: dict[str, tuple[Player, float]] = {
    "Steel Pan": (beaten.steel_pan, -10.0),
    "Tabla": (beaten.tabla, -8.0),
    "Slap Bass": (fingers.slap_bass, -8.0),
    "Mandolin": (fingers.mandolin, -13.0),
    "Vocal Chops": (produced.vocal_chops, -13.0),
    "Reverse FX": (produced.reversed_room, -15.0),
    "Metal Bass": (produced.folded_bass, -13.0),
    "Lead Vocal": (throats.talk_box, -9.0),
}
_CEILIDH: dict[str, tuple[Player, float]] = {
    "Pipes": (reeds.bagpipes, -13.0),
    "Musette": (reeds.musette, -12.0),
    "Fiddle": (strung.fiddle, -10.0),
    "Dulcimer": (strung.dulcimer, -13.0),
    "Upright Bass": (strung.upright, -8.0),
    "Snare": (struck.snare_rolls, -9.0),
    "Lead Vocal": (mouths.chanting, -9.0),
}
_EIGHTIES: dict[str, tuple[Player, float]] = {
    "80s Kit": (machines.gated_kit, -7.5),
    "E-Toms": (machines.electronic_toms, -11.0),
    "Moog Bass": (voltages.ladder_bass, -10.0),
    "DX Keys": (keys.fm_tines, -12.0),
    "Solina": (keys.string_machine, -15.0),
    "Sync Lead": (voltages.sync_lead, -14.0),
    "Lead Guitar": (amplified.lead_guitar, -12.0),
    "Lead Vocal": (mouths.doubled, -8.5),
}
_DUB: dict[str, tuple[Player, float]] = {
    "Congas": (struck.congas, -9.0),
    "Guiro": (struck.guiro, -15.0),
    "Bass DI": (amplified.picked_bass, -7.0),
    "B3": (keys.tonewheel, -12.0),
    "Dub Chords": (machines.dub_chords, -12.0),
    "Funk Guitar": (amplified.funk_guitar, -11.0),
    "Trombone": (reeds.trombone, -11.0),
    "Lead Vocal": (mouths.talk, -8.0),
}
_FILM: dict[str, tuple[Player, float]] = {
    "Rain": (places.rain, -18.0),
    "Koto": (strung.koto, -10.0),
    "Kalimba": (struck.kalimba, -12.0),
    "Bowls": (struck.singing_bowls, -13.0),
    "Cymbals": (struck.cymbal_swells, -11.0),
    "Stretched Bells": (machines.stretched, -15.0),
    "Pedal Steel": (amplified.pedal_steel, -12.0),
    "Lead Vocal": (mouths.overtones, -9.0),
}
TRAINING = {
    "band": _BAND,
    "club": _CLUB,
    "band two": _BAND,
    "rock": _ROCK,
    "beat": _BEAT,
    "chamber": _CHAMBER,
    "acid": _ACID,
    "folk": _FOLK,
    "campfire": _CAMPFIRE,
    "festival": _FESTIVAL,
    "theatre": _THEATRE,
    "carnival": _CARNIVAL,
}
KEPT = {"ceilidh": _CEILIDH, "eighties": _EIGHTIES, "dub": _DUB, "film": _FILM}
_SHARED = ("caesium", "crunkdemo-lmms", "potassium")


def songs(part: Part) -> Iterator[Song]:
    """The songs of a part of the set, one at a time."""
    for name, parts in (TRAINING if part == "training" else KEPT).items():
        yield _played(name, parts)
    for name in _SHARED if part == "training" else ():
        paths = shared_paths(name)
        if paths:
            yield Song(name, {path.stem: shared(path) for path in paths})


def _played(name: str, parts: Mapping[str, tuple[Player, float]]) -> Song:
    score, stems = Score.drawn(seeded("song", name)), {}
    for part, (player, peak_db) in parts.items():
        block = player(score, seeded("song", name, part), _SECONDS, _RATE_HZ)
        late = np.pad(block, ((0, 0), (_LEAD_FRAMES, 0)))[:, : block.shape[1]]
        stems[part] = _held(late, peak_db)
    stems[RETURN] = _return_of(stems[_RETURN_OF], name)
    return Song(name, stems, score.bpm)


def with_return(song: Song) -> Song:
    """The song, and the return of a reverb if it has none: of its voice, or its first stem."""
    if RETURN in song.stems:
        return song
    sent = next((name for name in song.stems if "vox" in name), next(iter(song.stems)))
    wet = _return_of(song.stems[sent], song.name)
    return replace(song, stems={**song.stems, RETURN: wet})


def _return_of(sound: Sound, song: str) -> Sound:
    wet = room(sound.samples, seeded("song", song, "return"), sound.rate_hz, 1.6, 1.0)
    return _held(within(wet, sound.frames) - sound.samples, -15.0, sound.rate_hz)


def _held(block: Block, peak_db: float, rate_hz: int = _RATE_HZ) -> Sound:
    fall = round(1.5 * rate_hz)
    out = block.copy()
    out[:, -fall:] *= 0.5 + 0.5 * np.cos(np.pi * (1 + np.arange(fall)) / fall)
    return Sound(on_grid(out * 10 ** (peak_db / 20) / np.abs(out).max(), "PCM_24"), rate_hz)


def summed(stems: Mapping[str, Sound]) -> Block:
    """(2, frames) of stems of any length, both sides of a mono one alike."""
    frames = max(sound.frames for sound in stems.values())
    total = np.zeros((2, frames))
    for sound in stems.values():
        total[:, : sound.frames] += sound.samples
    return total
