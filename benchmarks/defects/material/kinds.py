"""The kinds of clean stems: who plays them, what their file is called, which are kept whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks.defects.material import (
    drums,
    edits,
    grains,
    mallets,
    modulated,
    strings,
    synths,
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
    "marimba": Kind(mallets.marimba, "Marimba", "keys", kept=True),
    "vibraphone": Kind(mallets.vibraphone, "Vibes", "keys", kept=True),
    "timpani": Kind(mallets.timpani, "Timpani", "drums", kept=True),
    "gongs": Kind(mallets.gongs, "Gong", "fx", kept=True),
    "claps": Kind(mallets.claps, "Claps", "drums", kept=True),
    "brushes": Kind(mallets.brushes, "Brush Kit", "drums", kept=True),
    "shakers": Kind(mallets.shakers, "Shaker", "hats", kept=True),
    "fm bass": Kind(modulated.fm_bass, "FM Bass", "bass", kept=True, mono=True),
    "fm glass": Kind(modulated.fm_glass, "Glass Pad", "pad", kept=True),
    "clav": Kind(modulated.clav, "Clav", "keys", kept=True, starts_hard=True),
    "wavetable lead": Kind(modulated.wavetable_lead, "Lead", "synth", kept=True, mono=True),
    "reese": Kind(modulated.reese, "Reese Bass", "bass", kept=True, mono=True),
    "pure sub": Kind(modulated.pure_sub, "Sub", "bass", kept=True, mono=True),
    "acid": Kind(modulated.acid, "Acid Synth", "synth", kept=True, starts_hard=True),
    "bit-crushed": Kind(modulated.bit_crushed, "Lo-Fi Keys", "keys", kept=True, starts_hard=True),
    "ring modulated": Kind(modulated.ring_modulated, "Ring FX", "fx", kept=True),
    "flute": Kind(winds.flute, "Flute", "synth", kept=True),
    "clarinet": Kind(winds.clarinet, "Clarinet", "synth", kept=True, mono=True),
    "accordion": Kind(winds.accordion, "Accordion", "keys", kept=True),
    "chopped organ": Kind(winds.chopped_organ, "Organ", "keys", kept=True),
    "cloud": Kind(grains.cloud, "Texture", "fx", kept=True),
    "harp": Kind(grains.harp, "Harp", "guitar", kept=True),
    "sitar": Kind(grains.sitar, "Sitar", "guitar", kept=True),
    "pizzicato": Kind(grains.pizzicato, "Pizzicato", "guitar", kept=True),
    "whisper": Kind(grains.whisper, "Whisper Vox", "voice", kept=True, mono=True),
    "robot": Kind(grains.robot, "Vocoder", "voice", kept=True),
    "hummed": Kind(grains.hummed, "Humming Vocal", "voice", kept=True, mono=True),
    "downlifter": Kind(grains.downlifter, "Downlifter", "fx", kept=True),
}
