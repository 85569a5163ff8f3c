"""The state JUCE hosts (Tracktion Waveform, pedalboard, dawdreamer) keep of a VST3.

`VC2!`, u32 length, XML, NUL; in the XML the two states in JUCE's own base64: the byte count, a
full stop, then six bits a character, least significant bit first.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sessions.plugin_state_vst3 import StateError

_MAGIC = b"VC2!"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?> '
_ALPHABET = b".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
_DIGIT = {letter: value for value, letter in enumerate(_ALPHABET)}
_STATE = re.compile(rb"<(IComponent|IEditController)>\s*([0-9]{1,10}\.[.A-Za-z0-9+]*)\s*</\1>")
_GROUP = 4


class JuceState(NamedTuple):
    """Component and controller state of a VST3; the controller is None where there is none."""

    component: bytes
    controller: bytes | None


def parse_juce(raw: bytes) -> JuceState:
    """The states in what a JUCE host saved.

    Raises StateError when it is no such state, is cut short, or holds no component state.
    """
    length = int.from_bytes(raw[4:8], "little")
    if raw[:4] != _MAGIC or len(raw) < 8 + length:
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
    out = bytearray()
    for at in range(0, len(letters), _GROUP):
        group = letters[at : at + _GROUP]
        try:
            value = sum(_DIGIT[letter] << (6 * index) for index, letter in enumerate(group))
        except KeyError as error:
            raise StateError(f"JUCE base64 holds the character {error}") from None
        out += value.to_bytes(3, "little")
    return bytes(out[:size])


def to_juce_base64(data: bytes) -> bytes:
    """`data` as JUCE writes it."""
    letters = bytearray()
    for at in range(0, len(data), 3):
        value = int.from_bytes(data[at : at + 3], "little")
        letters += bytes(_ALPHABET[value >> shift & 63] for shift in (0, 6, 12, 18))
    return b"%d." % len(data) + bytes(letters[: (8 * len(data) + 5) // 6])
