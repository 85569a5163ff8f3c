"""Songs of a farm: handed in, shown, cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.cli.given_song import names_job
from bridge.cli.printing import print_json, say
from stemwright.problems import EXIT_NO, InputError, Problem, StemwrightError

if TYPE_CHECKING:
    from datetime import date

    from distributed import Security

_BAD = ("failed", "missed")


def hand_in(
    address: str,
    identity: Security | None,
    jobs: Sequence[Path],
    due: str | None,
    *,
    as_json: bool,
    told: bool = True,
) -> None:
    """Hand jobs in: all of them, or with one that cannot be, none; `told` says which."""
    from bridge.farming import SUBMIT, asked

    named = _due(due)
    dates = [named or _of_job(found) for found in read_jobs(jobs)]
    folders = [str((job if job.is_dir() else job.parent).resolve()) for job in jobs]
    rows = asked(address, identity, SUBMIT, songs=list(zip(folders, dates, strict=True)))["songs"]
    if not told:
        return
    if as_json:
        print_json({"songs": rows})
    else:
        say(*(f"{row['id']}  {row['job']}{_due_words(row)}" for row in rows))


def read_jobs(jobs: Sequence[Path]) -> list[Any]:
    """The jobs, read; what is wrong with any of them is raised at once."""
    from bridge.jobs import load_job

    found, problems = [], list[Problem]()
    for job in jobs:
        if not names_job(job):
            problems.append(
                Problem("usage", f"{job} is no job", hint="stemwright job new makes one")
            )
            continue
        try:
            found.append(load_job(job))
        except StemwrightError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _of_job(job: Any) -> str | None:
    day: date | None = job.due
    return None if day is None else _end_of(day)


def _end_of(day: date) -> str:
    """The end of a day here, in UTC."""
    return datetime.combine(day, time(23, 59, 59)).astimezone(UTC).isoformat()


def _due(given: str | None) -> str | None:
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        said = f"--due {given} is no date"
        raise InputError(
            Problem("usage", said, expected="2026-12-04 or 2026-12-04T18:00")
        ) from None
    if len(given) <= len("2026-12-04"):
        return _end_of(found.date())
    return found.astimezone(UTC).isoformat()


def _due_words(row: Mapping[str, Any]) -> str:
    return "" if row["due"] is None else f"  due {row['due'][:16].replace('T', ' ')} UTC"


def cancel(address: str, identity: Security | None, songs: Sequence[str], *, as_json: bool) -> None:
    """Take songs out of the queue. Raises InputError for what is not in it."""
    from bridge.farming import CANCEL, asked

    rows: list[Mapping[str, Any]] = []
    absent = []
    for song in songs:
        path = Path(song)
        named = "*" if song == "all" else str(path.resolve()) if names_job(path) else song
        found = asked(address, identity, CANCEL, named=named)["cancelled"]
        rows += found
        absent += [] if found else [song]
    if as_json and not absent:
        print_json({"cancelled": rows})
    elif rows:
        say(*(f"{row['id']}  {row['job']}  cancelled" for row in rows), err=as_json)
    if absent:
        raise InputError(
            Problem(
                "usage",
                f"not in the queue: {', '.join(absent)}",
                hint="stemwright farm status lists the songs",
            )
        )


def show(address: str, identity: Security | None, report: Path | None, *, as_json: bool) -> int:
    """Show what there is; return 1 where a song failed or missed its target."""
    from bridge.farming import STATUS, asked

    told = asked(address, identity, STATUS)
    if report is not None:
        from bridge.farming import night_page
        from stemwright.files import placed

        placed(report, night_page(told).encode())
    if as_json:
        print_json(told)
    else:
        say(*status_lines(told))
    return EXIT_NO if any(each["state"] in _BAD for each in told["songs"]) else 0


def status_lines(told: Mapping[str, Any]) -> list[str]:
    """The songs with what became of them, and the machines."""
    songs: Sequence[Mapping[str, Any]] = told["songs"]
    counted = Counter(each["state"] for each in songs)
    lines = [", ".join(f"{count} {state}" for state, count in counted.items()) or "no songs"]
    for each in songs:
        machines = ", ".join(f"{name} {steps}" for name, steps in each["machines"].items())
        took = f"  {each['seconds']:.1f} s" if each["seconds"] else ""
        on = f"  steps on {machines}" if machines else ""
        lines.append(f"{each['state']:<9}  {each['id']}  {each['job']}{_due_words(each)}{took}{on}")
        lines += [f"           {error['message']}" for error in each["errors"]]
    named = Counter(each["machine"] for each in told["machines"])
    for each in told["machines"]:
        name = each["machine"] if named[each["machine"]] == 1 else each["worker"]
        seats = ", ".join(
            f"{seat['count']} {seat['kind']} {seat['licence'] or seat['plugin']}"
            for seat in each["seats"]
        )
        lines.append(
            f"machine    {name}  {each['system']}, {each['threads']} threads,"
            f" {len(each['plugins'])} plugins, {each['at_work']} steps at work"
            + (f", seats: {seats}" if seats else "")
        )
    return [*lines, f"dashboard  {told['dashboard']}"]
