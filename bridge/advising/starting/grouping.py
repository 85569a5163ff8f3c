"""Which groups a song's stems make: at most eight, by what the stems are."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.planning import Stem
from chains import StemName, assign
from stemwright.values import dataclass

MOST_GROUPS = 8
VOICES = ("vocals", "backing")
"""What groups of voices are called, and the roles that they are treated as."""

_ROLES = ("drums", "bass", "guitar", "keys", "synth", "strings", "brass", "vocals", "fx")
_LEAD, _BEHIND = ("role:lead",), ("role:backing", "role:choir")
_REST = "music"
_TOGETHER = (
    ("orchestra", "strings", "brass"),
    ("band", "guitar", "keys"),
    ("vocals", "vocals", "backing"),
)
"""What is joined under which name, in this order, while there are more groups than eight."""


@dataclass(frozen=True)
class StarterGroup:
    """One group: its selectors, the role it is treated as, and the song's stems in it."""

    id: str
    stems: tuple[str, ...]
    role: str
    taken: tuple[Stem, ...] = ()


def starter_groups(stems: Sequence[Stem]) -> tuple[StarterGroup, ...]:
    """Return the groups that take every stem once, in summing order; none without a stem.

    Lead and backing vocals are groups of their own where every voice is one of them.
    """
    groups = [
        StarterGroup(role, (f"role:{role}",), role)
        for role in _ROLES
        if role != "vocals" and _taken(stems, role)
    ]
    groups += _voices(_taken(stems, "vocals"))
    if len(_assigned(groups, stems)) < len(stems):
        groups.append(StarterGroup(_REST, ("*",), _REST))
    for joined in _TOGETHER:
        if len(groups) > MOST_GROUPS:
            groups = _joined(groups, *joined)
    taken = _assigned(groups, stems)
    return tuple(
        StarterGroup(
            group.id,
            group.stems,
            group.role,
            tuple(stem for stem in stems if taken[stem.id] == group.id),
        )
        for group in groups
    )


def _voices(voices: Sequence[Stem]) -> list[StarterGroup]:
    parts = {stem.role.partition("/")[2] for stem in voices if stem.role}
    if "lead" in parts and len(parts) > 1 and "" not in parts:
        return [
            StarterGroup("vocals", _LEAD, "vocals"),
            StarterGroup("backing", _BEHIND, "backing"),
        ]
    return [StarterGroup("vocals", ("role:vocals",), "vocals")] if voices else []


def _taken(stems: Sequence[Stem], role: str) -> list[Stem]:
    return [stem for stem in stems if stem.role and stem.role.partition("/")[0] == role]


def _joined(groups: Sequence[StarterGroup], name: str, one: str, other: str) -> list[StarterGroup]:
    known = {group.id: group for group in groups}
    if one not in known or other not in known:
        return [*groups]
    selectors = ("role:vocals",) if name == "vocals" else known[one].stems + known[other].stems
    both = StarterGroup(name, selectors, known[one].role)
    return [both if group.id == one else group for group in groups if group.id != other]


def _assigned(groups: Sequence[StarterGroup], stems: Sequence[Stem]) -> dict[str, str]:
    """The group of each stem's id that one takes."""
    names = [StemName(stem.id, stem.name, stem.role) for stem in stems]
    found = assign(groups, names)
    return {name.id: group for group, taken in found.groups for name in taken}
