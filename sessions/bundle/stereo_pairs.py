"""Mono .L/.R files that are the two sides of one stereo stem."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sessions.bundle.naming import file_stem, folded, nfc
from sessions.media.file_headers import Header
from stemwright.problems import Diagnostic
from stemwright.values import dataclass

_SIDE = re.compile(r"(?P<base>.*[^\s._-])\s*(?P<mark>[._ -])\s*(?P<side>[LlRr])$", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """One stem or mix as it lies in the bundle; `id` is its file stem, without a pair's side."""

    id: str
    header: Header
    right: Header | None = None

    @property
    def headers(self) -> tuple[Header, ...]:
        """The file, or both files of a pair."""
        return (self.header,) if self.right is None else (self.header, self.right)


def paired(headers: Sequence[Header]) -> tuple[list[Source], list[Diagnostic]]:
    """Join the pairs among `headers`, keeping their order, and tell what only looks like one.

    Two files pair when both are mono and their rate, length and bext time agree.
    """
    sides = _sides(headers)
    sources: list[Source] = []
    diagnostics: list[Diagnostic] = []
    joined: set[int] = set()
    for at, header in enumerate(headers):
        if at in joined:
            continue
        key = sides.get(at)
        other = None if key is None else _opposite(sides, key)
        if key is None or (other is None and key[1] == " "):
            sources.append(Source(_id(header), header))
        elif other is None:
            sources.append(Source(_id(header), header))
            diagnostics.append(_lone(header))
        elif fault := _disagreement(header, headers[other]):
            sources.append(Source(_id(header), header))
            if at < other:
                diagnostics.append(_apart(header, headers[other], fault))
        else:
            joined.add(other)
            sources.append(_joined(header, headers[other], key))
    return sources, diagnostics


_Key = tuple[str, str, str]


def _sides(headers: Sequence[Header]) -> dict[int, _Key]:
    """(base, mark, side) of each header whose name ends in a side."""
    found = {}
    for at, header in enumerate(headers):
        match = _SIDE.match(_id(header))
        if match:
            base, mark, side = match.group("base", "mark", "side")
            found[at] = (folded(base), mark, side.upper())
    return found


def _opposite(sides: dict[int, _Key], key: _Key) -> int | None:
    """The one header on the other side; none when there are several to choose from."""
    wanted = (key[0], key[1], "R" if key[2] == "L" else "L")
    same = [at for at, found in sides.items() if found == key]
    others = [at for at, found in sides.items() if found == wanted]
    return others[0] if len(others) == len(same) == 1 else None


def _disagreement(one: Header, other: Header) -> str | None:
    a, b = one.media, other.media
    if (a.channels, b.channels) != (1, 1):
        return "they are not both mono"
    if a.sample_rate_hz != b.sample_rate_hz:
        return "their sample rates differ"
    if a.frames != b.frames:
        return "their lengths differ"
    if one.time_reference_frames != other.time_reference_frames:
        return "their bext times differ"
    return None


def _joined(one: Header, other: Header, key: _Key) -> Source:
    match = _SIDE.match(_id(one))
    base = match.group("base") if match else _id(one)
    left, right = (one, other) if key[2] == "L" else (other, one)
    return Source(base, left, right)


def _id(header: Header) -> str:
    return nfc(file_stem(header.entry.name))


def _lone(header: Header) -> Diagnostic:
    name = header.entry.name
    message = f"{name} looks like one side of a pair, but the other is missing; it stands alone"
    return Diagnostic("warning", "lone_side", name, message)


def _apart(one: Header, other: Header, fault: str) -> Diagnostic:
    message = f"{one.entry.name} and {other.entry.name} stay two stems: {fault}"
    return Diagnostic("warning", "not_a_pair", one.entry.name, message)
