"""`stemwright diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.given_song import finished
from bridge.cli.options import Json, Page, PluginPath, StorePath
from bridge.cli.printing import print_json, say, say_size
from bridge.road import (
    StateTexts,
    compared,
    compared_chains,
    compared_jobs,
    compared_kind,
    compared_sessions,
)
from stemwright.problems import InputError, Problem
from stemwright.words import quoted

if TYPE_CHECKING:
    from bridge.comparing import Diff, DocumentDiff, Policy

_COMPARE = {"chain": compared_chains, "job": compared_jobs, "session": compared_sessions}

LimitWords = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=VALUE",
        help="rms, peak, float (dBFS), loudness (LU), true_peak (dB), length (samples), "
        "accept (exact, float, dither, tolerant); repeatable.",
    ),
]


def diff(
    a: Annotated[
        Path,
        typer.Argument(
            metavar="A",
            help="An audio file, a render, a folder, a job, a chain or a DAW session.",
        ),
    ],
    b: Annotated[Path, typer.Argument(metavar="B", help="What to compare with it.")],
    limit: LimitWords = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="Limits by file pattern, as TOML.")
    ] = None,
    floor: Annotated[
        Path | None,
        typer.Option("--floor", metavar="A2", help="A rendered again: what those two differ by."),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML as well.")
    ] = None,
    page: Page = None,
    excerpt: Annotated[
        bool, typer.Option("--excerpt", help="A small page: excerpts alone, no whole songs.")
    ] = False,
    md: Annotated[bool, typer.Option("--md", help="Print Markdown.")] = False,
    plugin_path: PluginPath = None,
    store: StorePath = None,
    json: Json = False,
) -> int:
    """Compare two renders: the verdict, the insert that changed, where, how much.

    Two chains, two jobs and two DAW sessions, of any formats, are compared by what they say: every
    change in words; a job beside something else is its draft. Exit code 0: within the limits, or
    equal. 1: not. 2: cannot be compared.

    Example: stemwright diff --limit rms=-100 before/ after/
    """
    kind = compared_kind(a, b)
    if kind != "audio":
        _refuse_audio_options(
            limit=limit, policy=policy, floor=floor, junit=junit, page=page, excerpt=excerpt
        )
        compare = _COMPARE[kind]
        return _document(compare(a, b, StateTexts(store, plugin_path or ())), md, json)
    found = compared(
        finished(a),
        finished(b),
        _policy(policy, limit or []) if limit or policy else None,
        floor=floor,
        read=() if policy is None else (policy,),
        junit=junit,
        page=page,
        short_page=excerpt,
    )
    return _audio(found, page, md, json)


def _refuse_audio_options(**options: object) -> None:
    problems = [
        Problem(
            "audio_only",
            f"--{name} is about audio, and these two are not",
            expected="two audio files, renders or folders of audio",
            hint="leave it out",
        )
        for name, value in options.items()
        if value
    ]
    if problems:
        raise InputError(problems)


def _document(found: DocumentDiff, md: bool, as_json: bool) -> int:
    from bridge.comparing import document_lines, document_markdown

    if as_json:
        print_json(found.as_json())
    elif md:
        say(*document_markdown(found).rstrip("\n").split("\n"))
    else:
        say(*document_lines(found))
        for side, path, told in zip("AB", (found.a, found.b), found.remarks, strict=True):
            if told:
                count = f"{len(told)} remark{'s' if len(told) > 1 else ''}"
                say(
                    f"{side}: {count} on what was not read: stemwright read {quoted(path)}",
                    err=True,
                )
    return found.exit_code


def _audio(found: Diff, page: Path | None, md: bool, as_json: bool) -> int:
    from bridge.comparing import diff_lines, markdown

    say_size(page, err=True)
    if as_json:
        print_json(found.as_json())
    elif md:
        say(*markdown(found).rstrip("\n").split("\n"))
    else:
        say(*diff_lines(found))
    return found.exit_code


def _policy(path: Path | None, words: list[str]) -> Policy:
    from bridge.comparing import Policy, limits_given, load_policy

    return (Policy() if path is None else load_policy(path)).overridden(limits_given(words))
