"""What the quick part of the stem check says, as renders and new jobs say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.printing import say
from bridge.cli.telling import say_diagnostics
from stemwright.words import quoted

Check = Annotated[
    bool,
    typer.Option(
        "--check/--no-check", help="Tell what the quick part of the stem check finds, too."
    ),
]


def say_checked(diagnostics: Iterable[Mapping[str, str]], song: Sequence[Path]) -> None:
    """Say what was noticed, and where there is more to see if findings are among it."""
    told = list(diagnostics)
    say_diagnostics(told)
    if song and any(each["message"].endswith(f"({each['code']})") for each in told):
        say(f"look at it: stemwright check {' '.join(map(quoted, song))}", err=True)
