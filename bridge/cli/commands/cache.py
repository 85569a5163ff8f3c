"""`stemwright cache`: where finished steps are kept, whether they are whole, and making room."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Json, StorePath
from bridge.cli.printing import print_json, say
from stemwright.problems import EXIT_NO, InputError, Problem

if TYPE_CHECKING:
    from bridge.storing import Held, Store

app = typer.Typer(
    name="cache",
    help="The store of finished steps: its place and size, whole or not, making room.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

IN_USE_S = 3600.0
"""What was used so lately may be in use: it is never dropped."""
_WHY = {
    "in_use": "used by a render at work",
    "used_lately": "used in the last hour",
    "kept_size": "within --keep",
}
"""Why entries stay, by the words of the JSON."""


@app.command()
def path(store: StorePath = None, json: Json = False) -> None:
    """Print where the store lies, and how large it is.

    Example: stemwright cache path
    """
    from bridge.storing import Store, default_limit_bytes, default_root

    root, limit_bytes = store or default_root(), default_limit_bytes()
    found = Store(root).held() if root.exists() else []
    size = _bytes(found)
    if json:
        told = {"path": str(root), "entries": len(found), "bytes": size}
        print_json({**told, "limit_bytes": limit_bytes})
        return
    say(str(root))
    said = f"{_size(size)} in {len(found)} entries; renders keep it under {_size(limit_bytes)}"
    say(said, err=True)


@app.command()
def size(store: StorePath = None, json: Json = False) -> None:
    """Print how much the store takes on the disk, in how many entries, and how much it may take.

    Example: stemwright cache size
    """
    from bridge.storing import Store, default_limit_bytes, default_root

    root, limit_bytes = store or default_root(), default_limit_bytes()
    found = Store(root).held() if root.exists() else []
    if json:
        told = {"bytes": _bytes(found), "entries": len(found), "limit_bytes": limit_bytes}
        print_json(told)
        return
    say(_size(_bytes(found)))
    say(f"in {len(found)} entries; renders keep it under {_size(limit_bytes)}", err=True)


@app.command()
def verify(
    store: StorePath = None,
    drop: Annotated[bool, typer.Option("--drop", help="Drop the damaged entries.")] = False,
    json: Json = False,
) -> None:
    """Read every entry and name those that are damaged; renders make these again.

    Exit code 0: all are whole. 1: not.

    Example: stemwright cache verify
    """
    kept = _opened(store)
    count, damaged = len(kept.held()), kept.damaged()
    for key in damaged if drop else ():
        kept.drop(key)
    if json:
        print_json({"entries": count, "damaged": damaged, "dropped": drop and bool(damaged)})
    else:
        say(*(f"damaged  {key}" for key in damaged))
        then = ", dropped" if drop and damaged else ""
        what = "damaged or of an earlier stemwright"
        say(f"{count} entries, {len(damaged)} {what}{then}", err=True)
    if damaged and not drop:
        raise typer.Exit(EXIT_NO)


@app.command()
def gc(
    keep: Annotated[
        str, typer.Option("--keep", metavar="SIZE", help="How much may stay: 5GB, 500MB, 0.")
    ] = "0",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be dropped; drop nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Drop it without asking.")] = False,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Drop finished steps, those used longest ago first; what was used in the last hour stays.

    Renders make again what they need. It asks first.

    Example: stemwright cache gc --keep 5GB --dry-run
    """
    kept = _opened(store)
    spare = kept.spare(_asked(keep), IN_USE_S)
    dropped = bool(spare) and not dry_run and (yes or _agreed(spare, kept.root))
    if dropped:
        spare = kept.let_go(spare)
    others = _others(kept, spare)
    left, because = len(others), _because(kept, others)
    if json:
        told = {"entries": len(spare), "bytes": _bytes(spare), "dropped": dropped}
        left = left if dropped or dry_run else left + len(spare)
        print_json({**told, "left_entries": left, "left_because": because})
        return
    done = "dropped" if dropped else "would drop" if dry_run else "kept"
    why = ", ".join(f"{count} {_WHY[name]}" for name, count in because.items() if count)
    stay = f"{left} others stay: {why}" if why else f"{left} others stay"
    say(f"{done} {_size(_bytes(spare))} in {len(spare)} entries; {stay}")


def _others(kept: Store, spare: Sequence[Held]) -> list[Held]:
    keys = {each.key for each in spare}
    return [each for each in kept.held() if each.key not in keys]


def _because(kept: Store, others: Sequence[Held]) -> dict[str, int]:
    """How many entries stay for which reason."""
    in_use, before = kept.in_use(), time.time() - IN_USE_S
    reasons = Counter(
        "in_use" if each.key in in_use else "used_lately" if each.used > before else "kept_size"
        for each in others
    )
    return {name: reasons[name] for name in _WHY}


def _opened(store: Path | None) -> Store:
    """The store, which has to be there. Raises InputError."""
    from bridge.storing import Store, default_root

    root = store or default_root()
    if not root.is_dir():
        raise InputError(Problem("no_store", "there is no store", {"file": str(root)}))
    return Store(root)


def _agreed(spare: Sequence[Held], root: Path) -> bool:
    """Ask on a terminal. Raises InputError where nobody can answer."""
    what = f"{_size(_bytes(spare))} in {len(spare)} entries of {root}"
    if not sys.stdin.isatty():
        hint = "say --yes to drop it, or --dry-run to see what would go"
        raise InputError(Problem("not_agreed", f"nobody can be asked about {what}", hint=hint))
    say(f"drop {what}? [y/N]", err=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _asked(words: str) -> int:
    from bridge.storing import bytes_of

    found = bytes_of(words)
    if found is None:
        problem = Problem("usage", f"--keep {words} is no size", expected="5GB, 500MB or 0")
        raise InputError(problem)
    return found


def _bytes(found: Sequence[Held]) -> int:
    return sum(each.size_bytes for each in found)


def _size(count: int) -> str:
    from bridge.storing import size_in_words

    return size_in_words(count)
