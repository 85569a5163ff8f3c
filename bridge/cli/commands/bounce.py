"""`stemwright bounce`: a DAW session printed to stems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bridge.cli.options import Jobs, Json, Long, PluginPath, StorePath, Trust
from bridge.cli.printing import print_json, say, show_table
from bridge.cli.progress import ProgressBar
from bridge.cli.ranges import excerpt
from bridge.cli.telling import say_diagnostics
from bridge.road import cores
from stemwright.problems import InputError, Problem, StoppedError
from stemwright.words import clock, counted

if TYPE_CHECKING:
    from bridge.audio import Subtype
    from bridge.bouncing import Bounce, Bounced, Hosting, TrackRow

_ONE_STRETCH = Problem(
    "usage",
    "--regions and --range exclude each other",
    hint="--regions prints every region of the session; --range prints one part of it",
)


def bounce(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="The DAW's session.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="The folder for the stems."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what can be printed of the song; print nothing.")
    ] = False,
    stems: Annotated[
        Literal["tracks", "groups", "buses", "master"],
        typer.Option(
            "--stems",
            help="What becomes a stem: every track, whatever feeds the master, every bus, or what"
            " leaves the master.",
        ),
    ] = "groups",
    through_master: Annotated[
        bool,
        typer.Option(
            "--through-master",
            help="Print what leaves the master while each track or group alone plays.",
        ),
    ] = False,
    range_: Annotated[
        str | None,
        typer.Option(
            "--range",
            metavar="START-END",
            help="Print this part: 30:50 (seconds), 1:02-1:22. Default: the session's own range.",
        ),
    ] = None,
    long: Long = False,
    tail: Annotated[
        float,
        typer.Option("--tail", metavar="SECONDS", min=0.0, help="Go on behind the end for this."),
    ] = 0.0,
    by_region: Annotated[
        bool,
        typer.Option(
            "--regions",
            help="Print each region (or from each marker to the next) into a folder of its own.",
        ),
    ] = False,
    subtype: Annotated[
        Literal["float32", "float64", "pcm24", "pcm16"],
        typer.Option("--subtype", help="Sample format."),
    ] = "float32",
    media: Annotated[
        list[Path] | None,
        typer.Option("--media", help="A folder to look for audio in; repeatable."),
    ] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Leave the tracks' plugins out.")] = False,
    skip_missing: Annotated[
        bool,
        typer.Option(
            "--skip-missing", help="Leave out what cannot be printed, and say so in bounce.json."
        ),
    ] = False,
    jobs: Jobs = None,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    json: Json = False,
) -> None:
    """Print a DAW session's stems the way the DAW would: clips, fades, faders, pans, sends.

    The stems are taken before the master, and their sum is what goes into it. What cannot be
    printed is named, all of it at once, and stops the bounce unless --skip-missing says otherwise.

    Example: stemwright bounce song/song.ardour -o stems/
    """
    from bridge.bouncing import (
        Hosting,
        dialect_of,
        file_names_of,
        lacking_plugins,
        plan_json,
        planned,
        regions,
        told_of,
        track_rows,
    )
    from bridge.storing import Store, default_root
    from sessions import read

    if by_region and range_ is not None:
        raise InputError(_ONE_STRETCH)
    hosting = None
    if not dry:
        places = (plugin_path or (), trust or (), jobs or cores())
        hosting = Hosting(Store(store or default_root()), *places)
    found = read([session], media=media or ())
    part = None if range_ is None else excerpt(range_, 0.0)
    ends = (None, None) if part is None else (part.start_s, part.end_s)
    sort_out = partial(
        planned,
        found,
        dialect_of(found),
        stems,
        through_master=through_master,
        tail_s=tail,
        long=long,
    )
    made = sort_out(start_s=ends[0], end_s=ends[1])
    if plan:
        lacking = lacking_plugins(made, hosting) if hosting is not None else ()
        rows = track_rows(made, lacking)
        shown = {
            **plan_json(made),
            "by_track": [each.as_json() for each in rows],
            "plugins": [each.as_json() for _, each in lacking],
        }
        _show_plan(made, shown, rows, json=json)
        return
    if out is None:
        raise InputError(Problem("usage", "name the stems' folder: -o DIR", hint="or say --plan"))
    wanted = {out: made}
    if by_region:
        parts = regions(found)
        if not parts:
            raise InputError(_no_regions(session))
        names = file_names_of([name for name, _, _ in parts])
        wanted = {
            out / name: sort_out(start_s=start_s, end_s=end_s)
            for name, (_, start_s, end_s) in zip(names, parts, strict=True)
        }
    done = _printed(wanted, session, subtype, hosting, skip_missing=skip_missing)
    if json:
        told = [each.as_json() for each in done]
        print_json({"regions": told} if by_region else told[0])
        return
    say_diagnostics(said.as_json() for said in told_of(done[0].folder))
    for bounced in done:
        _tell(bounced)


def _printed(
    wanted: Mapping[Path, Bounce],
    session: Path,
    subtype: Subtype,
    hosting: Hosting | None,
    *,
    skip_missing: bool,
) -> list[Bounced]:
    """Print every bounce into its folder. Raises StoppedError, naming what was not written."""
    from bridge.bouncing import print_stems

    done: list[Bounced] = []
    try:
        with ProgressBar() as bar:
            bar.stage("reading")
            for folder, each in wanted.items():
                stems = print_stems(
                    each,
                    folder,
                    subtype,
                    hosting=hosting,
                    skip_missing=skip_missing,
                    events=bar,
                    session_path=session,
                )
                done.append(stems)
    except KeyboardInterrupt as stop:
        missing = ", ".join(str(each) for each in [*wanted][len(done) :])
        raise StoppedError(Problem("stopped", f"stopped; {missing} was not written")) from stop
    return done


def _no_regions(session: Path) -> Problem:
    return Problem(
        "no_regions",
        f"{session.name} has neither regions nor markers",
        {"file": str(session)},
        hint="name a part of it instead: --range 0:30-1:00",
    )


def _show_plan(
    made: Bounce, told: dict[str, Any], rows_by_track: Sequence[TrackRow], *, json: bool
) -> None:
    if json:
        print_json(told)
        return
    from bridge.bouncing import REASONS, TRACK_REASONS

    say_diagnostics(told["diagnostics"])
    if rows_by_track:
        show_table(_HEAD, [_cells(each) for each in rows_by_track])
    rows = [
        (each["track"], each["of"], "", each["fate"], TRACK_REASONS[each["reason"]][1])
        for each in told["tracks"]
    ]
    rows += [("", "", "", "refused", each["message"]) for each in told["plugins"]]
    rows += [
        (each["track"], each["clip"], clock(each["position_s"]), each["fate"], REASONS[code][1])
        for each in told["clips"]
        for code in each["reasons"]
    ]
    if rows:
        show_table(("track", "clip, line or plugin", "at", "fate", "why"), rows)
    _say_shares(made)
    clips = sum(each.fate == "refused" for each in made.accounts)
    stops = [counted(clips, "clip")] if clips else []
    stops += [counted(len(told["plugins"]), "plugin")] if told["plugins"] else []
    if stops:
        say(f"a bounce stops for {' and '.join(stops)}; --skip-missing goes on without them")


_HEAD = ("track", "kind", "clips", "as they are", "told", "refused", "instrument", "not at hand")


def _cells(row: TrackRow) -> tuple[str, ...]:
    told = row.clip_seconds
    shares = (told["rendered"], told["told"], told["refused"])
    absent = (*row.missing_media, *row.refused_plugins)
    kind = row.track.kind if row.heard else f"{row.track.kind}, silent"
    said = (f"{each:.1f} s" if each else "" for each in shares)
    plugins = ", ".join(row.plugins)
    name = f"{row.track.name} [{plugins}]" if plugins else row.track.name
    return (name, kind, str(row.clips or ""), *said, row.instrument, "; ".join(absent))


def _say_shares(made: Bounce) -> None:
    from bridge.bouncing import seconds

    found = seconds(made.accounts)
    whole = sum(found.values())
    share = 100.0 * (1.0 - found["refused"] / whole) if whole else 0.0
    say(
        f"{share:.1f} % of {whole:.1f} clip-seconds can be printed: {found['rendered']:.1f} as "
        f"they are, {found['told']:.1f} with a word, {found['refused']:.1f} not"
    )


def _tell(done: Bounced) -> None:
    for stem in done.stems:
        say(f"{stem.written.path.name}  {stem.track.role}")
    length = clock(done.bounce.frames / done.bounce.session.sample_rate_hz)
    _say_shares(done.bounce)
    like = done.bounce.dialect.name
    say(f"{done.folder}: {counted(len(done.stems), 'stem')}, {length}, like {like}")
