"""What was done about a note: in its section's rides, in the song since, in somebody's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.comparing import Change
from bridge.jobs.model import Job, JobRide, Section
from bridge.jobs.notes.wishes import Owner, Wish, wishes

_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class SoundingStem:
    """A stem of a master by its id, what it is `called` without the song's name, its group."""

    id: str
    called: str
    group: str

    @property
    def owners(self) -> frozenset[Owner]:
        """Whom words name that are about it: itself, or its group."""
        return frozenset({self.owner, Owner("group", self.group)})

    @property
    def owner(self) -> Owner:
        """The stem as words name it."""
        return Owner("stem", self.id, self.called)

    def is_called(self, name: str) -> bool:
        """Whether a job means it by a name."""
        return name.casefold() in (self.id.casefold(), self.called.casefold())


def answers_of(
    section: Section, job: Job, changes: Sequence[Change], stems: Sequence[SoundingStem] = ()
) -> tuple[str, ...]:
    """Every answer to a section's words; none: they are open.

    `changes` are those of the song since what the words were said of, `stems` what sounds now. They
    answer where the words name the group or the stem, or the group it is in: its fader or gain, if
    it was moved as they ask, where they speak of its level, else whatever else of it was changed.
    """
    groups = [Owner("group", group.id) for group in job.chain.groups]
    asked = wishes(section.words, [*groups, *(each.owner for each in stems)])
    found = [
        *([section.answer] if section.answer else []),
        *(_in_words(ride) for ride in job.rides if ride.section == section.name),
        *(
            change.words
            for change in changes
            if any(_is_answer(change, each, stems) for each in asked)
        ),
    ]
    return tuple(dict.fromkeys(found))


def _in_words(ride: JobRide) -> str:
    return f"{ride.group or ride.stem} ride {ride.gain_db:+.2g} dB".replace("-", _MINUS)


def _is_answer(change: Change, wish: Wish, stems: Sequence[SoundingStem]) -> bool:
    if not wish.owners & {*_about(change, stems)}:
        return False
    is_level = change.path[0] == "stem" or change.path[2:] == ("gain_db",)
    if not wish.is_level:
        return not is_level
    return is_level and _moved_db(change) * wish.sign > 0.0


def _about(change: Change, stems: Sequence[SoundingStem]) -> Iterator[Owner]:
    """Whom words may name that a change answers."""
    match change.path:
        case ("group", str(name), *_):
            yield Owner("group", name)
        case ("stem" | "source", str(name)):
            for stem in stems:
                if stem.is_called(name):
                    yield from stem.owners


def _moved_db(change: Change) -> float:
    """By how much a fader or gain was moved; where nothing says it, it stands at 0 dB."""
    before, after = (0.0 if each is None else float(each) for each in (change.before, change.after))
    return after - before
