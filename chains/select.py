"""Which stems a group takes: globs on names, or roles with their children.

A glob follows fnmatch (`*`, `?`, `[abc]`), compared NFC-normalised and case-folded with the file
stem and with the stripped name. `role:R` takes stems of role R and of its children.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from functools import lru_cache
from typing import Protocol
from unicodedata import normalize

from stemwright.values import dataclass

REST = "*"
"""Alone in a group: whatever no other group took."""

_CHILDREN: dict[str, tuple[str, ...]] = {
    "drums": ("kick", "snare", "hats", "toms", "cymbals", "percussion", "loop"),
    "bass": (),
    "guitar": (),
    "keys": (),
    "synth": ("pad", "arp"),
    "strings": (),
    "brass": (),
    "vocals": ("lead", "backing", "choir"),
    "fx": (),
    "other": (),
}

ROLES: tuple[str, ...] = tuple(
    role
    for parent, children in _CHILDREN.items()
    for role in (parent, *(f"{parent}/{child}" for child in children))
)
"""Every role in full: "drums", "drums/kick", ..."""

ROLE_WORDS: tuple[str, ...] = (*ROLES, *(role.split("/")[1] for role in ROLES if "/" in role))
"""Every word `role:` accepts: the full names, and each child alone."""

_FULL = {role.split("/")[-1]: role for role in ROLES} | {role: role for role in ROLES}


@dataclass(frozen=True)
class StemName:
    """What a selector sees of a stem.

    `id` is the file stem, `name` the stripped name, `role` a full name of ROLES or None.
    """

    id: str
    name: str
    role: str | None = None


class Selecting(Protocol):
    """A group as far as selection goes; chains.model.Group is one."""

    @property
    def id(self) -> str:
        """The group's id."""
        ...

    @property
    def stems(self) -> tuple[str, ...]:
        """Its selectors."""
        ...


@dataclass(frozen=True)
class Assignment:
    """Who takes what. Every stem is in exactly one of `groups`, `unmatched` and `twice`.

    `groups` has a row for every group in chain order, its stems in the order given; `twice` names
    for each stem the groups that claim it; `empty` the groups whose selectors match no stem at all.
    """

    groups: tuple[tuple[str, tuple[StemName, ...]], ...]
    unmatched: tuple[StemName, ...] = ()
    twice: tuple[tuple[StemName, tuple[str, ...]], ...] = ()
    empty: tuple[str, ...] = ()


def matches(selector: str, stem: StemName) -> bool:
    """Tell whether one selector takes a stem; an unknown role takes nothing."""
    wanted = role_of(selector)
    if wanted is None:
        fits = _pattern(selector)
        return any(fits(_fold(name)) is not None for name in (stem.id, stem.name))
    full = _FULL.get(wanted)
    if full is None or stem.role is None:
        return False
    return stem.role == full or stem.role.startswith(f"{full}/")


def role_of(selector: str) -> str | None:
    """The word after `role:`, folded; None for a glob."""
    head, colon, word = _fold(selector).partition(":")
    return word.strip() if colon and head.strip() == "role" else None


def stem_selector(word: str) -> str | None:
    """The selector of stems a word of a version's `mute` or `only` is; None for a group's id."""
    head, colon, glob = word.partition(":")
    if colon and _fold(head).strip() == "stem":
        return glob.strip()
    return word if role_of(word) is not None else None


def assign(groups: Sequence[Selecting], stems: Sequence[StemName]) -> Assignment:
    """Link stems to groups; pure, and the order of `stems` is kept everywhere."""
    claims = [_claims(groups, stem) for stem in stems]
    taken: list[list[StemName]] = [[] for _ in groups]
    for stem, claim in zip(stems, claims, strict=True):
        if len(claim) == 1:
            taken[claim[0]].append(stem)
    claimed = {index for claim in claims for index in claim}
    rows = list(zip(stems, claims, strict=True))
    return Assignment(
        groups=tuple((group.id, tuple(taken[i])) for i, group in enumerate(groups)),
        unmatched=tuple(stem for stem, claim in rows if not claim),
        twice=tuple(
            (stem, tuple(groups[i].id for i in claim)) for stem, claim in rows if len(claim) > 1
        ),
        empty=tuple(group.id for i, group in enumerate(groups) if i not in claimed),
    )


def _claims(groups: Sequence[Selecting], stem: StemName) -> list[int]:
    """Indices of the groups that take a stem; groups of the rest only when no other does."""
    rest = [i for i, group in enumerate(groups) if tuple(group.stems) == (REST,)]
    named = [
        i
        for i, group in enumerate(groups)
        if i not in rest and any(matches(selector, stem) for selector in group.stems)
    ]
    return named or rest


@lru_cache(4096)
def _pattern(selector: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(translate(_fold(selector))).match


@lru_cache(4096)
def _fold(text: str) -> str:
    return normalize("NFC", normalize("NFC", text).casefold())
