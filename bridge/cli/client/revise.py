"""`stemwright revise`: a client's notes into the job of the song."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import JobPath, Json
from bridge.cli.printing import print_json, say

if TYPE_CHECKING:
    from bridge.jobs import KeptNote, Proposal, Revised


def revise(
    job: JobPath,
    notes: Annotated[
        list[Path],
        typer.Option(
            "--notes", metavar="FILE", help="Notes that a client's page saved; repeatable."
        ),
    ],
    apply_rides: Annotated[
        bool, typer.Option("--apply-rides", help="Write the proposed rides too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be written, and write nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Merge clients' notes into a job, as sections with their words.

    The same note twice counts once; of one that was changed, what was written last. Notes without
    a name and notes that contradict each other are marked. Rides are proposed where the words name
    a group or stem of the song and a direction, and are written with --apply-rides alone. Done
    twice, it changes nothing the second time.

    Example: stemwright revise song/ --notes ann.json --notes ben.json
    """
    from bridge.jobs import load_job, owners_of, read_note_files, revise as write_notes, revised_by

    files, read = read_note_files(notes), load_job(job)
    known = owners_of(read)
    if dry_run:
        found = revised_by(read, files, known)
    else:
        found = write_notes(job, files, known, apply_rides=apply_rides)
    if json:
        applied = apply_rides and not dry_run
        print_json({**found.as_json(), "written": not dry_run, "rides_applied": applied})
        return
    _tell(found, dry_run=dry_run, applied=apply_rides and not dry_run)


def _tell(found: Revised, *, dry_run: bool, applied: bool) -> None:
    say(*(_line(row) for row in found.notes))
    for edition in found.editions:
        say(f'edited  "{edition.before.words}" is now "{edition.now.words}"')
    if found.proposals:
        say("rides that were added:" if applied else "proposed rides, not applied:")
        say(*(_ride(each) for each in found.proposals))
    new = sum(row.state == "new" for row in found.notes)
    edited = sum(row.state == "edited" for row in found.notes)
    would = "would be written" if dry_run else "written"
    kept = len(found.notes) - new - edited
    counts = f"{new} new and {edited} edited notes {would}, {kept} were there already"
    say(f"{counts}; {found.again} came twice" if found.again else counts, err=True)
    if found.proposals and not applied:
        say("to write the rides: the same with --apply-rides", err=True)


def _line(row: KeptNote) -> str:
    marks = [
        *(["unattributed"] if not row.note.name else []),
        *(f'contradicts "{name}"' for name in row.against),
        *(
            [f'said of "{row.note.take}", which this song has not']
            if row.is_of_unknown_take
            else []
        ),
        *(["its times were changed since; the section keeps its own"] if row.moved else []),
    ]
    marked = f"  [{'; '.join(marks)}]" if marks else ""
    return f'{row.state:<6}  {row.section}: "{row.note.words}"{marked}'


def _ride(proposal: Proposal) -> str:
    owner = proposal.owner
    said = f" (its words say {proposal.said_db:+g} dB)" if proposal.is_less_than_said else ""
    return f'  {owner.kind} {owner.name} {proposal.gain_db:+g} dB in "{proposal.section}"{said}'
