"""The road out of a DAW and back: capture a session's plugins as a chain, export for the DAW."""

from bridge.exchanging.captured import Captured, Difference, Pick, capture
from bridge.exchanging.captured_onto import capture_onto
from bridge.exchanging.chain_folder import check_free, write_chain
from bridge.exchanging.devices import Finisher
from bridge.exchanging.embedded import extract
from bridge.exchanging.lifting import with_class_ids
from bridge.exchanging.presets import capture_presets
from bridge.exchanging.project_export import Exported, export

__all__ = [
    "Captured",
    "Difference",
    "Exported",
    "Finisher",
    "Pick",
    "capture",
    "capture_onto",
    "capture_presets",
    "check_free",
    "export",
    "extract",
    "with_class_ids",
    "write_chain",
]
