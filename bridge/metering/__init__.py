"""Meters: loudness, true peak, dynamics, for streams and files."""

from bridge.metering.files import audio_files, measure
from bridge.metering.measures import Measures
from bridge.metering.meter import Meter

__all__ = ["Measures", "Meter", "audio_files", "measure"]
