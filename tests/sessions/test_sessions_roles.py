"""Names met in real exports, and the role an engineer would give them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from sessions.bundle.roles import ROLES, role_of

NAMES = {
    "Kick": "drums/kick",
    "BD 01": "drums/kick",
    "Kick In": "drums/kick",
    "KickOut": "drums/kick",
    "Kick Sub": "drums/kick",
    "Bass Drum": "drums/kick",
    "808 Kick": "drums/kick",
    "Snare Top": "drums/snare",
    "SD": "drums/snare",
    "snare_verb": "drums/snare",
    "Hi-Hat": "drums/hats",
    "HiHats": "drums/hats",
    "HH": "drums/hats",
    "OH": "drums/cymbals",
    "Drums OH": "drums/cymbals",
    "Overheads": "drums/cymbals",
    "ride": "drums/cymbals",
    "Crash_2": "drums/cymbals",
    "Floor Tom": "drums/toms",
    "Toms": "drums/toms",
    "Perc Loop": "drums/percussion",
    "Clap 04": "drums/percussion",
    "Tambourine": "drums/percussion",
    "Drum Loop": "drums/loop",
    "loop1": "drums/loop",
    "Drums": "drums",
    "Kit Room": "drums",
    "808 Drums": "drums",
    "Bass": "bass",
    "Bass Guitar": "bass",
    "Bass DI": "bass",
    "Sub": "bass",
    "Synth Sub": "bass",
    "808": "bass",
    "808s": "bass",
    "Synth Bass": "bass",
    "pad_bass": "bass",
    "gtr2": "guitar",
    "Ac Gtr": "guitar",
    "AcGtr": "guitar",
    "Lead Guitar": "guitar",
    "Ld Gtr dbl": "guitar",
    "12-String": "guitar",
    "E-Guitar L": "guitar",
    "Piano": "keys",
    "Rhodes Loop": "keys",
    "Hammond B3": "keys",
    "Synth": "synth",
    "Synth Lead": "synth",
    "LeadSynth": "synth",
    "SynthPad": "synth/pad",
    "String Pad": "synth/pad",
    "arp_02": "synth/arp",
    "Synth Strings": "strings",
    "Violins 1": "strings",
    "Cello": "strings",
    "Alto Sax": "brass",
    "French Horn": "brass",
    "Trumpets": "brass",
    "Lead": "vocals/lead",
    "Lead Vox": "vocals/lead",
    "ld vox": "vocals/lead",
    "vox_main": "vocals/lead",
    "LeadVocal1": "vocals/lead",
    "Lead Vox Dbl": "vocals/lead",
    "BV": "vocals/backing",
    "BVs": "vocals/backing",
    "BGV 3": "vocals/backing",
    "bgvox_echo": "vocals/backing",
    "BackingVox": "vocals/backing",
    "Vox Double": "vocals/backing",
    "Harmony": "vocals/backing",
    "Vox Ohs": "vocals/backing",
    "Choir": "vocals/choir",
    "Voc": "vocals",
    "vox1": "vocals",
    "Vox FX": "vocals",
    "FX": "fx",
    "SFX Riser": "fx",
    "Impact 3": "fx",
    "Guitar Harmony": "guitar",
    "Double": "other",
    "Subtle": "other",
    "Basement": "other",
    "Sandman": "other",
    "That": "other",
    "": "other",
    "___": "other",
}


@pytest.mark.parametrize(("name", "role"), NAMES.items())
def test_role_of_real_names(name: str, role: str) -> None:
    assert role_of(name) == role


def test_the_roles_are_those_a_chain_can_select() -> None:
    drums = ["kick", "snare", "hats", "toms", "cymbals", "percussion", "loop"]
    vocals = ["vocals", "vocals/lead", "vocals/backing", "vocals/choir"]
    assert [role for role in ROLES if role.startswith("drums/")] == [f"drums/{d}" for d in drums]
    assert [role for role in ROLES if role.startswith("vocals")] == vocals
    assert len(ROLES) == len(set(ROLES)) == 22


@given(st.text())
def test_any_text_has_exactly_one_known_role(name: str) -> None:
    assert role_of(name) in ROLES


@given(st.sampled_from(sorted(NAMES)), st.integers(2, 99))
def test_case_and_a_take_number_change_no_role(name: str, take: int) -> None:
    assert role_of(name.upper()) == role_of(name.lower())
    assert role_of(f"{name} {take}") == role_of(name)
