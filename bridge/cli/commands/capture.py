"""`stemwright capture`: plugins that were set in a DAW, as a chain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Json, PluginPath, StorePath, Trust
from bridge.cli.printing import print_json, say
from bridge.cli.telling import say_diagnostics
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.exchanging import Captured, Pick
    from bridge.finished import Lock

_WAYS = "--track NAME, --bus NAME, --master, --all, --like CHAIN or --presets DIR"


def capture(
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="CHAIN", help="The chain file to write.")
    ],
    session: Annotated[
        Path | None, typer.Argument(metavar="[SESSION]", help="The DAW's session or project.")
    ] = None,
    track: Annotated[
        str | None, typer.Option("--track", metavar="NAME", help="Lift this track's plugins.")
    ] = None,
    bus: Annotated[
        str | None, typer.Option("--bus", metavar="NAME", help="Lift this group's or return's.")
    ] = None,
    master: Annotated[bool, typer.Option("--master", help="Lift the master's plugins.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Lift the whole mixer: groups, returns, master.")
    ] = False,
    like: Annotated[
        Path | None,
        typer.Option(
            "--like",
            metavar="CHAIN",
            help="Lift all of it onto the chain the project was exported from; name what differs.",
        ),
    ] = None,
    presets: Annotated[
        Path | None,
        typer.Option("--presets", metavar="DIR", help="Build a chain of a folder's preset files."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="The chain's name.")] = "",
    plugin_path: PluginPath = None,
    trust: Trust = None,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Lift plugins with order, bypass, wet/dry and states out of a DAW session into a chain.

    The states go to states/ beside CHAIN. Nothing is overwritten. What could not be lifted, such
    as the DAW's own effects, is named.

    Example: stemwright capture song.rpp --bus Vocals -o vocals.toml
    """
    from bridge.exchanging import write_chain

    pick = _pick(track, bus, master=master, everything=everything, like=like, presets=presets)
    if (session is None) == (presets is None):
        raise _usage("a session is captured, or with --presets a folder")
    if presets is not None:
        from bridge.exchanging import capture_presets

        captured = capture_presets(presets, name)
    elif session is not None:
        captured = _from_session(session, pick, like, name, _Places(plugin_path, trust, store))
    write_chain(captured, out)
    if json:
        print_json({"chain": str(out), "states": list(captured.states), **captured.as_json()})
        return
    _tell(captured, out)


def _pick(
    track: str | None,
    bus: str | None,
    *,
    master: bool,
    everything: bool,
    like: Path | None,
    presets: Path | None,
) -> Pick:
    from bridge.exchanging import Pick

    picks = [Pick("track", track)] if track is not None else []
    picks += [Pick("bus", bus)] if bus is not None else []
    picks += [Pick("master")] if master else []
    picks += [Pick("all")] if everything or like is not None or presets is not None else []
    ways = [track is not None, bus is not None, master, everything, like is not None]
    if sum(ways) + (presets is not None) != 1:
        raise _usage("say once what is captured")
    return picks[0]


def _usage(message: str) -> InputError:
    return InputError(
        Problem("usage", message, expected=_WAYS, hint="see stemwright capture --help")
    )


@dataclass(frozen=True)
class _Places:
    """Where plugins are looked for, which other folders are trusted, and what keeps answers."""

    plugins: list[Path] | None
    trusted: list[Path] | None
    store: Path | None


def _from_session(
    path: Path, pick: Pick, like: Path | None, name: str, places: _Places
) -> Captured:
    from bridge.exchanging import Finisher, capture as lift, capture_onto, with_class_ids
    from bridge.hosting import trusted_folders
    from bridge.storing import Store, default_root
    from chains import load
    from sessions import read

    kept, folders = Store(places.store or default_root()), places.plugins or ()
    session = with_class_ids(read(path), kept, folders)
    if like is None:
        return lift(session, pick, name)
    chain = load(like)
    trusted = trusted_folders(places.trusted or ())
    finisher = Finisher(chain, kept, folders, _lock_beside(like), trusted)
    return capture_onto(session, chain, finisher)


def _lock_beside(chain: Path) -> Lock | None:
    from bridge.finished import read_lock

    return read_lock(chain.parent) if (chain.parent / "chain.lock").is_file() else None


def _tell(captured: Captured, out: Path) -> None:
    say_diagnostics(said.as_json() for said in captured.diagnostics)
    for each in captured.lifted:
        marks = [f"mix {each.insert.mix:g}"] if each.insert.mix != 1.0 else []
        marks += ["bypassed"] if each.insert.bypass else []
        state = each.state_path or ("state as in the chain" if each.kept else "no state")
        say("  ".join([f"{each.step_id:<28} {each.device.name:<24} {state}", *marks]))
    for differs in captured.differences:
        say(f"{differs.where}: {differs.what}: {differs.before} -> {differs.after}")
    count = len(captured.lifted)
    say(f"{out}: {count} plugin{'' if count == 1 else 's'} lifted")
