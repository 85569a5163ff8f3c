"""What the DAW exported, as a frozen Session: names and headers, never audio."""

from __future__ import annotations

from sessions.errors import SessionError
from sessions.model.session import (
    Automation,
    AutomationPoint,
    Clip,
    Device,
    DeviceState,
    Marker,
    Media,
    Meter,
    PluginParameter,
    Reference,
    Send,
    Session,
    Tempo,
    Track,
    Written,
)
from sessions.reading import read
from stemwright.problems import Diagnostic

__all__ = [
    "Automation",
    "AutomationPoint",
    "Clip",
    "Device",
    "DeviceState",
    "Diagnostic",
    "Marker",
    "Media",
    "Meter",
    "PluginParameter",
    "Reference",
    "Send",
    "Session",
    "SessionError",
    "Tempo",
    "Track",
    "Written",
    "read",
]
