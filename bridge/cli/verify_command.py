"""`stemwright verify`: is this master still what its lock says?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bridge.cli.options import Jobs, Json, cores
from bridge.cli.telling import print_json
from bridge.errors import EXIT_NO

if TYPE_CHECKING:
    from bridge.comparing import Verified


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that render wrote.")],
    plugins: Annotated[
        list[Path] | None,
        typer.Option("--plugins", help="Host what lies here and nothing else; repeatable."),
    ] = None,
    accept: Annotated[
        Literal["exact", "float", "dither", "tolerant"],
        typer.Option(help="The last verdict that passes; tolerant for another platform."),
    ] = "exact",
    jobs: Jobs = None,
    plugin_timeout: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds a plugin may take before it counts as hung."),
    ] = None,
    json: Json = False,
) -> None:
    """Render DIR anew from an empty store and compare; name the first step that differs.

    Needs only DIR and the stems it names, and changes nothing. Exit code 1: not the same.

    Example: stemwright verify master/
    """
    from bridge.cli.progress import ProgressBar
    from bridge.comparing import Limits
    from bridge.comparing import verify as verify_folder

    with ProgressBar() as progress:
        found = verify_folder(
            folder,
            events=progress,
            jobs=jobs or cores(),
            plugin_folders=plugins,
            limits=Limits(accept=accept),
            deadline_s=plugin_timeout,
        )
    if json:
        print_json(found.as_json())
    else:
        typer.echo("\n".join(_lines(found)))
    if not found.within:
        raise typer.Exit(EXIT_NO)


def _lines(found: Verified) -> list[str]:
    lines = [f"{found.verdict}: {each.name} {each.verdict}" for each in found.found.files]
    if found.step is None:
        return lines
    told = found.as_json()["first"]
    lines.append(f"first difference: {found.step} ({found.kind})")
    if told["peak_dbfs"] is not None:
        lines.append(
            f"at the output: peak {told['peak_dbfs']:.1f} dBFS, rms {told['rms_dbfs']:.1f} dBFS"
        )
    if not found.repeatable:
        lines.append("this step gives another result every time; its own variation is allowed")
    after = [step for step in found.differing if step != found.step]
    if after:
        lines.append(f"and {len(after)} steps downstream of it")
    return lines
