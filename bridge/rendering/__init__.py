"""The executor: a plan becomes finished files, and what is known already is not rendered again."""

from bridge.rendering.context import Context, StepResult
from bridge.rendering.deliver import Pages, write_folder
from bridge.rendering.events import Cancel, Events, Silent
from bridge.rendering.folder import OutputFolder, check_output, held_drive
from bridge.rendering.linking import link, link_stems
from bridge.rendering.lock import as_text, lock_of
from bridge.rendering.locked import differences, hold_to, read_lock
from bridge.rendering.master import Output, Rendering, render
from bridge.rendering.sources import recall

__all__ = [
    "Cancel",
    "Context",
    "Events",
    "Output",
    "OutputFolder",
    "Pages",
    "Rendering",
    "Silent",
    "StepResult",
    "as_text",
    "check_output",
    "differences",
    "held_drive",
    "hold_to",
    "link",
    "link_stems",
    "lock_of",
    "read_lock",
    "recall",
    "render",
    "write_folder",
]
