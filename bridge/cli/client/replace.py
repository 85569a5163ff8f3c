"""`stemwright replace`: new files in place of a song's stems."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Json
from bridge.cli.printing import print_json, say, show_table
from stemwright.problems import InputError, Problem
from stemwright.words import listed, quoted

if TYPE_CHECKING:
    from bridge.jobs import Placed, Replaced, Replacement, StemDifference

_HEAD = ("stem", "new file", "offset", "gain", "polarity", "length", "differs")
_MOST_SPANS = 6


def replace(
    job: Annotated[
        Path, typer.Argument(metavar="JOB", help="A song's job: job.toml or its folder.")
    ],
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES",
            help="The new files, or a folder of them.",
            default_factory=list,
            show_default=False,
        ),
    ],
    said: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="STEM=FILE", help="Which stem a file is for; repeatable."),
    ] = None,
    align: Annotated[
        bool, typer.Option("--align", help="Take the whole samples of each offset out.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Compare and tell, and write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace without asking.")] = False,
    json: Json = False,
) -> None:
    """Put new files in place of a song's stems: matched, compared, the old ones kept.

    Each file is matched to a stem by its name, its role and its sound, and compared with the old
    one: how late, how loud, which way round, how long, and from when to when it differs once that
    is taken out. The new files go into the job's replaced/N, and job.toml names them; gains and
    rides go on to apply, and the old files stay where they are. It asks first.

    Example: stemwright replace song/ --as "Lead Vox=new.wav" --align --dry-run
    """
    from bridge.jobs import load_job, place, planned_replacement

    if not files and not said:
        raise InputError(Problem("usage", "Missing argument 'FILES'.", hint="name the new files"))
    found = planned_replacement(load_job(job), files, said or (), align=align)
    if not json:
        _tell(found)
    placed = place(found) if not dry_run and (yes or _agreed(found)) else None
    if json:
        done = {} if placed is None else placed.as_json()
        print_json({**found.as_json(), **done, "written": placed is not None})
        return
    _tell_done(found, placed)


def _agreed(found: Replacement) -> bool:
    """Ask on a terminal. Raises InputError where nobody can answer."""
    what = listed([each.stem for each in found.replaced])
    if not sys.stdin.isatty():
        hint = "say --yes to replace, or --dry-run to see what would be"
        raise InputError(Problem("not_agreed", f"nobody can be asked about {what}", hint=hint))
    say(f"replace {what}? [y/N]", err=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _tell(found: Replacement) -> None:
    show_table(_HEAD, [_row(each) for each in found.replaced], piped_width=160)
    for each in found.replaced:
        said = list(_kind_words(each.difference))
        if said:
            say(f"{each.stem}: {', '.join(said)}")
    for path in found.unmatched:
        say(f"{path} is for no stem of this song, and is left out", err=True)


def _row(each: Replaced) -> tuple[str, ...]:
    difference = each.difference
    new, old = difference.new, difference.old
    length_s, before_s = new.frames / new.rate_hz, old.frames / old.rate_hz
    longer = "" if abs(length_s - before_s) < 0.0005 else f" ({length_s - before_s:+.3f} s)"
    return (
        each.stem,
        listed([path.name for path in new.paths]),
        _offset_words(each),
        "other sound" if difference.gain_db is None else f"{difference.gain_db:+.2f} dB",
        "" if difference.polarity is None else "inverted" if difference.polarity < 0 else "same",
        f"{length_s:.3f} s{longer}",
        _differs_words(difference),
    )


def _offset_words(each: Replaced) -> str:
    frames = each.difference.offset_frames
    if frames is None:
        return "other sound"
    if not frames:
        return "none"
    late = "late" if frames > 0 else "early"
    ms = 1000 * abs(frames) / each.difference.new.rate_hz
    taken = ", taken out" if each.taken_out_frames else ""
    return f"{abs(frames):.3f}".rstrip("0").rstrip(".") + f" samples {late} ({ms:.2f} ms){taken}"


def _differs_words(difference: StemDifference) -> str:
    if difference.offset_frames is None:
        return "throughout"
    spans = [f"{each.start_s:.2f}-{each.end_s:.2f} s" for each in difference.spans]
    return listed(spans, _MOST_SPANS) if spans else "nowhere"


def _kind_words(difference: StemDifference) -> list[str]:
    """What else is not as it was: rate, channels, format, a clock that drifts."""
    new, old = difference.new, difference.old
    said = []
    if new.rate_hz != old.rate_hz:
        said.append(f"{new.rate_hz} Hz in place of {old.rate_hz} Hz")
    if new.channels != old.channels:
        said.append(f"{new.channels} channels in place of {old.channels}")
    if new.kind != old.kind:
        said.append(f"{new.kind} in place of {old.kind}")
    if difference.drift_ppm is not None:
        said.append(f"its clock drifts by {difference.drift_ppm:+.3f} ppm")
    return said


def _tell_done(found: Replacement, placed: Placed | None) -> None:
    if placed is None:
        say("nothing was written", err=True)
        return
    say(str(placed.folder))
    say(f"the old files stay; render it: stemwright render {quoted(found.job.folder)}", err=True)
