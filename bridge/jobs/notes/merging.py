"""Several people's notes as one list: nothing lost, nothing twice, disagreements marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bridge.jobs.notes.note import Note
from bridge.jobs.notes.wishes import Owner, wishes


@dataclass(frozen=True)
class Edition:
    """A note that was changed since: what counts, and what it said before."""

    now: Note
    before: Note


@dataclass(frozen=True)
class Merged:
    """Notes in the order of the song; `again` is how many came more than once, unchanged."""

    notes: tuple[Note, ...]
    editions: tuple[Edition, ...] = ()
    again: int = 0


def merged(notes: Iterable[Note]) -> Merged:
    """Put notes together by their ids; of one that was changed, what was written last counts."""
    kept: dict[str, Note] = {}
    editions: list[Edition] = []
    again = 0
    for note in notes:
        known = kept.setdefault(note.id, note)
        if known is note:
            continue
        if known == note:
            again += 1
            continue
        before, now = sorted((known, note), key=_age)
        kept[note.id] = now
        editions.append(Edition(now, before))
    ordered = sorted(kept.values(), key=lambda each: (each.from_s, each.end_s, each.id))
    final = (Edition(kept[each.now.id], each.before) for each in editions)
    return Merged(tuple(ordered), tuple(final), again)


def _age(note: Note) -> tuple[object, ...]:
    """What makes one of two the later, whichever file was named first."""
    return (note.moment, note.words, note.name, note.take, note.from_s, note.end_s)


def contradictions(notes: Sequence[Note], known: Sequence[Owner]) -> tuple[tuple[Note, Note], ...]:
    """Pairs of notes whose places meet and whose words ask for the opposite of the same."""
    asked = {note.id: wishes(note.words, known) for note in notes}
    return tuple(
        (one, other)
        for one, other in combinations(notes, 2)
        if one.from_s < other.end_s
        and other.from_s < one.end_s
        and any(a.against(b) for a in asked[one.id] for b in asked[other.id])
    )
