"""`stemwright fit --stand-in`: what a built-in or another plugin is to be in a dead one's place."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bridge.cli.printing import print_json, say
from stemwright.problems import EXIT_NO, InputError, Problem

if TYPE_CHECKING:
    from bridge.advising import Fit
    from bridge.road import StoodIn, ToStandIn

_ONLY_A_JOB = Problem(
    "usage",
    "--stand-in goes with a JOB, --from one of its revisions, and one --insert",
    hint="the revision must be frozen: its audio is what the stand-in is fitted to",
)


def wanted_of(
    job: Path, inserts: list[str], by: str, revision: str | None, places: dict[str, Any]
) -> ToStandIn:
    """What was asked for. Raises InputError `usage`."""
    from bridge.cli.given_song import names_job
    from bridge.jobs import load_job
    from bridge.road import ToStandIn

    if revision is None or len(inserts) != 1 or not names_job(job):
        raise InputError(_ONLY_A_JOB)
    name = Path(revision).name
    return ToStandIn(load_job(job), inserts[0], by, name, **places)


def stand_in(
    wanted: ToStandIn, out: Path | None, *, apply: bool, anyway: bool, as_json: bool
) -> None:
    """Fit it, print it, and write it where that is asked for; what refuses refuses before."""
    from bridge.cli.progress import CountBar
    from bridge.road import check_stand_in, stand_in_for

    if apply:
        check_stand_in(wanted.job, wanted.insert)
    with CountBar("fitting") as bar:
        found = stand_in_for(wanted, lambda made, most, least: bar.show(made, most, f"{least:.2f}"))
    if not as_json:
        _tell(found)
    is_refused = apply and found.is_poor and not anyway
    texts = None if is_refused else _written(wanted, found, out, apply=apply)
    if as_json:
        print_json({**found.as_json(), "written": texts is not None})
    else:
        say_changed(texts)
    if found.is_poor:
        say(f"warning: {found.poor}", err=True)
    if texts is None:
        asked = "--apply --anyway" if found.is_poor else "--apply"
        say(f"nothing was swapped: {asked} puts it into the song's chain", err=True)
    if is_refused:
        raise typer.Exit(EXIT_NO)


def again(fit: Fit, seed: int) -> str:
    """How the same search is made again, or one that time cuts nothing off."""
    asked = f"--evaluations {fit.most} --seed {seed}"
    if fit.cut_short:
        return f"the time left some out: {asked} makes all {fit.most}"
    return f"{asked} gives the same again"


def say_changed(texts: tuple[str, str] | None) -> None:
    """Say what changed in a file between its text before and after; nothing where none was."""
    if texts is not None:
        before, after = (text.splitlines() for text in texts)
        say(*unified_diff(before, after, "before", "after", lineterm=""))


def _written(
    wanted: ToStandIn, found: StoodIn, out: Path | None, *, apply: bool
) -> tuple[str, str] | None:
    from bridge.road import stand_in_into_copy, stand_in_into_job
    from chains import load

    if out is not None:
        return stand_in_into_copy(load(wanted.job.chain_path), found, out)
    return stand_in_into_job(wanted.job, found) if apply else None


def _tell(found: StoodIn) -> None:
    say(f"# {found.comment}", f"# {found.insert}")
    say(*(f"{key} = {_toml(value)}" for key, value in found.table.items()))
    say(
        f"residual  {found.after:.2f} dBFS rms, {found.under_db:.2f} dB under what"
        f" {found.stands_in_for} gave; {found.before:.2f} without either"
    )
    fit = found.fit
    say(
        f"heard {found.start_s:g} s to {found.end_s:g} s; {fit.evaluations} evaluations;"
        f" {again(fit, found.seed)}",
        err=True,
    )


def _toml(value: Any) -> str:
    import tomlkit

    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_key(key)} = {_toml(each)}" for key, each in value.items()) + " }"
        )
    return str(tomlkit.item(value).as_string())


def _key(name: str) -> str:
    plain = name.replace("_", "").replace("-", "")
    return name if plain.isascii() and plain.isalnum() else f'"{name}"'
