"""`stemwright demo`: a whole master from nothing but this program."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.commands.render import tell
from bridge.cli.options import Json, StorePath
from bridge.cli.printing import print_json, say
from bridge.road import Inputs, Work, cores, render_master
from stemwright.problems import InputError, Problem


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to work.")] = Path("demo"),
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Synthesise a song of 8 stems and master it on built-in processors.

    What DIR holds already is kept, so you can edit DIR/chain.toml and run it again.

    Example: stemwright demo demo/
    """
    from bridge.cli.progress import ProgressBar

    stems, chain, master = folder / "stems", folder / "chain.toml", folder / "master"
    if chain.exists() and not stems.exists():
        raise _not_ours(chain, "there is a chain already, which is not the demo's")
    _write_song(stems, quiet=json)
    if not chain.exists():
        chain.write_bytes((files("chains") / "library" / "demo.toml").read_bytes())
    work = Work(Inputs([stems], chain, store, jobs=cores()), master)
    with ProgressBar() as progress:
        made = render_master(work, progress)
    if json:
        print_json(made.record.as_json())
    else:
        say(f"stems    {stems}", f"chain    {chain}", f"master   {master / 'main.wav'}")
        tell(made.record, master, [stems])
    if not made.reached:
        raise typer.Exit(1)


def _not_ours(path: Path, message: str) -> InputError:
    hint = "name another folder: stemwright demo DIR"
    return InputError(Problem("output_not_ours", message, {"file": str(path)}, hint=hint))


def _write_song(folder: Path, *, quiet: bool) -> None:
    from bridge.demo import PARTS, write_song

    wanted = {f"{name}.wav" for name in PARTS}
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if found == wanted:
        return
    if found or folder.is_file():
        raise _not_ours(folder, "there are other files where the demo's stems would go")
    if not quiet:
        say("synthesising 8 stems ...", err=True)
    write_song(folder)
