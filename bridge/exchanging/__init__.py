"""The road out of a DAW and back: capture a session's plugins as a chain, export for the DAW."""

from bridge.exchanging.capture import Captured, Difference, Pick, capture
from bridge.exchanging.chain_folder import check_free, write_chain
from bridge.exchanging.embedded import extract
from bridge.exchanging.export import Exported, export
from bridge.exchanging.finished import Finisher
from bridge.exchanging.juce import with_class_ids
from bridge.exchanging.onto import capture_onto
from bridge.exchanging.presets import capture_presets

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
