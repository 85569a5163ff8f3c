"""Headless stem mastering: stems and a chain file in, a finished master out.

`master(stems, chain, out)` is the whole job; `read`, `load`, `plan`, `render`, `measure`, `diff`,
`verify` and `plugins` are its parts. See docs/python.md. Everything is loaded when it is first
asked for.
"""

TYPE_CHECKING = False  # the command line imports this first: an interrupt must not meet an import
if TYPE_CHECKING:
    from typing import Any

    from bridge.gathering import Cancel
    from stemwright.face import diff, load, master, measure, plan, plugins, read, render, verify
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
    from stemwright.results import AudioFile, Master, MasterFile

_HOMES = {
    "stemwright.face": (
        *("diff", "load", "master", "measure", "plan", "plugins", "read", "render", "verify"),
    ),
    "stemwright.problems": (
        *("Diagnostic", "DiffersError", "InputError", "MachineError", "Problem", "RenderError"),
        *("StemwrightError", "StoppedError"),
    ),
    "stemwright.results": ("AudioFile", "Master", "MasterFile"),
    "bridge.gathering.events": ("Cancel",),
}

__all__ = [
    "AudioFile",
    "Cancel",
    "Diagnostic",
    "DiffersError",
    "InputError",
    "MachineError",
    "Master",
    "MasterFile",
    "Problem",
    "RenderError",
    "StemwrightError",
    "StoppedError",
    "diff",
    "load",
    "master",
    "measure",
    "plan",
    "plugins",
    "read",
    "render",
    "verify",
]


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            if home != "stemwright.problems":
                from stemwright.installation import check_packages

                check_packages()
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> "list[str]":
    return sorted(__all__)
