"""Notes go into the job: what is new in them, what they ask for, and the edit that keeps them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from unicodedata import category

from bridge.jobs.editing import edited
from bridge.jobs.model import Job, Section
from bridge.jobs.notes.merging import Edition, contradictions, merged
from bridge.jobs.notes.note import Note, NotesFile
from bridge.jobs.notes.takes import known_takes
from bridge.jobs.notes.wishes import Owner, Wish, wishes
from bridge.jobs.reading import job_path, load_job
from bridge.jobs.revisions import working_on
from bridge.jobs.times import BarClock, NoSuchBeatError
from chains import with_row, with_value
from sessions import Tempo
from stemwright.problems import InputError, Problem

_LONGEST_NAME = 40
State = Literal["new", "edited", "known"]


@dataclass(frozen=True)
class KeptNote:
    """A note and the section of the job it stands in.

    `against` are the sections of the notes that contradict it; `moved` says that the section keeps
    other times than the note has by now, `is_of_unknown_take` that the song has no such take.
    """

    note: Note
    section: str
    state: State
    against: tuple[str, ...] = ()
    moved: bool = False
    is_of_unknown_take: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object of the `notes` list that `revise --json` prints."""
        note = self.note
        return {
            "id": note.id,
            "section": self.section,
            "state": self.state,
            "take": note.take,
            "unknown_take": self.is_of_unknown_take,
            "from_s": note.from_s,
            "to_s": note.to_s,
            "name": note.name or None,
            "words": note.words,
            "written": note.written,
            "unattributed": not note.name,
            "contradicts": list(self.against),
            "moved": self.moved,
        }


@dataclass(frozen=True)
class Proposal:
    """A ride that a note's words name: of whom, by how much, where. Nobody applied it.

    `said_db` is what the words say, which may be more than is proposed.
    """

    owner: Owner
    section: str
    gain_db: float
    said_db: float

    @property
    def is_less_than_said(self) -> bool:
        """Whether the words ask for more."""
        return self.gain_db != self.said_db

    def as_json(self) -> dict[str, Any]:
        """The object of the `proposed` list."""
        return {
            self.owner.kind: self.owner.name,
            "section": self.section,
            "gain_db": self.gain_db,
            "said_db": self.said_db,
        }


@dataclass(frozen=True)
class Revised:
    """What notes make of a job; `again` counts those that came more than once."""

    notes: tuple[KeptNote, ...]
    editions: tuple[Edition, ...]
    again: int
    proposals: tuple[Proposal, ...]

    def as_json(self) -> dict[str, Any]:
        """What `revise --json` prints of it."""
        return {
            "notes": [each.as_json() for each in self.notes],
            "edited": [
                {"id": each.now.id, "words": each.now.words, "before": each.before.words}
                for each in self.editions
            ],
            "again": self.again,
            "proposed": [each.as_json() for each in self.proposals],
        }


def revised_by(job: Job, files: Sequence[NotesFile], known: Sequence[Owner]) -> Revised:
    """What the files' notes make of a job; nothing is written.

    `known` are the groups and stems that words may name. Raises InputError `notes_of_other_song`.
    """
    _of_this_song(job, files)
    fresh = merged(note for file in files for note in file.notes)
    sections = {each.note.id: each for each in job.sections if each.note is not None}
    before = {id_: _as_note(section, job) for id_, section in sections.items()}
    editions, now = [*fresh.editions], dict(before)
    taken = {each.name.casefold() for each in job.sections}
    names = {id_: section.name for id_, section in sections.items()}
    states: dict[str, State] = {}
    for note in fresh.notes:
        old = before.get(note.id)
        if old is None:
            names[note.id] = _section_name(note, taken)
            now[note.id], states[note.id] = note, "new"
        elif _is_later(note, old) and _said(note) != _said(old):
            editions.append(Edition(note, old))
            now[note.id], states[note.id] = note, "edited"
        else:
            states[note.id] = "known"
    opposed, takes = _opposed(now, known), known_takes(job)
    rows = tuple(
        KeptNote(
            note=now[note.id] if states[note.id] == "known" else note,
            section=names[note.id],
            state=states[note.id],
            against=tuple(names[each] for each in opposed.get(note.id, ())),
            moved=note.id in before and _moved(note, before[note.id]),
            is_of_unknown_take=bool(note.take) and note.take not in takes,
        )
        for note in fresh.notes
    )
    proposals = tuple(_proposals(job, rows, known))
    return Revised(rows, tuple(editions), fresh.again, proposals)


def revise(
    path: Path, files: Sequence[NotesFile], known: Sequence[Owner], *, apply_rides: bool = False
) -> Revised:
    """Write the files' notes into a job as sections; the rides they name only if asked to.

    Done twice, it changes nothing the second time. Raises as `bridge.jobs.edited` and `revised_by`
    do, and InputError `job_in_use` where another run changes the job.
    """
    with working_on(job_path(path).parent):
        found = revised_by(load_job(path), files, known)
        proposals = found.proposals if apply_rides else ()
        if proposals or any(row.state != "known" for row in found.notes):
            edited(path, lambda text: _written(text, found.notes, proposals))
    return found


def _written(text: str, notes: Sequence[KeptNote], rides: Sequence[Proposal]) -> str:
    for row in notes:
        if row.state == "new":
            text = with_row(text, ("section",), _section_table(row), [*_remarks(row)])
        elif row.state == "edited":
            text = _reworded(text, row)
    for ride in rides:
        text = with_row(text, ("ride",), _ride_table(ride))
    return text


