"""`stemwright new`: a starter chain for a song's stems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Jobs, Json, Long, Skip, StorePath
from bridge.cli.printing import print_json, say
from stemwright.problems import EXIT_NO
from stemwright.words import quoted

if TYPE_CHECKING:
    from bridge.road import NewChain


_QUIETEST_LUFS, _LOUDEST_LUFS = -40.0, -5.0


def _in_range(lufs: float | None) -> float | None:
    if lufs is not None and not _QUIETEST_LUFS <= lufs <= _LOUDEST_LUFS:
        said = f"{lufs:g} LUFS is not between {_QUIETEST_LUFS:g} and {_LOUDEST_LUFS:g}"
        raise typer.BadParameter(said)
    return lufs


def new(
    stems: Annotated[
        list[Path],
        typer.Argument(metavar="STEMS", help="A folder or zip of stems, or the audio files."),
    ],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="CHAIN", help="The chain file (.toml) to write."),
    ],
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            metavar="FILE",
            help="A finished song that the master shall come near: its tone, mid and side, and its"
            " loudness. It is listened to alone.",
        ),
    ] = None,
    target_lufs: Annotated[
        float | None,
        typer.Option(
            "--target-lufs",
            callback=_in_range,
            help="The master's loudness, from -40 to -5. Default: the reference's, else -14, and"
            " less where the limiter would take more than 6 dB off.",
        ),
    ] = None,
    store: StorePath = None,
    skip: Skip = None,
    long: Long = False,
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Write a starter chain for stems: groups, high-passes, gentle dynamics, returns, the master.

    Every value is set by what the stems are and measure, and says so in a comment. The chain is
    rendered while it is made: what is printed is what its first render gives. Nothing that is there
    is overwritten. Exit code 1: written, but the loudness asked for is not reached.

    Example: stemwright new stems/ -o chain.toml --reference reference.wav
    """
    from bridge.cli.progress import ProgressBar
    from bridge.road import cores, new_chain

    with ProgressBar() as progress:
        made = new_chain(
            stems,
            out,
            reference=reference,
            target_lufs=target_lufs,
            store=store,
            skip=skip or (),
            long=long,
            jobs=jobs or cores(),
            events=progress,
        )
    if json:
        print_json(made.as_json())
    else:
        _tell(made, quoted(stems[0]) if len(stems) == 1 else "STEMS")
    if not made.starter.reached:
        raise typer.Exit(EXIT_NO)


def _tell(made: NewChain, stems: str) -> None:
    from bridge.cli.checking.quick import say_checked

    starter = made.starter
    say_checked([said.as_json() for said in starter.diagnostics], [made.path.parent])
    say(str(made.path))
    say(
        *(f"{group.id}: {', '.join(stem.name for stem in group.taken)}" for group in starter.groups)
    )
    say(*starter.said, err=True)
    say(f"render it: stemwright render {stems} {quoted(made.path)} -o master/", err=True)
