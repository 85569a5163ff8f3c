"""Reading a VST3's factory without making an instance, inside a worker child; stays light.

VST 3 SDK, pluginterfaces/base/ipluginbase.h: a module exports an entry (ModuleEntry on Linux,
bundleEntry on macOS, InitDll on Windows) and GetPluginFactory; the factory counts and describes its
classes. Linux is tested; macOS and Windows are written after the same header and untested.
"""

from __future__ import annotations

import ctypes
import sys
import uuid
from collections.abc import Iterator
from ctypes import POINTER, Structure, byref, c_char, c_int32, c_uint32, c_void_p, cast
from typing import Any

from bridge.hosting.answers import FactoryAnswer, PluginClass, Refused, Tell
from bridge.hosting.jobs import Factory
from stemwright.problems import Problem

AUDIO_CLASS = "Audio Module Class"
_OK = 0
_COM = sys.platform == "win32"
_FACTORY2 = "0007B650-F24B-4C0B-A464-EDB9F00B2ABB"


class _FactoryInfo(Structure):
    _fields_ = (
        ("vendor", c_char * 64),
        ("url", c_char * 256),
        ("email", c_char * 128),
        ("flags", c_int32),
    )


class _ClassInfo(Structure):
    _fields_ = (
        ("cid", c_char * 16),
        ("cardinality", c_int32),
        ("category", c_char * 32),
        ("name", c_char * 64),
    )


class _ClassInfo2(Structure):
    _fields_ = (
        ("cid", c_char * 16),
        ("cardinality", c_int32),
        ("category", c_char * 32),
        ("name", c_char * 64),
        ("class_flags", c_uint32),
        ("sub_categories", c_char * 128),
        ("vendor", c_char * 64),
        ("version", c_char * 64),
        ("sdk_version", c_char * 64),
    )


# The order of methods in the vtable: FUnknown, IPluginFactory, IPluginFactory2.
_QUERY, _FACTORY_INFO, _COUNT, _CLASS_INFO, _CLASS_INFO2 = 0, 3, 4, 5, 7

_FUNCTION: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)


def factory(job: Factory, tell: Tell) -> FactoryAnswer:
    """List the audio classes of the binary `job.binary` in the bundle `job.bundle`."""
    return FactoryAnswer(tuple(_classes(opened_factory(job.bundle, job.binary, tell))))


def opened_factory(bundle: str, binary: str, tell: Tell) -> int:
    """The IPluginFactory of a module, loaded and entered for good."""
    tell("loading its module")
    try:
        module = ctypes.CDLL(binary)
    except OSError as error:
        raise Refused(Problem("plugin_unloadable", str(error))) from error
    tell("entering its module")
    _enter(module, bundle)
    tell("reading its factory")
    make = _exported(module, "GetPluginFactory")
    make.restype = c_void_p
    pointer = make()
    if not pointer:
        raise Refused(Problem("plugin_unloadable", "its module has no factory"))
    return int(pointer)


def _exported(module: ctypes.CDLL, name: str) -> Any:
    try:
        return getattr(module, name)
    except AttributeError as error:
        raise Refused(Problem("plugin_unloadable", f"not a VST3: no {name}")) from error


def _enter(module: ctypes.CDLL, bundle: str) -> None:
    if sys.platform == "win32":  # pragma: no cover - untested
        entered = not hasattr(module, "InitDll") or module.InitDll()
    elif sys.platform == "darwin":  # pragma: no cover - untested
        entered = _exported(module, "bundleEntry")(c_void_p(_cf_bundle(bundle)))
    else:
        entry = _exported(module, "ModuleEntry")
        entry.argtypes = [c_void_p]
        entered = entry(module._handle)  # noqa: SLF001 - ctypes offers the dlopen handle only so
    if not entered:
        raise Refused(Problem("plugin_unloadable", "its module refused to start"))


def _cf_bundle(bundle: str) -> int:  # pragma: no cover - untested
    path = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
    foundation = ctypes.CDLL(path)
    foundation.CFURLCreateFromFileSystemRepresentation.restype = c_void_p
    foundation.CFBundleCreate.restype = c_void_p
    name = bundle.encode()
    url = foundation.CFURLCreateFromFileSystemRepresentation(
        None, name, ctypes.c_long(len(name)), True
    )
    return int(foundation.CFBundleCreate(None, c_void_p(url)) or 0)


def method(pointer: int, index: int, *arguments: Any, gives: Any = c_int32) -> Any:
    """A method of an interface, by its place in the vtable; what it is told first is `pointer`."""
    table = cast(pointer, POINTER(POINTER(c_void_p)))[0]
    return _FUNCTION(gives, c_void_p, *arguments)(table[index] or 0)


def _classes(pointer: int) -> Iterator[PluginClass]:
    second = _second_interface(pointer)
    vendor = _factory_vendor(pointer)
    for index in range(method(pointer, _COUNT)(pointer)):
        found = _class2(second, index, vendor) if second else _class1(pointer, index, vendor)
        if found is not None:
            yield found


def _second_interface(pointer: int) -> int:
    """The factory as IPluginFactory2; 0 when it is only an IPluginFactory."""
    second = c_void_p()
    query = method(pointer, _QUERY, ctypes.c_char_p, POINTER(c_void_p))
    return (
        int(second.value or 0)
        if query(pointer, interface_id(_FACTORY2), byref(second)) == _OK
        else 0
    )


def _factory_vendor(pointer: int) -> str:
    info = _FactoryInfo()
    ask = method(pointer, _FACTORY_INFO, POINTER(_FactoryInfo))
    return _text(info.vendor) if ask(pointer, byref(info)) == _OK else ""


def _class1(pointer: int, index: int, vendor: str) -> PluginClass | None:
    info = _ClassInfo()
    ask = method(pointer, _CLASS_INFO, c_int32, POINTER(_ClassInfo))
    return _audio_class(info, vendor, "") if ask(pointer, index, byref(info)) == _OK else None


def _class2(pointer: int, index: int, vendor: str) -> PluginClass | None:
    info = _ClassInfo2()
    ask = method(pointer, _CLASS_INFO2, c_int32, POINTER(_ClassInfo2))
    if ask(pointer, index, byref(info)) != _OK:
        return None
    return _audio_class(info, _text(info.vendor) or vendor, _text(info.version))


def _audio_class(info: _ClassInfo | _ClassInfo2, vendor: str, version: str) -> PluginClass | None:
    if _text(info.category) != AUDIO_CLASS:
        return None
    # A char array read as an attribute stops at its first NUL, which a class id may hold.
    raw = bytes(info)[:16]
    return PluginClass(_text(info.name), vendor, version, class_id_text(raw, com=_COM))


def interface_id(text: str) -> bytes:
    """The id of an interface or a class as it lies in memory here."""
    own = uuid.UUID(text)
    return own.bytes_le if _COM else own.bytes


def class_id_text(raw: bytes, *, com: bool) -> str:
    """16 bytes of a class id as FUID::toString writes them: COM order differs in memory only."""
    return (uuid.UUID(bytes_le=raw) if com else uuid.UUID(bytes=raw)).hex.upper()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip()
