"""The kinds of clean stems: who plays them, what their file is called, which are kept whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
from benchmarks.defects.material.tools import Player

Family = Literal["drums", "hats", "bass", "voice", "keys", "guitar", "synth", "pad", "fx"]


@dataclass(frozen=True)
class Kind:
    """A kind of stem: `starts_hard` where its first sample may stand anywhere in a wave."""

    player: Player
    file: str
    family: Family
    starts_hard: bool = False
    mono: bool = False
    kept: bool = False


KINDS: dict[str, Kind] = {
    "kit": Kind(drums.kit, "Drums", "drums"),
    "machine": Kind(drums.machine, "Drum Machine", "drums"),
    "chopped break": Kind(drums.chopped_break, "Break", "drums", starts_hard=True),
    "hats": Kind(drums.hats, "Hi-Hats", "hats"),
    "hands": Kind(drums.hands, "Percussion", "drums"),
    "kicks": Kind(drums.kicks, "Kick", "drums", mono=True),
    "toms": Kind(drums.toms_and_crashes, "Toms", "drums"),
    "sub bass": Kind(synths.sub_bass, "808", "bass", mono=True),
    "driven bass": Kind(synths.driven_bass, "Synth Bass", "bass", starts_hard=True, mono=True),
    "plucked bass": Kind(synths.plucked_bass, "Bass", "bass", mono=True),
    "saw lead": Kind(synths.saw_lead, "Lead Synth", "synth", starts_hard=True),
    "chip": Kind(synths.chip, "Chip", "synth", starts_hard=True, mono=True),
    "pad": Kind(synths.pad, "Pad", "pad"),
    "drone": Kind(synths.drone, "Drone", "pad"),
    "electric piano": Kind(synths.electric_piano, "Rhodes", "keys"),
    "organ": Kind(synths.organ, "Organ", "keys", starts_hard=True),
    "strummed": Kind(strings.strummed, "Acoustic Guitar", "guitar"),
    "picked": Kind(strings.picked, "Guitar", "guitar"),
    "distorted": Kind(strings.distorted, "Rhythm Guitar", "guitar", starts_hard=True, mono=True),
    "bowed": Kind(strings.bowed, "Strings", "pad"),
    "sung": Kind(voices.sung, "Lead Vocal", "voice", mono=True),
    "roomy voice": Kind(voices.roomy_voice, "Vocal", "voice"),
    "choir": Kind(voices.choir, "Backing Vocals", "voice"),
    "glitch": Kind(edits.glitch, "Glitch", "fx", starts_hard=True),
    "gated pad": Kind(edits.gated_pad, "Gated Pad", "pad"),
    "riser": Kind(edits.riser, "Riser", "fx"),
    "atmosphere": Kind(edits.atmosphere, "Atmo", "fx"),
    "bells": Kind(synths.bells, "Bells", "keys"),
    "pings": Kind(synths.pings, "Modular", "synth", starts_hard=True),
    "brass": Kind(synths.brass, "Brass", "synth"),
    "rapped": Kind(voices.rapped, "Rap Vocal", "voice", mono=True),
    "mouth drums": Kind(voices.mouth_drums, "Beatbox", "drums"),
    "scratches": Kind(edits.scratches, "Scratches", "fx", mono=True),
    "marimba": Kind(mallets.marimba, "Marimba", "keys"),
    "vibraphone": Kind(mallets.vibraphone, "Vibes", "keys"),
    "timpani": Kind(mallets.timpani, "Timpani", "drums"),
    "gongs": Kind(mallets.gongs, "Gong", "fx"),
    "claps": Kind(mallets.claps, "Claps", "drums"),
    "brushes": Kind(mallets.brushes, "Brush Kit", "drums"),
    "shakers": Kind(mallets.shakers, "Shaker", "hats"),
    "fm bass": Kind(modulated.fm_bass, "FM Bass", "bass", mono=True),
    "fm glass": Kind(modulated.fm_glass, "Glass Pad", "pad"),
    "clav": Kind(modulated.clav, "Clav", "keys", starts_hard=True),
    "wavetable lead": Kind(modulated.wavetable_lead, "Lead", "synth", mono=True),
    "reese": Kind(modulated.reese, "Reese Bass", "bass", mono=True),
    "pure sub": Kind(modulated.pure_sub, "Sub", "bass", mono=True),
    "acid": Kind(modulated.acid, "Acid Synth", "synth", starts_hard=True),
    "bit-crushed": Kind(modulated.bit_crushed, "Lo-Fi Keys", "keys", starts_hard=True),
    "ring modulated": Kind(modulated.ring_modulated, "Ring FX", "fx"),
    "flute": Kind(winds.flute, "Flute", "synth"),
    "clarinet": Kind(winds.clarinet, "Clarinet", "synth", mono=True),
    "accordion": Kind(winds.accordion, "Accordion", "keys"),
    "chopped organ": Kind(winds.chopped_organ, "Organ", "keys"),
    "cloud": Kind(grains.cloud, "Texture", "fx"),
    "harp": Kind(grains.harp, "Harp", "guitar"),
    "sitar": Kind(grains.sitar, "Sitar", "guitar"),
    "pizzicato": Kind(grains.pizzicato, "Pizzicato", "guitar"),
    "whisper": Kind(grains.whisper, "Whisper Vox", "voice", mono=True),
    "robot": Kind(grains.robot, "Vocoder", "voice"),
    "hummed": Kind(grains.hummed, "Humming Vocal", "voice", mono=True),
    "downlifter": Kind(grains.downlifter, "Downlifter", "fx"),
    "grand piano": Kind(hammers.grand_piano, "Piano", "keys"),
    "harpsichord": Kind(hammers.harpsichord, "Harpsichord", "keys"),
    "celesta": Kind(hammers.celesta, "Celesta", "keys"),
    "pipe organ": Kind(hammers.pipe_organ, "Church Organ", "keys"),
    "tape choir": Kind(hammers.tape_choir, "Tape Choir", "keys"),
    "melodica": Kind(hammers.melodica, "Melodica", "keys", mono=True),
    "nylon": Kind(fingers.nylon, "Nylon Guitar", "guitar"),
    "slap bass": Kind(fingers.slap_bass, "Slap Bass", "bass", mono=True),
    "fretless": Kind(fingers.fretless, "Fretless Bass", "bass", mono=True),
    "banjo": Kind(fingers.banjo, "Banjo", "guitar"),
    "cello": Kind(fingers.cello, "Cello", "pad"),
    "mandolin": Kind(fingers.mandolin, "Mandolin", "guitar"),
    "tabla": Kind(beaten.tabla, "Tabla", "drums"),
    "steel pan": Kind(beaten.steel_pan, "Steel Pan", "keys"),
    "tambourine": Kind(beaten.tambourine, "Tambourine", "hats"),
    "cowbell": Kind(beaten.cowbell, "Cowbell", "drums"),
    "cajon": Kind(beaten.cajon, "Cajon", "drums"),
    "ride": Kind(beaten.ride, "Ride", "hats"),
    "applause": Kind(beaten.applause, "Applause", "fx"),
    "supersaw": Kind(produced.supersaw, "Supersaw", "synth"),
    "wobble": Kind(produced.wobble, "Wobble Bass", "bass", mono=True),
    "stutter": Kind(produced.stutter, "Stutter Synth", "synth"),
    "arpeggio": Kind(produced.arpeggio, "Arp", "synth"),
    "reversed room": Kind(produced.reversed_room, "Reverse FX", "fx"),
    "folded bass": Kind(produced.folded_bass, "Metal Bass", "bass", mono=True),
    "rolled hats": Kind(produced.rolled_hats, "Hat Rolls", "hats"),
    "vocal chops": Kind(produced.vocal_chops, "Vocal Chops", "synth"),
    "noise swells": Kind(produced.noise_swells, "Noise FX", "fx"),
    "soprano": Kind(throats.soprano, "Soprano", "voice"),
    "shouted": Kind(throats.shouted, "Shouts", "voice", mono=True),
    "talk box": Kind(throats.talk_box, "Talk Box", "synth", mono=True),
    "read aloud": Kind(throats.read_aloud, "Spoken Vocal", "voice", mono=True),
}
