"""`stemwright check`: the stem check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.checking.repairs import (
    DryRun,
    Only,
    RepairInto,
    asked_repairs,
    made_repairs,
    repairs_json,
    show_repairs,
    still_open,
)
from bridge.cli.given_song import names_job
from bridge.cli.options import Jobs, Json, Long, Page, Skip, StorePath
from bridge.cli.printing import print_json, say, say_size, show_table
from bridge.cli.progress import ProgressBar
from bridge.road import (
    Inputs,
    ToCheck,
    accept_findings,
    check_page_place,
    checked_stems,
    cores,
    stems_of,
    title_of_song,
    write_page_of_check,
)
from stemwright.problems import EXIT_NO, InputError, Problem
from stemwright.words import clock, counted

if TYPE_CHECKING:
    from bridge.checking import CheckReport, Finding, Letters, Severity

_HEAD = ("stem", "where", "", "finding", "what it is", "id")
_MOST_PLACES = 3


def check(
    session: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SESSION|JOB",
            help="A folder or zip of stems, the audio files, or a song's job.",
            show_default=False,
        ),
    ] = None,
    mix: Annotated[
        Path | None,
        typer.Option("--mix", metavar="ROUGH", help="The rough mix that the stems should sum to."),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on", metavar="SEVERITY", help="Exit 1 from here on: info, minor, major, never."
        ),
    ] = "major",
    codes: Annotated[
        bool, typer.Option("--codes", help="List everything that can be found, and end.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="ID",
            help="Of a job: note that this finding is meant; repeatable. Needs --why.",
        ),
    ] = None,
    why: Annotated[str, typer.Option("--why", metavar="WORDS", help="Why it is meant.")] = "",
    message: Annotated[
        bool,
        typer.Option("--message", help="Write the mail to the client instead: what to export."),
    ] = False,
    language: Annotated[
        str, typer.Option("--language", help="Of the mail: en, de, or a template (.toml).")
    ] = "en",
    page: Page = None,
    repair: RepairInto = None,
    only: Only = None,
    dry_run: DryRun = False,
    skip: Skip = None,
    long: Long = False,
    store: StorePath = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Check every stem for damage, the stems against each other, and against the rough mix.

    Exit code 1: something was found at or above `--fail-on` that nobody has accepted.

    Example: stemwright check stems/ --mix rough.wav
    """
    if codes:
        _list_codes(json=json)
        return
    least = _severity(fail_on)
    _check_ids(accept or ())
    given = _given(session or [])
    letters = _letters(language) if message else None
    if accept and given.job is None:
        said = "--accept writes into a job, and this is none"
        raise InputError(Problem("usage", said, hint="make one: stemwright job new --help"))
    given = ToCheck(given.session, given.job, mix, skip or (), long, jobs or cores(), store)
    if page is not None:
        check_page_place(given, page)
    asked = asked_repairs(given, repair, only or (), dry_run=dry_run)
    with ProgressBar() as bar:
        bar.stage("stem check")
        report = checked_stems(given, progress=_Shown(bar))
        if accept and given.job is not None:
            report = accept_findings(given.job, report, accept, why)
        repairs = made_repairs(asked, given, report, _Shown(bar))
    beside = {}
    if page is not None:
        beside = {"beside": write_page_of_check(given, report, page)}
        say_size(page, err=True)
    if letters is not None:
        text = letters.letter(report, title_of_song(given))
        print_json({"message": text}) if json else say(*text.splitlines())
    elif json:
        print_json({**report.as_json(), **beside, **repairs_json(repairs)})
    else:
        _show(report)
        show_repairs(repairs)
    if least is not None and still_open(report.open(least), repairs):
        raise typer.Exit(EXIT_NO)


class _Shown:
    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar

    def __call__(self, name: str, done: int, of: int) -> None:
        """A stem was heard."""
        if done == 1:
            self._bar.steps(of)
        self._bar.done(name)


def _check_ids(accept: Sequence[str]) -> None:
    """Refuse what is no finding's id, such as the option that follows where none was given."""
    if any(not each.strip() or each.startswith("-") for each in accept):
        said = "--accept needs the id of a finding"
        hint = "stemwright check JOB shows each finding's id: --accept hum-3fa90c --why WORDS"
        raise InputError(Problem("usage", said, hint=hint))


def _given(paths: Sequence[Path]) -> ToCheck:
    if not paths:
        said = "Missing argument 'SESSION|JOB'."
        raise InputError(Problem("usage", said, hint="see stemwright check --help"))
    first = paths[0]
    if not names_job(first):
        return ToCheck(stems_of(paths, Inputs(paths, first)).paths)
    if len(paths) > 1:
        said = f"{first} is a job, which names its own stems"
        raise InputError(Problem("usage", said, hint="check it alone"))
    return ToCheck(job=first)


def _letters(language: str) -> Letters:
    from bridge.checking import letters

    return letters(language)


def _severity(word: str) -> Severity | None:
    from bridge.checking import SEVERITIES

    for each in SEVERITIES:
        if word == each:
            return each
    if word == "never":
        return None
    said = f"--fail-on {word}: no such severity"
    raise InputError(Problem("usage", said, expected=f"{', '.join(SEVERITIES)} or never"))


def _list_codes(*, json: bool) -> None:
    from bridge.checking import CODES

    if json:
        print_json({"codes": [vars(code) for code in CODES]})
        return
    rows = [(each.name, each.scope, each.worst, each.says, _measure(each)) for each in CODES]
    head = ("code", "of", "at worst", "what it is", "its value")
    show_table(head, rows, piped_width=120)


def _measure(code: object) -> str:
    value, unit = vars(code)["value"], vars(code)["unit"]
    return f"{value}, {unit}" if unit else str(value)


def _show(report: CheckReport) -> None:
    rows = list(_rows(report.findings()))
    if rows:
        show_table(_HEAD, rows, piped_width=120)
    if report.mix is not None:
        say(f"against the rough mix: {report.mix.words}")
    checked = counted(report.stem_count, "stem")
    say(f"{checked} checked: {_counts(list(report.findings()))}")


def _counts(findings: Sequence[Finding]) -> str:
    if not findings:
        return "nothing found"
    open_ = [each for each in findings if each.accepted is None]
    counts = [
        f"{sum(each.severity == severity for each in open_)} {severity}"
        for severity in ("major", "minor")
    ]
    if len(open_) < len(findings):
        counts.append(f"{len(findings) - len(open_)} of {len(findings)} accepted")
    return ", ".join(counts)


def _rows(findings: Iterable[Finding]) -> Iterator[Sequence[str]]:
    """A row for each code of a stem, the worst first in it."""
    ordered = sorted(findings, key=lambda each: (each.stems, each.code))
    for (stems, code), found in groupby(ordered, key=lambda each: (each.stems, each.code)):
        same = list(found)
        worst = max(same, key=_rank)
        places = [_place(each) for each in same[:_MOST_PLACES]]
        if len(same) > _MOST_PLACES:
            places.append(f"and {len(same) - _MOST_PLACES} more")
        severity = "accepted" if all(each.accepted for each in same) else worst.severity
        ids = same[0].id if len(same) == 1 else f"{same[0].id}, ..."
        yield ", ".join(stems), ", ".join(places), severity, code, worst.words, ids


def _rank(finding: Finding) -> tuple[int, float]:
    from bridge.checking import SEVERITIES

    return SEVERITIES.index(finding.severity), abs(finding.value)


def _place(finding: Finding) -> str:
    if finding.end_s - finding.start_s < 0.5:
        return clock(finding.start_s, 3)
    return f"{clock(finding.start_s)} to {clock(finding.end_s)}"
