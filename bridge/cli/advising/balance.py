"""`stemwright balance`: the rough mix's balance, as faders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bridge.cli.advising.given_job import job_inputs
from bridge.cli.options import JobPath, Jobs, Json, Page, PluginPath, StorePath, Trust
from bridge.cli.printing import print_json, say, say_size, show_table
from bridge.cli.progress import ProgressBar
from bridge.road import ToBalance, apply_balance, balanced
from stemwright.problems import InputError, Problem
from stemwright.words import listed

if TYPE_CHECKING:
    from bridge.advising import Balance, GroupMove, StemMove

_HEAD = ("group", "share now", "share wanted", "fader", "move", "what else")
_STEM_HEAD = ("stem", "group", "gain", "move")


def balance(
    job: JobPath,
    to: Annotated[
        Literal["rough", "reference"],
        typer.Option("--to", help="Whose balance: the job's rough mix, or its references'."),
    ] = "rough",
    per_stem: Annotated[
        bool, typer.Option("--per-stem", help="Balance the stems of each group, too.")
    ] = False,
    before_inserts: Annotated[
        bool,
        typer.Option(
            "--before-inserts", help="Go by the stems as they came: no insert is rendered."
        ),
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the moves into the job, and show what changed.")
    ] = False,
    estimates: Annotated[
        bool,
        typer.Option("--estimates", help="With --apply: write the moves that are estimates, too."),
    ] = False,
    page: Page = None,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Propose faders that give JOB's groups the balance of its rough mix, or of a reference.

    Every group is heard after its inserts, and its fader is moved so that its share of the sum is
    the one it has in the rough mix, whatever its bus did to that; the groups that move stay as loud
    together. What cannot be known is left alone, and named. Nothing is written without --apply.

    Example: stemwright balance song/
    """
    if estimates and not apply:
        said = "--estimates goes with --apply: it says what that writes"
        raise InputError(Problem("usage", said, hint="see stemwright balance --help"))
    if per_stem and to == "reference":
        said = "--per-stem goes with the rough mix: a reference knows nothing of single stems"
        raise InputError(Problem("usage", said, hint="see stemwright balance --help"))
    inputs = job_inputs(job, page, store, plugin_path, trust, jobs)
    given = ToBalance(inputs, to, per_stem, before_inserts)
    with ProgressBar() as bar:
        made = balanced(given, bar, page)
    say_size(page, err=True)
    if json:
        changed = apply_balance(given, made, estimates=estimates) if apply else ()
        print_json({**made.as_json(), "applied": apply, "changed": list(changed)})
        return
    _show(made)
    if apply:  # what is refused is to be set by hand, by what was shown
        say(*apply_balance(given, made, estimates=estimates))
    _say_what_next(made, applied=apply, estimates=estimates)


def _show(made: Balance) -> None:
    show_table(_HEAD, list(map(_row, made.groups)), piped_width=120)
    if made.stems:
        show_table(_STEM_HEAD, list(map(_stem_row, made.stems)), piped_width=120)
    say(*_told(made), err=True)


def _row(each: GroupMove) -> Sequence[str]:
    said = [f"left alone: {each.left_alone}"] if each.left_alone else []
    return (
        each.id,
        _lu(each.share_lu),
        _lu(each.wanted_lu),
        f"{each.fader_db:+.2f} dB",
        f"{each.change_db:+.2f} dB" if each.change_db else "",
        "; ".join([*said, *each.remarks]),
    )


def _lu(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} LU"


def _stem_row(each: StemMove) -> Sequence[str]:
    moved = f"{each.change_db:+.2f} dB" if each.change_db else ""
    return each.id, each.group, f"{each.gain_db:+.2f} dB", moved


def _told(made: Balance) -> Iterator[str]:
    where = "before" if made.heard == "before_inserts" else "after"
    yield f"to {made.target}; groups are heard {where} their inserts"
    if "rough" in made.facts:
        yield f"rough mix: {made.facts['rough']}"
    if made.aim == "reference":
        yield "tone against it, mid/side: {mid_before_db}/{side_before_db} dB now,".format(
            **made.facts
        ) + " {mid_after_db}/{side_after_db} dB then".format(**made.facts)
    yield from made.remarks


def _say_what_next(made: Balance, *, applied: bool, estimates: bool) -> None:
    guessed = [each.id for each in made.moved_groups if each.is_estimate]
    guessed += [each.id for each in made.moved_stems if each.is_estimate]
    if guessed and not estimates:
        names = listed(guessed, 8)
        said = f"left out: {names}" if applied else f"--apply leaves out {names}"
        say(f"{said}: these are estimates; --apply --estimates writes them, too", err=True)
    if not made.moves:
        say("nothing to move: the balance is there", err=True)
    elif not applied:
        say("to write these moves into the job: the same with --apply", err=True)
