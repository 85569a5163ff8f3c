"""The executor: a plan becomes finished files, and what is known already is not rendered again."""

from bridge.rendering.context import Context, StepResult
from bridge.rendering.deliver import Pages, write_folder
from bridge.rendering.events import Cancel, Events, Silent
from bridge.rendering.folder import check_output, held_drive
from bridge.rendering.linking import link
from bridge.rendering.master import Output, Rendering, render

__all__ = [
    "Cancel",
    "Context",
    "Events",
    "Output",
    "Pages",
    "Rendering",
    "Silent",
    "StepResult",
    "check_output",
    "held_drive",
    "link",
    "render",
    "write_folder",
]
