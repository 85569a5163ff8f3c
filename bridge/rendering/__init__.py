"""The executor: a plan becomes finished files, and what is known already is not rendered again."""

from bridge.finished.digests import (
    SIDECAR_SUFFIX,
    Carried,
    Digests,
    chain_digest,
    lock_digest,
    output_digest,
    read_sidecar,
    read_tag,
    sidecar_of,
    stems_digest,
)
from bridge.finished.folder_writer import Pages, write_folder, write_into
from bridge.finished.lock_differences import differences, hold_to
from bridge.finished.lock_writer import as_text, lock_of
from bridge.finished.place import OutputFolder, check_output, check_unlocked, check_whole
from bridge.finished.song import held_drive
from bridge.gathering.events import Cancel, Events, Silent
from bridge.gathering.linking import check_states, link, link_stems
from bridge.gathering.sources import found_again, recall, recall_stem
from bridge.rendering.context import Context, StepResult, context_of
from bridge.rendering.master import Output, Rendering, render
from bridge.rendering.studio import Held

__all__ = [
    "SIDECAR_SUFFIX",
    "Cancel",
    "Carried",
    "Context",
    "Digests",
    "Events",
    "Held",
    "Output",
    "OutputFolder",
    "Pages",
    "Rendering",
    "Silent",
    "StepResult",
    "as_text",
    "chain_digest",
    "check_output",
    "check_states",
    "check_unlocked",
    "check_whole",
    "context_of",
    "differences",
    "found_again",
    "held_drive",
    "hold_to",
    "link",
    "link_stems",
    "lock_digest",
    "lock_of",
    "output_digest",
    "read_sidecar",
    "read_tag",
    "recall",
    "recall_stem",
    "render",
    "sidecar_of",
    "stems_digest",
    "write_folder",
    "write_into",
]
