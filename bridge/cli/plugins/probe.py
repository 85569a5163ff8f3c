"""`stemwright plugins probe`: a card for each plugin."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.options import Json, PluginPath, StorePath
from bridge.cli.plugins.chosen import (
    Format,
    HostName,
    Timeout,
    named_host,
    one,
    opened,
)
from bridge.cli.printing import print_json, say, show_table
from bridge.cli.telling import paragraph
from bridge.road import installed_plugins
from stemwright.problems import InputError, Problem, RenderError, StemwrightError

if TYPE_CHECKING:
    from bridge.hosting import Card
    from bridge.plugins import Plugin
    from bridge.storing import Store

HEAD = (
    "plugin",
    "in/out",
    "latency",
    "tail",
    "settles",
    "warm-up",
    "fresh",
    "busy",
    "reset",
    "2nd",
    "at 64",
    "at 1024",
    "tempo",
    "other host",
    "load",
    "speed",
    "memory",
    "notes",
)
"""The columns of a card, as docs/plugins.md explains them."""


_PIPED_WIDTH = 300
"""Nobody wants a table folded that goes into a file."""


def probe(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Names, paths or class ids of plugins."),
    ] = None,
    all_plugins: Annotated[
        bool, typer.Option("--all", help="Every plugin found; in its best format.")
    ] = False,
    long: Annotated[
        bool, typer.Option("--long", help="Also listen for 95 s to noise and to silence.")
    ] = False,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state", help="A state to probe it with, as a sampler loads little without one."
        ),
    ] = None,
    host: HostName = "dawdreamer",
    plugin_timeout: Timeout = None,
    kind: Format = None,
    plugin_path: PluginPath = None,
    store: StorePath = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table as Markdown.")
    ] = False,
    json: Json = False,
) -> None:
    """Measure what a plugin does: latency, tail, whether it repeats itself, its pace; keep a card.

    Differences are peaks in dBFS, at default settings or at --state; "same" is to the bit.
    Renders take their deadlines from the card. Exit code 4: a plugin failed on the way.

    Example: stemwright plugins probe "Pro-Q 3" --long
    """
    _refuse_state(state, names or [])
    kept = opened(store)
    cards: list[Card] = []
    failures: list[Problem] = []
    for plugin in _chosen(names or [], all_plugins, kept, plugin_path, kind):
        try:
            cards.append(_probed(plugin, host, kept, state, long=long, deadline_s=plugin_timeout))
        except StemwrightError as error:
            if isinstance(error, InputError):
                raise
            failures += error.problems
    if json:
        failed = [problem.as_json() for problem in failures]
        print_json({"cards": [card.as_json() for card in cards], "errors": failed})
    else:
        print_cards(cards, markdown=markdown)
        for problem in failures:
            say(*paragraph(problem), err=True)
    if failures:
        raise typer.Exit(RenderError.exit_code)


def _refuse_state(state: Path | None, names: Sequence[str]) -> None:
    """Raise InputError for what is no state, and for one of several plugins."""
    if state is None:
        return
    if len(names) != 1:
        raise InputError(Problem("usage", "--state is of one plugin: name it", hint="see --help"))
    from bridge.hosting import opened_state

    with opened_state(state):
        pass


def _chosen(
    names: Sequence[str],
    all_plugins: bool,
    store: Store,
    plugin_path: Sequence[Path] | None,
    kind: str | None,
) -> list[Plugin]:
    from bridge.plugins import Wanted, find

    if bool(names) == all_plugins:
        raise InputError(
            Problem("usage", "name the plugins to probe, or say --all", hint="see --help")
        )
    if names:
        return [one(name, store, plugin_path, kind) for name in names]
    found = installed_plugins(store, plugin_path or (), again=False)
    return list(find(found, Wanted(format=kind)))


def _probed(
    plugin: Plugin,
    host_name: str,
    store: Store,
    state: Path | None,
    *,
    long: bool,
    deadline_s: float | None,
) -> Card:
    from bridge.cli.progress import ProgressBar
    from bridge.hosting import keep_card, probe

    host = named_host(host_name)
    with ProgressBar() as bar:
        bar.busy(plugin.name)
        card = probe(plugin, host, state=state, long=long, deadline_s=deadline_s, tell=bar.stage)
    keep_card(store, plugin, host, card)
    return card


def print_cards(cards: Sequence[Card], *, markdown: bool = False) -> None:
    """Print cards: one as a list, several as a table with a row each."""
    rows = [_row(card) for card in cards]
    if len(rows) == 1 and not markdown:
        print_table((HEAD[0], rows[0][0]), zip(HEAD[1:], rows[0][1:], strict=True))
    else:
        print_table(HEAD, rows, markdown=markdown)


def print_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, markdown: bool = False
) -> None:
    """Print rows under a head: for people, or as a Markdown table."""
    if markdown:
        for row in (head, ["-"] * len(head), *rows):
            say("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
        return
    show_table(head, rows, piped_width=_PIPED_WIDTH)


def _row(card: Card) -> tuple[str, ...]:
    measured, reported = card.latency_measured_frames, card.latency_reported_frames
    latency = str(reported) if measured == reported else f"{reported} (measured {_or(measured)})"
    key = f"+{card.key_inputs}" if card.key_inputs else ""
    return (
        card.name,
        f"{card.inputs}{key}/{card.outputs}",
        latency,
        "> 10 s" if card.tail_s is None else f"{card.tail_s:.2f} s",
        "never" if card.settle_s is None else f"{card.settle_s:.2f} s",
        "never" if card.warm_up_s is None else f"{card.warm_up_s:.2f} s",
        *(
            _difference(value)
            for value in (
                card.fresh_dbfs,
                card.load_dbfs,
                card.reset_dbfs,
                card.instance_dbfs,
                card.buffer_64_dbfs,
                card.buffer_1024_dbfs,
                card.tempo_dbfs,
            )
        ),
        "-" if card.other_host is None else _difference(card.other_host_dbfs),
        f"{card.load_s:.2f} s",
        f"{1 / card.real_time_factor:.0f}x" if card.real_time_factor else "-",
        f"{card.peak_memory_bytes / 1e6:.0f} MB",
        ", ".join(_notes(card)),
    )


def _notes(card: Card) -> list[str]:
    notes = [] if card.format == "VST3" else [card.format]
    notes += ["latency shifts"] if card.latency_shifts else []
    notes += ["output is its input"] if card.dry else []
    notes += ["needs a display"] if card.display_needed else []
    return notes + [f"demo? {said}" for said in card.suspicions]


def _difference(dbfs: float) -> str:
    return "same" if dbfs == -math.inf else f"{dbfs:.0f} dB"


def _or(value: Any) -> str:
    return "-" if value is None else str(value)
