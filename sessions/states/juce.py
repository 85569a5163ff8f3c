"""The state JUCE hosts (Tracktion Waveform, pedalboard, dawdreamer) keep of a VST3.

`VC2!`, u32 length, XML, NUL; in the XML the two states in JUCE's own base64: the byte count, a
full stop, then six bits a character, least significant bit first.
"""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

from sessions.states.vstpreset import StateError

_MAGIC = b"VC2!"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?> '
_ALPHABET = b".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_STANDARD = bytes.maketrans(_ALPHABET, _STANDARD)
_FROM_STANDARD = bytes.maketrans(_STANDARD, _ALPHABET)
_STATE = re.compile(rb"<(IComponent|IEditController)>\s*([0-9]{1,10}\.[.A-Za-z0-9+]*)\s*</\1>")
_GROUP = 4


class JuceState(NamedTuple):
    """Component and controller state of a VST3; the controller is None where there is none."""

    component: bytes
    controller: bytes | None


def is_juce(raw: bytes) -> bool:
    """Whether `raw` begins as what a JUCE host saved of a VST3."""
    return raw[: len(_MAGIC)] == _MAGIC


def parse_juce(raw: bytes) -> JuceState:
    """The states in what a JUCE host saved.

    Raises StateError when it is no such state, is cut short, or holds no component state.
    """
    length = int.from_bytes(raw[4:8], "little")
    if not is_juce(raw) or len(raw) < 8 + length:
        raise StateError("no JUCE state of a VST3: it does not begin with VC2!, or is cut short")
    found = dict(_STATE.findall(raw[8 : 8 + length]))
    if b"IComponent" not in found:
        raise StateError("the JUCE state holds no component state")
    controller = found.get(b"IEditController")
    return JuceState(
        from_juce_base64(found[b"IComponent"]),
        None if controller is None else from_juce_base64(controller),
    )


def build_juce(component: bytes, controller: bytes | None) -> bytes:
    """What a JUCE host would have saved."""
    states = b"<IComponent>" + to_juce_base64(component) + b"</IComponent>"
    if controller is not None:
        states += b"<IEditController>" + to_juce_base64(controller) + b"</IEditController>"
    xml = _HEAD + b"<VST3PluginState>" + states + b"</VST3PluginState>"
    return _MAGIC + len(xml).to_bytes(4, "little") + xml + b"\0"


def from_juce_base64(text: bytes) -> bytes:
    """The bytes that `text` (count, full stop, characters) stands for; raises StateError."""
    count, stop, letters = text.strip().partition(b".")
    if not stop or not count.isdigit() or len(count) > 10:
        raise StateError("JUCE base64 begins with a byte count and a full stop")
    size = int(count)
    if len(letters) < (8 * size + 5) // 6:
        raise StateError(f"JUCE base64 of {size} bytes is cut short")
    if letters.translate(None, _ALPHABET):
        raise StateError("JUCE base64 holds characters that are none of its own")
    whole = letters + b"." * (-len(letters) % _GROUP)
    # Least significant first, read backwards, is base64 as everyone else writes it.
    return base64.b64decode(whole.translate(_TO_STANDARD)[::-1])[::-1][:size]


def to_juce_base64(data: bytes) -> bytes:
    """`data` as JUCE writes it."""
    whole = data + bytes(-len(data) % 3)
    letters = base64.b64encode(whole[::-1])[::-1].translate(_FROM_STANDARD)
    return b"%d." % len(data) + letters[: (8 * len(data) + 5) // 6]
