"""`stemwright deliver`: versions, formats, names, tags and checks in one folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.given_song import names_job
from bridge.cli.options import Jobs, Json, PluginPath, StorePath, Trust
from bridge.cli.printing import print_json, say, show_table
from bridge.cli.telling import say_diagnostics
from bridge.road import ToDeliver, cores
from stemwright.problems import EXIT_NO, Diagnostic, InputError, MachineError, Problem
from stemwright.words import clock, counted, quoted

if TYPE_CHECKING:
    from bridge.delivering import AskedRecord, Audit, Checked, Delivery, PlannedFile, Profile
    from bridge.road import Planned

_FILE_HEAD = ("file", "version", "format", "rate", "depth")
_HASH_DIGITS = 64
_CHECK_HEAD = ("", "file", "check", "found", "wanted", "what it is")


def deliver(
    songs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="JOB|DIR",
            help="A song's job, or the folder of a finished render; several for a record.",
            show_default=False,
        ),
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            "--profile",
            metavar="NAME|FILE",
            help="What the recipient takes; repeatable. See --profiles.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="The delivery's folder.")
    ] = None,
    revision: Annotated[
        str | None,
        typer.Option(
            "--revision",
            metavar="NAME",
            help="r1, or 1 for it. Of a job: default is the newest approved. Of a folder: the "
            "number that its names get.",
        ),
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Of a job: what was rendered and not sent yet.")
    ] = False,
    current_job: Annotated[
        bool,
        typer.Option(
            "--current-job",
            help="Of a job: metadata and edits as it says them now, not as they were sent.",
        ),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="VERSION", help="These versions alone; repeatable."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=TEXT",
            help="Metadata over those of the job, such as title=Song or versions.NAME.isrc=CODE of "
            "a version; repeatable.",
        ),
    ] = None,
    sides: Annotated[
        str | None,
        typer.Option(
            metavar="N,N",
            help="Of a record: how many songs lie on each side, in order. Default: all on one.",
        ),
    ] = None,
    pause: Annotated[
        float | None,
        typer.Option(min=0.0, max=60.0, metavar="SECONDS", help="Of a record: between two songs."),
    ] = None,
    record: Annotated[
        str | None,
        typer.Option(
            metavar="INCHES@RPM", help="Of a record: what it is, such as 12@45; 12@33 by default."
        ),
    ] = None,
    with_stems: Annotated[
        bool,
        typer.Option("--with-stems", help="Copy the stems too, where a profile keeps the song."),
    ] = False,
    dip_overs: Annotated[
        bool,
        typer.Option(
            "--dip-overs",
            help="Turn down, before the encoder, the moments where a lossy file is over its limit.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List the files, and make none.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let go of the delivery that lies there already.")
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check",
            metavar="DIR",
            help="Check a delivery that lies there instead, also another's with --profile.",
        ),
    ] = None,
    profiles: Annotated[
        bool, typer.Option("--profiles", help="List the profiles, or print the one named.")
    ] = False,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Make the delivery of a finished song: every version as each recipient takes it.

    Exit code 1: a check failed, or a version over full scale is left out. 3: an encoder is not
    installed, the rest is delivered.

    Example: stemwright deliver song/ --profile streaming --profile cd -o delivery/
    """
    if profiles:
        _list_profiles(profile or [], json=json)
        return
    wanted = _profiles(profile or [])
    if check is not None and (songs or out):
        said = "--check looks at a delivery that lies there, and makes none"
        raise _usage(
            said,
            f"stemwright deliver --check {quoted(check)}, with --profile if it has no manifest",
        )
    if draft and revision is not None:
        raise _usage("--draft and --revision are two different masters", "say one of the two")
    if check is not None:
        _audit(check, [each.of_record(record) for each in wanted], json=json)
        return
    if not songs:
        raise _usage("Missing argument 'JOB|DIR'.", "see stemwright deliver --help")
    if not wanted:
        raise _usage("no --profile is named", "stemwright deliver --profiles lists them")
    if out is None and not dry_run:
        raise _usage("no folder is named", "name one with -o DIR")
    given = ToDeliver(
        song=songs[0],
        is_job=names_job(songs[0]),
        revision=revision,
        draft=draft,
        current_job=current_job,
        store=store,
        plugin_folders=plugin_path or (),
        trusted=trust or (),
        jobs=jobs or cores(),
        only=only or (),
        settings=set_ or (),
        dip_overs=dip_overs,
        with_stems=with_stems,
    )
    every = [given.of(each, is_job=names_job(each)) for each in songs]
    from bridge.delivering import AskedRecord

    asked = AskedRecord(_sides(sides), pause, record)
    _deliver(every, wanted, asked, out, dry_run=dry_run, replace=replace, json=json)


def _sides(said: str | None) -> tuple[int, ...]:
    if said is None:
        return ()
    words = [each.strip() for each in said.split(",")]
    if not all(each.isdecimal() and len(each) < 4 for each in words):
        hint = "say how many songs lie on each side, in order: --sides 3,2"
        raise _usage(f'--sides "{said}" are no numbers of songs', hint)
    return tuple(int(each) for each in words)


