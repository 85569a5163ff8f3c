"""One neutral form for the plugin states that sessions and preset files hold, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from sessions.model.session import DeviceState
from sessions.states.fxp import (
    FXP_HEAD_BYTES,
    Fxp,
    build_fxp_chunk,
    build_fxp_params,
    fxp_unique_id,
    is_bank,
    parse_fxp,
)
from sessions.states.juce import (
    JuceState,
    build_juce,
    from_juce_base64,
    is_juce,
    parse_juce,
    to_juce_base64,
)
from sessions.states.vstpreset import (
    VSTPRESET_HEAD_BYTES,
    StateError,
    VstPreset,
    build_vstpreset,
    canonical_class_id,
    parse_vstpreset,
    vstpreset_class_id,
    windows_byte_order,
)

__all__ = [
    "FXP_HEAD_BYTES",
    "VSTPRESET_HEAD_BYTES",
    "Fxp",
    "JuceState",
    "StateError",
    "VstPreset",
    "build_juce",
    "canonical_class_id",
    "from_juce_base64",
    "fxp",
    "fxp_file",
    "fxp_params",
    "fxp_unique_id",
    "is_bank",
    "is_juce",
    "juce",
    "opaque",
    "parse_fxp",
    "parse_juce",
    "parse_vstpreset",
    "to_juce_base64",
    "vst3",
    "vstpreset_class_id",
    "vstpreset_file",
    "windows_byte_order",
]


def vst3(class_id: str, component: bytes, controller: bytes | None = None) -> DeviceState:
    """The state of the VST3 `class_id` (32 hex digits) as a .vstpreset; raises StateError."""
    built = build_vstpreset(class_id, component, controller)
    return DeviceState("vst3", built, canonical_class_id(class_id))


def vstpreset_file(data: bytes) -> DeviceState:
    """The state in a complete .vstpreset, whose bytes are kept; raises StateError."""
    return DeviceState("vst3", data, parse_vstpreset(data).class_id)


def fxp(
    unique_id: int,
    data: bytes,
    *,
    bank: bool = False,
    name: str = "",
    plugin_version: int = 1,
    count: int = 1,
) -> DeviceState:
    """A VST2's own chunk as an .fxp, or as an .fxb when it is a `bank`'s.

    `count` is of programs in a bank, else of parameters.
    """
    built = build_fxp_chunk(
        unique_id, data, bank=bank, name=name, plugin_version=plugin_version, count=count
    )
    return DeviceState("fxp_chunk", built)


def fxp_params(
    unique_id: int, values: Sequence[float], *, name: str = "", plugin_version: int = 1
) -> DeviceState:
    """A VST2's parameters, 0 to 1, as an .fxp."""
    built = build_fxp_params(unique_id, values, name=name, plugin_version=plugin_version)
    return DeviceState("fxp_params", built)


def fxp_file(data: bytes) -> DeviceState:
    """The state in a complete .fxp or .fxb, whose bytes are kept; raises StateError."""
    kind = "fxp_chunk" if parse_fxp(data).kind in ("FPCh", "FBCh") else "fxp_params"
    return DeviceState(kind, data)


def juce(class_id: str, raw: bytes) -> DeviceState:
    """The state of the VST3 `class_id` out of what a JUCE host saved; raises StateError."""
    component, controller = parse_juce(raw)
    return vst3(class_id, component, controller)


def opaque(data: bytes) -> DeviceState:
    """A state that no host here can take, byte for byte."""
    return DeviceState("opaque", data)


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
