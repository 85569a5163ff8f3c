"""Session and chain to a master: the road, one function a step.

`plan`, `render`, `measure`, `diff` and `verify` are loaded when they are first asked for.
"""

TYPE_CHECKING = False  # the command line imports this first: an interrupt must not meet an import
if TYPE_CHECKING:
    from typing import Any

    from bridge.comparing import diff, verify
    from bridge.metering import measure
    from bridge.planning import plan
    from bridge.rendering import render

_ROOMS = {
    "diff": "bridge.comparing",
    "measure": "bridge.metering",
    "plan": "bridge.planning",
    "render": "bridge.rendering",
    "verify": "bridge.comparing",
}

__all__ = ["diff", "measure", "plan", "render", "verify"]


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
