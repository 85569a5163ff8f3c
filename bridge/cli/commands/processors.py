"""`stemwright processors` and `stemwright schema`: what a chain file can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Json
from bridge.cli.printing import print_json, say, show_table
from stemwright.problems import InputError, Problem
from stemwright.words import nearest

if TYPE_CHECKING:
    from chains import ProcessorWords


_HEAD = ("setting", "takes", "default", "")
_PIPED_WIDTH = 200


def processors(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One of them, as `use` names it.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/processors.md.")] = False,
    json: Json = False,
) -> None:
    """List the built-in processors with their settings, units, ranges and defaults.

    Example: stemwright processors compressor
    """
    from chains import as_markdown, placement, rows

    found = _chosen(name)
    if json:
        shared = [vars(each) for each in placement()]
        print_json({"processors": [each.as_json() for each in found], "every_insert": shared})
        return
    if markdown:
        say(*as_markdown(found))
        return
    for each in found:
        say(f"{each.use}: {each.about}")
        show_table(_HEAD, rows(each.settings), piped_width=_PIPED_WIDTH)
    say("every insert:")
    show_table(_HEAD, rows(placement()), piped_width=_PIPED_WIDTH)


def _chosen(name: str | None) -> tuple[ProcessorWords, ...]:
    from chains import processors as every

    found = every()
    chosen = tuple(each for each in found if name is None or each.use == name)
    if chosen:
        return chosen
    words = tuple(each.use for each in found)
    raise InputError(
        Problem(
            "unknown_processor",
            f'there is no built-in processor "{name}"',
            expected=f"one of {', '.join(words)}",
            nearest=nearest(name, words),
            hint="plugins are listed by stemwright plugins list",
        )
    )


def schema(
    job: Annotated[bool, typer.Option("--job", help="That of job files instead.")] = False,
) -> None:
    """Print the JSON Schema of chain files, for editors and checks.

    Example: stemwright schema > chain.schema.json
    """
    if job:
        from bridge.jobs import job_schema

        print_json(job_schema())
        return
    from chains import schema as chain_schema

    print_json(chain_schema())
