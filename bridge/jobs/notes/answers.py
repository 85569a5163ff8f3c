"""What was done about a note: in its section's rides, in the chain since, in somebody's words."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.comparing import Change
from bridge.jobs.model import Job, JobRide, Section
from bridge.jobs.notes.wishes import Owner, Wish, wishes

_MINUS = "\N{MINUS SIGN}"


def answers_of(section: Section, job: Job, changes: Sequence[Change]) -> tuple[str, ...]:
    """Every answer to a section's words; none: they are open.

    `changes` are those of the chain since what the words were said of. They answer where the words
    name the group: its fader, if it was moved as they ask, where they speak of its level, else
    whatever else of it was changed.
    """
    groups = [Owner("group", group.id) for group in job.chain.groups]
    asked = wishes(section.words, groups)
    found = [
        *([section.answer] if section.answer else []),
        *(_in_words(ride) for ride in job.rides if ride.section == section.name),
        *(change.words for change in changes if any(_is_answer(change, each) for each in asked)),
    ]
    return tuple(dict.fromkeys(found))


def _in_words(ride: JobRide) -> str:
    return f"{ride.group or ride.stem} ride {ride.gain_db:+.2g} dB".replace("-", _MINUS)


def _is_answer(change: Change, wish: Wish) -> bool:
    if not any(change.path[:2] == ("group", owner.name) for owner in wish.owners):
        return False
    is_fader = change.path[2:] == ("gain_db",)
    if not wish.is_level:
        return not is_fader
    return is_fader and _moved_db(change) * wish.sign > 0.0


def _moved_db(change: Change) -> float:
    """By how much a fader was moved; where the chain does not say it, it stands at 0 dB."""
    before, after = (0.0 if each is None else float(each) for each in (change.before, change.after))
    return after - before
