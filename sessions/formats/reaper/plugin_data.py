"""Plugins in a REAPER project: their names and ids, their data in base64 lines, both ways."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from sessions.states.device_states import StateError, parse_fxp, parse_vstpreset, windows_byte_order

_LONGEST_TITLE = 500
_CHANNELS = re.compile(
    r"\s*\((?:mono|stereo|\d+ out|\d+(?:->\d+)?ch|x86|x64|x86_64|arm64|bridged)\)$"
)
_VENDOR = re.compile(r"\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)$")
_PREFIX = re.compile(r"^([A-Z0-9]+)(i?):\s*")
_VST_ID = re.compile(r"(-?[0-9]{1,10})?(?:\{([0-9A-Fa-f]{32})\}|<[0-9A-Fa-f]*>)?")
_CODE_BYTES = 4
_NAME_BYTES = 9
_FNV_OFFSET, _FNV_PRIME = 0x811C9DC5, 0x01000193


def title(name: str, vendor: str) -> str:
    """A plugin as REAPER lists it: "Name (Vendor)"."""
    return f"{name} ({vendor})" if vendor else name


def titled(text: str) -> tuple[str, str, str]:
    """Format, name and vendor in "VST3i: Name (Vendor) (64 out)"."""
    text = text[:_LONGEST_TITLE]
    match = _PREFIX.match(text)
    prefix, rest = (match[1], text[match.end() :]) if match else ("", text)
    while channels := _CHANNELS.search(rest):
        rest = rest[: channels.start()]
    vendor = _VENDOR.search(rest)
    name = rest[: vendor.start()] if vendor else rest
    while bridged := _CHANNELS.search(name):
        name = name[: bridged.start()]
    return prefix, name.strip() or text, vendor[1].strip() if vendor else ""


def vst_ids(word: str) -> tuple[str, str | None]:
    """REAPER's number and the class id in a VST's id; "" and None for what is not there."""
    match = _VST_ID.match(word)
    return (match[1] or "", match[2]) if match else ("", None)


def vst3_id(number: int, class_id: str) -> str:
    """The id of a VST3, with REAPER's own number before it."""
    return f"{number}{{{class_id}}}"


def vst2_id(number: int, name: str) -> str:
    """The id of a VST2, behind it the long one that Steinberg makes of it for a VST3."""
    told = name.casefold().encode("ascii", "ignore")[:_NAME_BYTES].ljust(_NAME_BYTES, b"\0")
    long_id = b"VST" + (number & 0xFFFFFFFF).to_bytes(_CODE_BYTES, "big") + told
    return f"{number}<{long_id.hex().upper()}>"


def four_characters(code: int) -> str:
    """One of an Audio Unit's codes as its four characters, else in hex digits."""
    text = (code & 0xFFFFFFFF).to_bytes(_CODE_BYTES, "big").decode("latin-1")
    return text if text.isprintable() else f"{code & 0xFFFFFFFF:08X}"


def four_character_code(text: str) -> int:
    """The number of an Audio Unit's four characters; 0 of others."""
    raw = text.encode("latin-1", "replace")
    return int.from_bytes(raw, "big") if len(raw) == _CODE_BYTES else 0


def reaper_id(class_id: str) -> int:
    """The number REAPER knows the VST3 `class_id` (32 hex digits) by.

    It is the FNV-1a hash, without its highest bit, of the id's bytes as Windows orders them;
    measured on every VST3 of the corpus (17 of 17). REAPER does not load a plugin under a wrong
    one.
    """
    value = _FNV_OFFSET
    for byte in windows_byte_order(bytes.fromhex(class_id)):
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return value & 0x7FFFFFFF


_MAGIC, _MAGIC_PARAMS = 0xFEED5EEE, 0xFEED5EEF
_MOST_PINS = 256
_SHOWN_PINS = 4
WRITTEN_PINS = {"left": (1, 0), "right": (0, 2), "swapped": (2, 1)}
"""Track channels as bit masks, pin by pin, of the mappings that are written back."""
_PARAMS_MARK = bytes.fromhex("efbeadde0df0adde")
_PROGRAM_END = b"\x10\0\0\0"
_NO_PROGRAM, _FIRST_PROGRAM = 0x10FFFF, 0x100000
_BYTES_A_LINE, _BYTES_A_HEADER_LINE = 96, 210


@dataclass(frozen=True)
class VstData:
    """A VST's lines taken apart; `inputs` holds per input pin its track channels as a bit mask.

    `missing_bytes` says how much of the state is not there.
    """

    unique_id: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    data: bytes
    has_chunk: bool
    program: str
    missing_bytes: int = 0


def decoded(line: str) -> bytes:
    """The bytes of one base64 line; raises StateError."""
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as error:
        raise StateError(f"a line of the plugin's data is no base64: {error}") from None


def parse_vst(lines: Sequence[str]) -> VstData | None:
    """A VST's data; None when there is none. Raises StateError when the lines make no sense."""
    parts = [decoded(line) for line in lines]
    payload = b"".join(parts)
    if not payload:
        return None
    unique_id, magic = _unpack("<II", payload, 0)
    if magic not in (_MAGIC, _MAGIC_PARAMS):
        raise StateError(f"the plugin's data has the unknown mark {magic:08X}")
    inputs, at = _pins(payload, 8)
    outputs, at = _pins(payload, at)
    size, flag, _ = _unpack("<III", payload, at)
    data, program = payload[at + 12 :][:size], payload[at + 12 + size :]
    if len(data) < size:
        # The last line is the program's even when lines before it were lost.
        data, program = b"".join(parts[:-1])[at + 12 :], parts[-1]
    return VstData(
        unique_id,
        inputs,
        outputs,
        data,
        bool(flag),
        program[1:].split(b"\0")[0].decode("utf-8", "replace"),
        size - len(data),
    )


