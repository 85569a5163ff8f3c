"""The executor: a plan becomes finished files, and what is known already is not rendered again."""

from bridge.rendering.context import Context, StepResult, context_of
from bridge.rendering.deliver import Pages, write_folder, write_into
from bridge.rendering.digests import (
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
from bridge.rendering.events import Cancel, Events, Silent
from bridge.rendering.folder import OutputFolder, check_output, check_unlocked, check_whole
from bridge.rendering.holding import held_drive
from bridge.rendering.linking import check_states, link, link_stems
from bridge.rendering.lock import as_text, lock_of
from bridge.rendering.locked import differences, hold_to
from bridge.rendering.master import Output, Rendering, render
from bridge.rendering.sources import found_again, recall, recall_stem
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
