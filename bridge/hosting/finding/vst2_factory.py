"""Reading what a VST2 is from a started instance, inside a worker child; stays light.

The VST 2.4 interface: a library exports VSTPluginMain (once: main), which takes the host's callback
and gives an AEffect; its dispatcher answers opcodes. The layout below is that of a 64-bit system.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from ctypes import CFUNCTYPE, POINTER, Structure, c_char, c_float, c_int32, c_ssize_t, c_void_p
from typing import Any

from bridge.hosting.answers import FactoryAnswer, PluginClass, Refused, Tell
from bridge.hosting.jobs import Factory
from stemwright.problems import Problem

_MAGIC = 0x56737450  # VstP
_HOST_VERSION = 2400
_CATEGORY, _NAME, _VENDOR, _PRODUCT, _VENDOR_VERSION, _NEXT_IN_SHELL = 35, 45, 47, 48, 49, 70
_ASKED_VERSION = 1
_SHELL, _IS_SYNTH = 10, 1 << 8
_TEXT_BYTES = 256

_Callback = CFUNCTYPE(c_ssize_t, c_void_p, c_int32, c_int32, c_ssize_t, c_void_p, c_float)


class _Effect(Structure):
    _fields_ = (
        ("magic", c_int32),
        ("dispatcher", _Callback),
        ("process", c_void_p),
        ("set_parameter", c_void_p),
        ("get_parameter", c_void_p),
        ("programs", c_int32),
        ("parameters", c_int32),
        ("inputs", c_int32),
        ("outputs", c_int32),
        ("flags", c_int32),
        ("reserved", c_ssize_t * 2),
        ("initial_delay", c_int32),
        ("qualities", c_int32 * 2),
        ("ratio", c_float),
        ("object", c_void_p),
        ("user", c_void_p),
        ("unique_id", c_int32),
        ("version", c_int32),
    )


def _answer(_: Any, opcode: int, *__: Any) -> int:
    return _HOST_VERSION if opcode == _ASKED_VERSION else 0


_answer_callback = _Callback(_answer)
"""Kept for as long as the process lives, because the plugin may call it at any time."""


def factory(job: Factory, tell: Tell) -> FactoryAnswer:
    """Say which effects the library `job.binary` holds."""
    tell("loading its module")
    try:
        main = _entry(ctypes.CDLL(job.binary))
    except OSError as error:
        raise Refused(Problem("plugin_unloadable", str(error))) from error
    tell("starting it")
    main.restype, main.argtypes = c_void_p, [_Callback]
    pointer = main(_answer_callback)
    if not pointer:
        raise Refused(Problem("plugin_unloadable", "it refused to start"))
    effect = ctypes.cast(pointer, POINTER(_Effect)).contents
    if effect.magic != _MAGIC:
        raise Refused(Problem("plugin_unloadable", "what it gave is no VST2 effect"))
    tell("reading what it is")
    if effect.dispatcher(pointer, _CATEGORY, 0, 0, None, 0.0) == _SHELL:
        return FactoryAnswer(tuple(_shell(effect, pointer)))
    return FactoryAnswer(() if effect.flags & _IS_SYNTH else (_one(effect, pointer),))


def _entry(module: ctypes.CDLL) -> Any:
    for name in ("VSTPluginMain", "main"):
        try:
            return getattr(module, name)
        except AttributeError:
            continue
    raise Refused(Problem("plugin_unloadable", "not a VST2: it exports no VSTPluginMain"))


def _one(effect: _Effect, pointer: int) -> PluginClass:
    number = effect.dispatcher(pointer, _VENDOR_VERSION, 0, 0, None, 0.0) or effect.version
    name = _text(effect, pointer, _NAME) or _text(effect, pointer, _PRODUCT)
    return _described(effect, pointer, name, effect.unique_id, number)


def _shell(effect: _Effect, pointer: int) -> Iterator[PluginClass]:
    name = ctypes.create_string_buffer(_TEXT_BYTES)
    while number := effect.dispatcher(pointer, _NEXT_IN_SHELL, 0, 0, ctypes.addressof(name), 0.0):
        said = name.value.decode("utf-8", "replace").strip()
        yield _described(effect, pointer, said, number, effect.version)


def _described(
    effect: _Effect, pointer: int, name: str, unique_id: int, version: int
) -> PluginClass:
    return PluginClass(
        name=name,
        vendor=_text(effect, pointer, _VENDOR),
        version=version_text(version),
        class_id=f"{unique_id & 0xFFFFFFFF:08X}",
    )


def version_text(number: int) -> str:
    """A version as plugins pack it: a byte a part, or decimal digits."""
    if number > 0xFFFF:
        return f"{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return ".".join(str(number))


def _text(effect: _Effect, pointer: int, opcode: int) -> str:
    buffer = (c_char * _TEXT_BYTES)()
    effect.dispatcher(pointer, opcode, 0, 0, ctypes.addressof(buffer), 0.0)
    return buffer.value.decode("utf-8", "replace").strip()
