"""Preset files that DAWs keep inside their sessions, told apart by their first bytes."""

from __future__ import annotations

from sessions.model.session import DeviceState
from sessions.states.neutral import fxp_file, opaque, vstpreset_file

_PLIST_WITHIN = 512


def state_of_file(data: bytes) -> DeviceState:
    """The state in a complete preset file, whose bytes are kept; opaque when of unknown kind.

    Raises StateError for a .vstpreset, .fxp or .fxb that is damaged.
    """
    if data.startswith(b"VST3"):
        return vstpreset_file(data)
    if data.startswith(b"CcnK"):
        return fxp_file(data)
    if data.startswith(b"clap"):
        return DeviceState("clap", data)
    if b"<plist" in data[:_PLIST_WITHIN] or data.startswith(b"bplist00"):
        return DeviceState("au_plist", data)
    return opaque(data)
