"""What a stem is, told by its name: a role path such as "drums/kick", "vocals/lead" or "other"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sessions.bundle.naming import folded, word_set, words_as_written

OTHER = "other"
CHILDREN: Mapping[str, tuple[str, ...]] = {
    "drums": ("kick", "snare", "hats", "toms", "cymbals", "percussion", "loop"),
    "bass": (),
    "guitar": (),
    "keys": (),
    "synth": ("pad", "arp"),
    "strings": (),
    "brass": (),
    "vocals": ("lead", "backing", "choir"),
    "fx": (),
    OTHER: (),
}
"""Every role and its children."""

ROLES: tuple[str, ...] = tuple(
    path
    for role, children in CHILDREN.items()
    for path in (role, *(f"{role}/{child}" for child in children))
)
"""Every role path."""

# Words that name a sound by themselves. Of several, the last is the noun: "synth bass" is a bass.
_SOUNDS = {
    "drums/kick": "kick kicks kik kck bd kickdrum bassdrum",
    "drums/snare": "snare snares snr sn sd rim rimshot sidestick",
    "drums/hats": "hat hats hihat hihats hh",
    "drums/toms": "tom toms floortom",
    "drums/cymbals": "overhead overheads cymbal cymbals cym ride crash china splash",
    "drums/percussion": "perc percs percussion shaker shakers tambourine tamb conga congas bongo"
    " bongos cowbell clap claps clp claves cajon djembe tabla snap snaps woodblock timbales"
    " maracas guiro",
    "drums/loop": "drumloop drumloops breakbeat",
    "bass": "bass basses bassline synthbass reese",
    "guitar": "guitar guitars gtr gtrs egtr agtr acgtr elgtr strat telecaster banjo ukulele uke"
    " mandolin dobro lapsteel",
    "keys": "keys keyboard keyboards piano pianos pno rhodes wurli wurlitzer organ hammond b3"
    " clav clavinet harpsichord celesta epiano mellotron accordion marimba xylophone"
    " vibraphone glockenspiel",
    "synth/pad": "pad pads synthpad synthpads",
    "synth/arp": "arp arps arpeggio arpeggiator",
    "strings": "string strings strgs violin violins vln viola violas vla cello celli cellos"
    " contrabass fiddle harp",
    "brass": "brass trumpet trumpets tpt trombone trombones tbn horn horns sax saxes saxophone"
    " tuba flugelhorn woodwind woodwinds flute clarinet oboe bassoon",
    "vocals": "vox voxes vocal vocals voc vocs voice voices rap vocoder acapella acappella",
    "vocals/lead": "lv leadvox ldvox mainvox leadvocal leadvocals",
    "vocals/backing": "bv bvs bgv bgvs bgvox bgvocal bgvocals bvox backingvox backingvocal"
    " backingvocals adlib adlibs oohs aahs",
    "vocals/choir": "choir choirs chorale",
}
# They count above plain "synth", and below a drum: "808 kick" and "kick sub" are kicks.
_LOWS = {"bass": "sub subs subbass 808 808s"}
_KITS = {"drums": "drum drums drm drms kit drumkit beat beats"}
_SYNTHS = {"synth": "synth synths syn synthesizer synthesiser moog juno prophet"}
# They name a sound only when no other word does: "vox fx" are vocals, "lead guitar" a guitar.
_HINTS = {
    "drums/cymbals": "oh ohs",
    "drums/loop": "loop loops",
    "guitar": "acoustic",
    "synth": "pluck plucks supersaw saw saws stab stabs chord chords seq sequence",
    "synth/pad": "drone texture",
    "strings": "orchestra orch",
    "vocals/lead": "lead leads ld",
    "vocals/backing": "backing backings harmony harmonies harms",
    "vocals/choir": "soprano alto tenor",
    "fx": "fx sfx efx riser risers uplifter downlifter sweep sweeps impact impacts whoosh noise"
    " foley boom transition transitions atmos atmo atmosphere ambience reverb delay verb echo",
}
_WEIGHTS = ((50, _SOUNDS), (40, _KITS), (30, _LOWS), (20, _SYNTHS), (10, _HINTS))
_VOCABULARY: Mapping[str, tuple[int, str]] = {
    word: (weight, role)
    for weight, table in reversed(_WEIGHTS)
    for role, listed in table.items()
    for word in listed.split()
}
# Two words that together name another sound than the second alone.
_PAIRS = {
    ("bass", "drum"): "drums/kick",
    ("bass", "guitar"): "bass",
    ("bass", "gtr"): "bass",
    ("ad", "lib"): "vocals/backing",
    ("ad", "libs"): "vocals/backing",
    ("12", "string"): "guitar",
    ("steel", "drum"): "drums/percussion",
    ("steel", "drums"): "drums/percussion",
}
_PAIR_WEIGHT = 50
_BACKING = word_set(
    "backing backings background bg harmony harmonies harm harms gang stack stacks"
    " oh ohs ooh ah ahs"
)
_LEADING = word_set("lead leads ld main")
_DOUBLING = word_set("double doubles dbl dbls doubler doubled")


def role_of(name: str) -> str:
    """The role path of a stem called `name`; "other" when no word of it names a sound.

    Whole words only; digits at a word's end and camelCase count as word limits.
    """
    parts = tuple(split_words(name))
    best = (0, OTHER)
    for weight, role in _meanings(parts):
        if weight >= best[0]:
            best = (weight, role)
    return _refined(best[1], frozenset(parts))


def split_words(name: str) -> Iterator[str]:
    """The words of a name that can be looked up: "BackingVox2" gives backing, vox, 2."""
    for word in words_as_written(name):
        known = _known(folded(word))
        if known is not None:
            yield known
            continue
        for part in _camel_parts(word):
            small = folded(part)
            yield _known(small) or small


def _known(word: str) -> str | None:
    if word in _VOCABULARY:
        return word
    bare = word.rstrip("0123456789")
    return bare if bare in _VOCABULARY else None


def _camel_parts(word: str) -> Iterator[str]:
    start = 0
    for at in range(1, len(word)):
        if _limit(word, at):
            yield word[start:at]
            start = at
    yield word[start:]


def _limit(word: str, at: int) -> bool:
    """Tell whether a new word starts at `at`: before a capital, a digit, or a letter after one."""
    before, here = word[at - 1], word[at]
    if before.isdigit() != here.isdigit():
        return True
    if here.isupper() and before.islower():
        return True
    follows = word[at + 1 : at + 2]
    return here.isupper() and before.isupper() and follows.islower()


def _meanings(parts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Weight and role of each word that names a sound, in order."""
    for at, word in enumerate(parts):
        pair = _PAIRS.get((parts[at - 1], word)) if at else None
        if pair is not None:
            yield _PAIR_WEIGHT, pair
        elif word in _VOCABULARY:
            yield _VOCABULARY[word]


def _refined(role: str, parts: frozenset[str]) -> str:
    """A general role made precise by the words beside it."""
    if role == "vocals":
        if parts & _BACKING:
            return "vocals/backing"
        if parts & _LEADING:
            return "vocals/lead"
        return "vocals/backing" if parts & _DOUBLING else "vocals"
    if role == "drums":
        if parts & {"oh", "ohs"}:
            return "drums/cymbals"
        return "drums/loop" if parts & {"loop", "loops"} else "drums"
    return role
