"""`stemwright restore`: back to what was sent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import JobPath, Json, RevisionName
from bridge.cli.printing import print_json, say
from bridge.cli.telling import warn

if TYPE_CHECKING:
    from bridge.jobs.revisions import Agreed


def restore(
    job: JobPath,
    revision: RevisionName,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a revision JOB's draft again, and its job file JOB's; what was there is kept.

    It goes to drafts/d0 and so on, unless a revision has it; `restore JOB d0` brings it back. The
    chain and the stems stay as they are, and so does what is agreed with the client in the job:
    revisions_included and due.

    Example: stemwright restore song/ r1
    """
    from bridge.jobs.revisions import restore as bring_back

    found = bring_back(job, revision, dry_run=dry_run)
    if json:
        print_json(
            {
                "revision": found.revision,
                "draft": str(found.draft),
                "kept": found.kept,
                "dry_run": dry_run,
                "chain_since": [each.as_json() for each in found.chain_since],
                **({"agreed": _told(found.agreed)} if found.agreed else {}),
                **({"gone": [each.as_json() for each in found.gone]} if found.gone else {}),
            }
        )
        return
    done = "would be" if dry_run else "is"
    say(f"{found.draft}  {done} {found.revision}")
    if found.kept is not None:
        say(f"what was there: {found.kept}", err=True)
    for key, value in _told(found.agreed).items():
        is_now = "stays out of the job" if value is None else f"stays {value}"
        say(f"{key} {is_now}, as agreed: {found.revision} had another", err=True)
    warn(found.gone)
    if found.chain_since:
        said = "; ".join(each.words for each in found.chain_since)
        say(f"warning: the chain is another than {found.revision} was made by: {said}", err=True)
    if found.chain_since or any(each.kind == "chain_missing" for each in found.gone):
        place = "drafts" if found.revision.startswith("d") else "revisions"
        kept = f"{place}/{found.revision}/chain.toml"
        say(f'  to hold to it: chain = "{kept}" in the job', err=True)


def _told(agreed: Agreed) -> dict[str, int | str | None]:
    """What stays as it is agreed, a date as it is written in the job."""
    return {
        key: each.isoformat() if isinstance(each, date) else each for key, each in agreed.items()
    }
