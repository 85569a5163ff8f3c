"""Headless stem mastering: stems and a chain file in, a finished master out.

`master(stems, chain, out)` is the whole job; `read`, `load`, `plan`, `render` and `plugins` are its
parts, `check` looks at stems first, and `measure`, `diff`, `verify`, `report` and `bypass` ask
what came of it. `load_job` reads
a song's job, which `send`, `history`, `revise` and the others lead to its approved master. See
docs/python.md. Everything is loaded when it is first asked for.
"""

TYPE_CHECKING = False  # the command line imports this first: an interrupt must not meet an import
if TYPE_CHECKING:
    from typing import Any

    from bridge.checking import CheckReport, Finding
    from bridge.comparing import Limits
    from bridge.gathering import Cancel
    from stemwright.face.asking import bypass, diff, measure, report, verify
    from stemwright.face.checks import check
    from stemwright.face.results import AudioFile, Master, MasterFile
    from stemwright.face.songs import (
        approve,
        changes,
        freeze,
        history,
        page,
        replace,
        restore,
        revise,
        send,
        sheet,
    )
    from stemwright.face.steps import load, load_job, master, plan, plugins, read, render
    from stemwright.problems import (
        Diagnostic,
        DiffersError,
        InputError,
        MachineError,
        Problem,
        RenderError,
        StemwrightError,
        StoppedError,
    )

_HOMES = {
    "stemwright.face.steps": (
        *("load", "load_job", "master", "plan", "plugins", "read", "render"),
    ),
    "stemwright.face.asking": ("bypass", "diff", "measure", "report", "verify"),
    "stemwright.face.checks": ("check",),
    "stemwright.face.songs": (
        *("approve", "changes", "freeze", "history", "page", "replace", "restore", "revise"),
        *("send", "sheet"),
    ),
    "stemwright.problems": (
        *("Diagnostic", "DiffersError", "InputError", "MachineError", "Problem", "RenderError"),
        *("StemwrightError", "StoppedError"),
    ),
    "stemwright.face.results": ("AudioFile", "Master", "MasterFile"),
    "bridge.gathering.render_events": ("Cancel",),
    "bridge.checking": ("CheckReport", "Finding"),
    "bridge.comparing": ("Limits",),
}

__all__ = [
    "AudioFile",
    "Cancel",
    "CheckReport",
    "Diagnostic",
    "DiffersError",
    "Finding",
    "InputError",
    "Limits",
    "MachineError",
    "Master",
    "MasterFile",
    "Problem",
    "RenderError",
    "StemwrightError",
    "StoppedError",
    "approve",
    "bypass",
    "changes",
    "check",
    "diff",
    "freeze",
    "history",
    "load",
    "load_job",
    "master",
    "measure",
    "page",
    "plan",
    "plugins",
    "read",
    "render",
    "replace",
    "report",
    "restore",
    "revise",
    "send",
    "sheet",
    "verify",
]


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            if home != "stemwright.problems":
                from stemwright.installation import check_packages

                check_packages()
            globals()[name] = found = getattr(import_module(home), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> "list[str]":
    return sorted(__all__)