def pin_mapping(inputs: Sequence[int], outputs: Sequence[int]) -> str | None:
    """What pins are connected to, by the masks of track channels; None where 1 is 1 and 2 is 2.

    Further pins may lead anywhere but to channels 1 and 2: key inputs, further outputs. Pins of
    a mono plugin may be connected to both.
    """
    known = {((1, 0), (1, 0)): "left", ((0, 1), (0, 1)): "left"}
    known |= {((0, 2), (0, 2)): "right", ((2, 0), (2, 0)): "right"}
    known[(2, 1), (2, 1)] = "swapped"
    if all(map(_is_usual, (inputs, outputs))):
        return None
    heard, fed = tuple(inputs[:2]), tuple(outputs[:2])
    if len(heard) == len(fed) == 2 and not any(mask & 3 for mask in (*inputs[2:], *outputs[2:])):
        found = known.get(((heard[0], heard[1]), (fed[0], fed[1])))
        if found is not None:
            return found
    return f"in {_channels(inputs)}, out {_channels(outputs)}"


def _is_usual(masks: Sequence[int]) -> bool:
    if len(masks) == 1:
        return masks[0] & 1 == 1 and masks[0] <= 3
    straight = all(mask == 1 << at for at, mask in enumerate(masks[:2]))
    return straight and not any(mask & 3 for mask in masks[2:])


def _channels(masks: Sequence[int]) -> str:
    """The track channels of each pin, such as "1+2 2": pins apart, the channels of one joined."""
    listed = (
        "+".join(str(bit + 1) for bit in range(64) if mask >> bit & 1) or "none"
        for mask in masks[:_SHOWN_PINS]
    )
    return " ".join(listed) or "none"


def _unpack(layout: str, data: bytes, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(layout, data, at)
    except struct.error:
        raise StateError("the head of the plugin's data is cut short") from None


def _pins(data: bytes, at: int) -> tuple[tuple[int, ...], int]:
    (count,) = _unpack("<I", data, at)
    if count > _MOST_PINS:
        raise StateError(f"the plugin's data states {count} pins")
    return _unpack(f"<{count}Q", data, at + 4), at + 4 + 8 * count


def split_vst3(data: bytes) -> tuple[bytes, bytes | None]:
    """Component and controller state in a VST3's data; raises StateError."""
    size, _ = _unpack("<II", data, 0)
    component = data[8 : 8 + size]
    if len(component) < size:
        raise StateError(f"the component state of {size} bytes is cut short")
    rest = data[8 + size :]
    if not rest:
        return component, None
    controller_size, _ = _unpack("<II", rest, 0)
    if len(rest) != 8 + controller_size:
        found = len(rest) - 8
        raise StateError(f"the controller state of {controller_size} bytes is {found} bytes long")
    return component, rest[8 : 8 + controller_size] or None


def split_params(data: bytes) -> tuple[float, ...]:
    """A VST2's parameters, 0 to 1; raises StateError."""
    held = data[len(_PARAMS_MARK) :] if data.startswith(_PARAMS_MARK) else data
    if len(held) % 4:
        raise StateError("the parameters are cut short")
    return struct.unpack(f"<{len(held) // 4}f", held)


def vst3_lines(
    preset: bytes,
    unique_id: int,
    channels: int = 2,
    program: str = "",
    pins: str | None = None,
) -> list[str]:
    """The base64 lines of a VST3 whose state is the .vstpreset `preset`.

    `unique_id` is REAPER's own number for the plugin; `pins` is left, right or swapped. Raises
    StateError.
    """
    _, component, controller = parse_vstpreset(preset)
    back = controller or b""
    data = b"".join(
        (struct.pack("<II", len(component), 1), component, struct.pack("<II", len(back), 0), back)
    )
    masks = WRITTEN_PINS.get(pins or "", tuple(1 << pin for pin in range(channels)))
    head = struct.pack("<II", unique_id, _MAGIC) + 2 * _connected(masks)
    head += struct.pack("<III", len(data), 1, _NO_PROGRAM)
    return _lines(head, data, program)


def vst2_lines(preset: bytes) -> list[str]:
    """The base64 lines of a VST2 whose state is the .fxp or .fxb `preset`.

    It is a program's or a bank's chunk, or a program's parameters; a bank of programs has no
    lines. Raises StateError.
    """
    fxp = parse_fxp(preset)
    if fxp.kind == "FxBk":
        return []
    chunk = fxp.kind != "FxCk"
    values = struct.pack(f"<{len(fxp.values)}f", *fxp.values)
    data = fxp.data if chunk else _PARAMS_MARK + values
    head = struct.pack("<iI", fxp.unique_id, _MAGIC if chunk else _MAGIC_PARAMS)
    head += 2 * _connected((1, 2))
    head += struct.pack("<III", len(data), int(chunk), _FIRST_PROGRAM)
    return _lines(head, data, fxp.name)


def _connected(masks: Sequence[int]) -> bytes:
    return struct.pack("<I", len(masks)) + struct.pack(f"<{len(masks)}Q", *masks)


def _lines(head: bytes, data: bytes, program: str) -> list[str]:
    last = b"\0" + program.encode() + b"\0" + _PROGRAM_END
    return [*encoded(head, _BYTES_A_HEADER_LINE), *encoded(data), *encoded(last, len(last))]


def encoded(data: bytes, bytes_a_line: int = _BYTES_A_LINE) -> list[str]:
    """Bytes as base64 lines, each of which is whole by itself."""
    cut = (data[at : at + bytes_a_line] for at in range(0, len(data), bytes_a_line))
    return [base64.b64encode(part).decode("ascii") for part in cut]
