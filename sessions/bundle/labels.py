"""Which names of a bundle are stems and which are finished mixes, and what to call the stems."""

from __future__ import annotations

from collections.abc import Sequence

from sessions.bundle.naming import folded, strip_common, word_set, words_as_written
from sessions.bundle.roles import OTHER, role_of, split_words
from sessions.model.session import ReferenceKind
from stemwright.values import dataclass

_REFERENCES = frozenset({"reference", "references", "ref", "refs"})
_ROUGH = word_set("mix mixdown mixture premaster rough sum 2mix roughmix fullmix")
_MASTERS = frozenset({"master"})
# What Live 12, Cubase, Nuendo and Logic call the main bus when it is exported with the tracks.
_MAIN_BUSES = frozenset({("main",), ("main", "out"), ("stereo", "out"), ("stereo", "output")})
_DIGITS = "0123456789"


@dataclass(frozen=True)
class Label:
    """What a name of the bundle means; `mix` is None for a stem.

    `mix_word` is set on a stem whose name also holds a mix word: "drum mix".
    """

    name: str
    role: str
    mix: ReferenceKind | None = None
    mix_word: bool = False


def label(names: Sequence[str]) -> tuple[Label, ...]:
    """Label the files of one bundle by their names without extension; follows the names' order.

    Words that all files share (the song's title) are taken off before anything is looked up, so
    "Master of Puppets - kick" is no master.
    """
    short = _without_title(names)
    kinds = [_kind(name) for name in short]
    stems = [at for at, kind in enumerate(kinds) if kind is None]
    kept = dict(zip(stems, strip_common([short[at] for at in stems]), strict=True))
    labels = []
    for at, kind in enumerate(kinds):
        if kind is not None:
            labels.append(Label(short[at], OTHER, kind))
        else:
            mixed = _mix_word(short[at]) is not None
            labels.append(Label(kept[at], role_of(kept[at]), None, mixed))
    return tuple(labels)


def is_title(name: str, others: Sequence[str]) -> bool:
    """Tell whether two or more other names start with the whole of `name`, which names no sound.

    "Song.wav" beside "Song - kick.wav" and "Song - bass.wav" may well be the mix.
    """
    title = _folded_words(name)
    starting = [other for other in others if _folded_words(other)[: len(title)] == title]
    return bool(title) and len(starting) > 1 and role_of(name) == OTHER


def _without_title(names: Sequence[str]) -> list[str]:
    """Names without the parts they share; a mix that goes without the title does not keep it."""
    short = list(strip_common(names))
    core = _core(short)
    for at, name in zip(core, strip_common([short[at] for at in core]), strict=True):
        short[at] = name
    return short


def _core(names: Sequence[str]) -> list[int]:
    """Every name but the mixes that stand apart: no stem starts with the same word."""
    first = [_folded_words(name)[:1] for name in names]
    mixes = [_kind(name) is not None for name in names]
    stems = {word for word, mix in zip(first, mixes, strict=True) if not mix}
    core = [at for at, mix in enumerate(mixes) if not mix or first[at] in stems]
    shared = [at for at, word in enumerate(first) if first.count(word) > 1]
    return core or shared or list(range(len(names)))


def _kind(name: str) -> ReferenceKind | None:
    return _mix_word(name) if role_of(name) == OTHER else None


def _mix_word(name: str) -> ReferenceKind | None:
    """What mix words a name holds; "reference" outweighs "master", "rough" and "pre" any mix."""
    found = {word.rstrip(_DIGITS) for word in split_words(name)}
    found |= set(_folded_words(name))
    if found & _REFERENCES:
        return "reference"
    if found & _MASTERS and not found & {"pre", "rough", "premaster"}:
        return "master"
    is_main_bus = _folded_words(name) in _MAIN_BUSES
    return "mix" if is_main_bus or found & (_ROUGH | _MASTERS) else None


def _folded_words(name: str) -> tuple[str, ...]:
    return tuple(folded(word) for word in words_as_written(name))