def _of_this_song(job: Job, files: Sequence[NotesFile]) -> None:
    names = {song_name(job), job.path.resolve().parent.name}
    problems = [
        Problem(
            "notes_of_other_song",
            f'these are notes on "{file.job}", and the job is "{song_name(job)}"',
            {"file": str(file.path)},
            hint='name the right job; if the song was renamed, change "job" in the file',
        )
        for file in files
        if file.job not in names
    ]
    if problems:
        raise InputError(problems)


def song_name(job: Job) -> str:
    """What a job's song is called: by its title, else by its folder."""
    return job.title or job.path.resolve().parent.name


def _as_note(section: Section, job: Job) -> Note:
    assert section.note is not None  # noqa: S101 - its caller asks only for those with one
    said = section.note
    start_s, end_s = section_ends_s(section, job)
    return Note(said.id, said.take, start_s, end_s, said.by, section.words, said.written)


def section_ends_s(section: Section, job: Job) -> tuple[float, float]:
    """Where a section lies in seconds; bars by the job's own tempo, 0 where it has none."""
    clock = BarClock(() if job.tempo_bpm is None else (Tempo(0.0, job.tempo_bpm),))
    try:
        return section.start.at_s(clock), section.end.at_s(clock)
    except NoSuchBeatError:
        return 0.0, 0.0


def _is_later(note: Note, old: Note) -> bool:
    """Whether a note replaces what the job has of it; without times the newest file does."""
    return note.moment > old.moment or not (note.written or old.written)


def _said(note: Note) -> tuple[str, str, str]:
    return note.words, note.name, note.take


def _moved(note: Note, old: Note) -> bool:
    return abs(note.from_s - old.from_s) > 0.001 or abs(note.end_s - old.end_s) > 0.001


def _opposed(notes: Mapping[str, Note], known: Sequence[Owner]) -> dict[str, list[str]]:
    ordered = sorted(notes.values(), key=lambda each: (each.from_s, each.id))
    found: dict[str, list[str]] = {}
    for one, other in contradictions(ordered, known):
        found.setdefault(one.id, []).append(other.id)
        found.setdefault(other.id, []).append(one.id)
    return found


def _proposals(job: Job, rows: Sequence[KeptNote], known: Sequence[Owner]) -> Iterator[Proposal]:
    """A ride for each that a note names with a direction, but where another note contradicts."""
    ridden = {
        (each.section.casefold(), kind, name.casefold())
        for each in job.rides
        if each.section is not None
        for kind, name in (("group", each.group), ("stem", each.stem))
        if name is not None
    }
    for row in rows:
        asked: dict[Owner, Wish] = {}
        for wish in wishes(row.note.words, known) if not row.against else ():
            asked |= dict.fromkeys(wish.owners if wish.is_level else (), wish)
        for owner in sorted(asked, key=lambda each: (each.kind, each.name)):
            if (row.section.casefold(), owner.kind, owner.name.casefold()) not in ridden:
                yield Proposal(owner, row.section, asked[owner].gain_db, asked[owner].said_db)


def _section_name(note: Note, taken: set[str]) -> str:
    """Who and where; told apart by a number where that is a section already."""
    who = _plain(note.name)[:_LONGEST_NAME].strip() or "note"
    plain = f"{who} {written_time(note.from_s)}"
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain} ({number})", number + 1
    taken.add(name.casefold())
    return name


def _plain(text: str) -> str:
    """Text of one line, without what no comment of a TOML file can hold."""
    return " ".join("".join(" " if category(c)[0] == "C" else c for c in text).split())


def written_time(seconds: float) -> str:
    """A time as job files have it: m:ss.mmm, h:mm:ss.mmm from an hour on."""
    minutes, ms = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    rest = f"{minutes:02d}" if hours else f"{minutes}"
    return f"{f'{hours}:' if hours else ''}{rest}:{ms // 1000:02d}.{ms % 1000:03d}"


def _remarks(row: KeptNote) -> Iterator[str]:
    """What is to be known of a note, as comments over its section."""
    if not row.note.name:
        yield "unattributed: nobody put a name to this note"
    for name in row.against:
        yield f'contradicts "{_plain(name)}"'
    if row.is_of_unknown_take:
        yield f'said of "{_plain(row.note.take)}", which this song has not'


def _section_table(row: KeptNote) -> dict[str, Any]:
    note = row.note
    return {
        "name": row.section,
        "from": written_time(note.from_s),
        "to": written_time(max(note.end_s, note.from_s + 0.001)),
        "words": note.words,
        "note": _note_table(note),
    }


def _note_table(note: Note) -> dict[str, str]:
    rows = {"id": note.id, "by": note.name, "take": note.take, "written": note.written}
    return {key: value for key, value in rows.items() if value}


def _reworded(text: str, row: KeptNote) -> str:
    """What was changed in a note since; the section keeps its name and times, as rides go by it."""
    for index, section in enumerate(tomllib.loads(text).get("section", ())):
        if section.get("note", {}).get("id") == row.note.id:
            text = with_value(text, ("section", index, "words"), row.note.words)
            text = with_value(text, ("section", index, "note"), _note_table(row.note))
    return text


def _ride_table(proposal: Proposal) -> dict[str, Any]:
    return {
        proposal.owner.kind: proposal.owner.name,
        "section": proposal.section,
        "gain_db": proposal.gain_db,
    }
