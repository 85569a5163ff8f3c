"""`stemwright sheet`: the recall sheet of a master, on the screen or as a file to keep."""

from __future__ import annotations

import json as json_text
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bridge.cli.given_song import finished
from bridge.cli.options import Json, PluginPath, StorePath
from bridge.cli.printing import print_json, printable, say
from bridge.finished import refuse_kept
from bridge.road import sheet_of_draft, sheet_of_folder, sheet_of_revision
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.pages.sheet import Sheet

Form = Literal["text", "html", "json"]
_SUFFIXES: dict[str, Form] = {".html": "html", ".htm": "html", ".json": "json"}


def sheet(
    folder: Annotated[
        Path, typer.Argument(metavar="JOB|DIR", help="A song's job, or a folder render wrote.")
    ],
    revision: Annotated[
        str | None,
        typer.Argument(metavar="[REVISION]", help="A revision of the job: r0, r1, ..."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="FILE", help="Write it to FILE: .html, .json, or else text."
        ),
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="As one page to print.")] = False,
    as_text: Annotated[
        bool, typer.Option("--text", help="As text of 80 columns, also where FILE is named else.")
    ] = False,
    plugin_path: PluginPath = None,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Print the recall sheet of a master: every strip, insert, setting and level of it.

    Of a job it is that of its draft, or of a revision.
    Hosted inserts are told in their plugins' own display texts, as far as the plugins are here;
    else as the lock and the store know them. What the job has otherwise than its chain is marked.

    Example: stemwright sheet song/ r1 -o song/recall.html
    """
    form = _form(out, html=html, as_text=as_text, json=json)
    _check_free(out)
    made = _made(folder, revision, store, plugin_path or ())
    if out is None:
        _show(made, form)
        return
    from stemwright.files import placed

    placed(out, _written(made, form).encode("utf-8", "backslashreplace"))
    if json:
        print_json({"sheet": str(out), "form": form})
    else:
        say(str(out))


def _made(
    folder: Path, revision: str | None, store: Path | None, plugin_folders: Sequence[Path]
) -> Sheet:
    if revision is not None:
        return sheet_of_revision(folder, revision, store, plugin_folders)
    draft = finished(folder)
    if draft == folder:
        return sheet_of_folder(folder, store, plugin_folders)
    return sheet_of_draft(folder, draft, store, plugin_folders)


def _form(out: Path | None, *, html: bool, as_text: bool, json: bool) -> Form:
    """What is asked for by its option, else by the file's name. Raises InputError for two."""
    wanted: dict[Form, bool] = {"html": html, "text": as_text, "json": json and out is None}
    asked = [form for form, is_asked in wanted.items() if is_asked]
    if len(asked) > 1:
        named = " and ".join(f"--{each}" for each in asked)
        problem = Problem("usage", f"a sheet is one of these, not {named}", expected="one of them")
        raise InputError(problem)
    if asked:
        return asked[0]
    return "text" if out is None else _SUFFIXES.get(out.suffix.casefold(), "text")


def _check_free(out: Path | None) -> None:
    if out is not None:
        refuse_kept(out)
    if out is None or not (out.exists() or out.is_symlink()):
        return
    raise InputError(
        Problem(
            "output_exists",
            f"{out.name} is there already, and is not overwritten",
            {"file": str(out)},
            hint="name another file with -o, or move that one away",
        )
    )


def _show(made: Sheet, form: Form) -> None:
    if form == "json":
        print_json(made.as_json())
    else:
        say(*_lines(made, form))


def _written(made: Sheet, form: Form) -> str:
    if form == "json":
        return json_text.dumps(made.as_json(), ensure_ascii=False, indent=2) + "\n"
    return "".join(f"{line}\n" for line in _lines(made, form))


def _lines(made: Sheet, form: Form) -> list[str]:
    from bridge.pages.sheet import sheet_lines, sheet_page

    shown = made.shown(printable)
    return sheet_page(shown).split("\n")[:-1] if form == "html" else list(sheet_lines(shown))