def _deliver(
    given: Sequence[ToDeliver],
    profiles: Sequence[Profile],
    asked: AskedRecord,
    out: Path | None,
    *,
    dry_run: bool,
    replace: bool,
    json: bool,
) -> None:
    from bridge.cli.progress import ProgressBar
    from bridge.road import deliver as make, deliverables, planned_delivery

    found = deliverables(given)
    planned = planned_delivery(found, profiles, asked)
    if dry_run or out is None:
        from bridge.delivering import versions_lacking_isrc

        told = [note for each in found for note in each.told]
        _show_plan(planned, [*told, *versions_lacking_isrc(planned.files)], json=json)
        return
    with ProgressBar() as bar:

        def made(name: str, number: int, of: int) -> None:
            if number == 1:
                bar.stage("delivery")
                bar.steps(of)
            bar.done(name)

        delivery = make(found, planned, out, replace_old=replace, events=bar, progress=made)
    say_diagnostics(each.as_json() for each in delivery.diagnostics)
    if json:
        print_json(delivery.as_json())
    else:
        _show_delivery(delivery)
    if delivery.left_out:
        raise typer.Exit(_without({each.kind for each in delivery.left_out}))
    if not delivery.passed:
        raise typer.Exit(EXIT_NO)


def _without(kinds: set[str]) -> int:
    """The exit code of a delivery with files left out for these reasons."""
    if "not_solvable" in kinds:
        return InputError.exit_code
    return EXIT_NO if "over_full_scale" in kinds else MachineError.exit_code


def _show_plan(planned: Planned, told: Sequence[Diagnostic], *, json: bool) -> None:
    diagnostics = [each.as_json() for each in told]
    say_diagnostics(diagnostics)
    files = planned.files
    if json:
        left_out = [each.as_json() for each in planned.left_out]
        rows = [each.as_json() for each in files]
        print_json({"files": rows, "left_out": left_out, "diagnostics": diagnostics})
        return
    cells = [
        (each.path, each.version, each.coding.format, f"{each.coding.rate_hz} Hz", _depth(each))
        for each in files
    ]
    show_table(_FILE_HEAD, cells, piped_width=140)
    say(*_side_lengths(files), *_left_out(planned.left_out))
    say(f"{counted(len(files), 'file')} would be made; nothing is written")


def _left_out(problems: Iterable[Problem]) -> Iterator[str]:
    for each in problems:
        yield f"left out: {each.message} ({each.hint})"


def _side_lengths(files: Sequence[PlannedFile]) -> Iterator[str]:
    from bridge.delivering.profiles import record_size

    for side in (each.side for each in files if each.side is not None):
        size, end_s = record_size(side.record), side.parts[-1].stop_frame / side.rate_hz
        yield f"{side.name}: {clock(end_s)}; {size.words} takes {clock(size.most_s)}"


def _depth(file: PlannedFile) -> str:
    coding = file.coding
    return f"{coding.kbps} kbps" if coding.bits is None else f"{coding.bits} bit"


def _show_delivery(delivery: Delivery) -> None:
    say(*(f"{delivery.folder / each.path}" for each in delivery.manifest.files))
    _show_checks(delivery.manifest.checks)
    say(*_left_out(delivery.left_out))


def _show_checks(checks: Iterable[Checked]) -> None:
    every = list(checks)
    told = [each for each in every if each.outcome != "pass"]
    told.sort(key=lambda each: each.outcome)
    rows = [
        (
            each.outcome,
            each.file,
            each.check,
            _shown(each.found, each.unit),
            _shown(each.wanted, each.unit),
            each.words,
        )
        for each in told
    ]
    if rows:
        show_table(_CHECK_HEAD, rows, piped_width=160)
    failed = sum(each.outcome == "fail" for each in every)
    say(f"{counted(len(every), 'check')}: {failed} failed, {len(told) - failed} to look at")


def _shown(value: float | str | None, unit: str) -> str:
    if value is None:
        return ""
    is_hash = isinstance(value, str) and len(value) == _HASH_DIGITS
    return f"{str(value)[:12]}..." if is_hash else f"{value} {unit}".strip()


def _audit(folder: Path, profiles: Sequence[Profile], *, json: bool) -> None:
    from bridge.delivering import audit

    found: Audit = audit(folder, profiles)
    if json:
        print_json(found.as_json())
    else:
        _show_checks(found.checks)
    if not found.passed:
        raise typer.Exit(EXIT_NO)


def _list_profiles(names: Sequence[str], *, json: bool) -> None:
    from bridge.delivering.profiles import load_profile, profile_text, shipped_profiles

    if names:
        say(*"\n".join(profile_text(name) for name in names).splitlines())
        return
    found = [load_profile(name) for name in shipped_profiles()]
    if json:
        print_json({"profiles": [{"name": each.name, "says": each.says} for each in found]})
        return
    show_table(("profile", "what it is"), [(each.name, each.says) for each in found])


def _profiles(names: Sequence[str]) -> list[Profile]:
    from bridge.delivering.profiles import load_profile

    problems: list[Problem] = []
    found = []
    for name in dict.fromkeys(names):
        try:
            found.append(load_profile(name))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _usage(said: str, hint: str) -> InputError:
    return InputError(Problem("usage", said, hint=hint))
