"""Which path runs: the library compiled from these very sources where there is one, else numpy."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, Literal

# What cffi itself is made of. The header needs no parser for C, which takes longer to begin than a
# short song's kernels run, nor a call that asks for its types each time.
import _cffi_backend
import numpy as np
import numpy.typing as npt

from bridge.native.build import LIBRARY, SOURCES, is_built
from stemwright.values import dataclass

ASKED_FOR_HERE = "asked for here"

PURE_VARIABLE = "STEMWRIGHT_PURE"
"""Set to anything but 0, numpy does what the compiled library would."""


class Lasting:
    """An array that many calls are given; where it lies is asked once, not at each of them."""

    __slots__ = ("address", "array")

    def __init__(self, array: npt.NDArray[Any]) -> None:
        """Raises BufferError where it is not contiguous."""
        self.array = array
        self.address = _cffi_backend.from_buffer(_array(_DECLARED[array.dtype]), array)


class Kernel:
    """One function of the library, called with arrays and numbers in the header's order.

    Arrays have the type that the header declares (TypeError) and are contiguous, a 2-D one at least
    along its rows (BufferError); shapes are the caller's to keep. One may be Lasting. The
    interpreter lock is let go during the call.
    """

    def __init__(self, function: Any, takes: Sequence[str | None]) -> None:
        """`takes` names the item type of each argument that is an array."""
        self._from_buffer = _cffi_backend.from_buffer
        self._function = function
        self._arrays = tuple(
            (place, _array(kind), np.dtype(_TYPES[kind]))
            for place, kind in enumerate(takes)
            if kind is not None
        )

    def __call__(self, *given: Any) -> Any:
        """Return what the function gives, a number or nothing."""
        passed = list(given)
        for place, kind, dtype in self._arrays:
            array = given[place]
            if array.__class__ is Lasting:
                passed[place] = array.address
                continue
            if array.dtype is not dtype and array.dtype != dtype:
                raise TypeError(f"an array of {dtype} is wanted, not {array.dtype}")
            whole = array if array.ndim == 1 or array.flags.c_contiguous else array[0]
            passed[place] = self._from_buffer(kind, whole)
        return self._function(*passed)


class Library:
    """The compiled kernels under their names without `sw_`, each a Kernel."""

    def __init__(self, path: Path) -> None:
        """Raises OSError for what is no library, AttributeError for one that lacks a kernel."""
        self._loaded = _cffi_backend.load_library(str(path), 0)  # its functions do not keep it
        for name, (gives, takes) in _declared().items():
            types = [_value(each) if item is None else _pointer(item) for each, item in takes]
            kind = _cffi_backend.new_function_type(tuple(types), _value(gives), False)
            try:
                function = self._loaded.load_function(kind, name)
            except AttributeError:
                raise AttributeError(f"no kernel {name} in {path.name}") from None
            items = [item for _, item in takes]
            setattr(self, name.removeprefix("sw_"), Kernel(function, items))

    def __getattr__(self, name: str) -> Kernel:
        raise AttributeError(f"no kernel {name}")


@dataclass(frozen=True)
class Running:
    """Which path runs, and why where it is numpy."""

    path: Literal["compiled", "numpy"]
    why: str = ""


def library() -> Library | None:
    """Return the compiled kernels, None where numpy is to do their work."""
    return _Asked.libraries[-1] if _Asked.libraries else _found()[0]


def running() -> Running:
    """Say which path `library` takes."""
    if not _Asked.libraries:
        return _found()[1]
    asked = _Asked.libraries[-1] is None
    return Running("numpy" if asked else "compiled", ASKED_FOR_HERE)


@contextmanager
def using(compiled: Library | None) -> Iterator[None]:
    """Let another build of the kernels, or with None numpy, do all work inside, in every thread."""
    _Asked.libraries.append(compiled)
    try:
        yield
    finally:
        _Asked.libraries.pop()


def numpy_path() -> AbstractContextManager[None]:
    """Let numpy do all work inside, in every thread."""
    return using(None)


class _Asked:
    libraries: ClassVar[list[Library | None]] = []


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h
_KEPT_BYTES, _MAPPED_FROM_BYTES = 1 << 27, 1 << 24


def _keep_freed_memory() -> None:
    """Let glibc keep what blocks free for the next block, rather than hand it back each time.

    Otherwise the system clears the same pages again and again: half the time of the built-ins.
    """
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_MMAP_THRESHOLD, _MAPPED_FROM_BYTES)


_LOADING = Lock()


@cache
def _found() -> tuple[Library | None, Running]:
    with _LOADING:  # lanes may ask first side by side, and cffi takes declarations once
        return _loaded()


@cache
def _loaded() -> tuple[Library | None, Running]:
    _keep_freed_memory()
    if os.environ.get(PURE_VARIABLE, "0") not in ("", "0"):
        return None, Running("numpy", f"{PURE_VARIABLE} is set")
    if not LIBRARY.is_file():
        return None, Running(
            "numpy", "no kernels were built: `make kernels` does, with a C compiler"
        )
    if not is_built():
        told = f"{LIBRARY.name} is damaged, or of other sources: `make kernels` builds it anew"
        return None, Running("numpy", told)
    try:
        return Library(LIBRARY), Running("compiled")
    except (OSError, AttributeError):
        told = f"{LIBRARY.name} cannot be loaded here: `make kernels` builds it for this machine"
        return None, Running("numpy", told)


def rows(block: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    """Return a 2-D block contiguous along its rows, and how many items lie between two rows."""
    if block.strides[1] != block.itemsize:
        block = np.ascontiguousarray(block)
    return block, block.strides[0] // block.itemsize


_TYPES = {
    "double": "float64",
    "float": "float32",
    "uint8_t": "uint8",
    "int32_t": "int32",
    "int64_t": "int64",
    "uint32_t": "uint32",
    "uint64_t": "uint64",
}
_DECLARED = {np.dtype(name): kind for kind, name in _TYPES.items()}
_PROTOTYPE = re.compile(r"EXPORTED\s+(\w+)\s+(sw_\w+)\(([^)]*)\);")
_ARGUMENT = re.compile(r"(?:const )?(\w+) (\*?)\w+")

_Takes = list[tuple[str, str | None]]


def _declared() -> dict[str, tuple[str, _Takes]]:
    """What each function of the header gives, and of every argument its type, twice for an array's
    items."""
    header = (SOURCES / "kernels.h").read_text(encoding="utf-8")
    return {
        name: (gives, [_argument(each.strip()) for each in takes.split(",")])
        for gives, name, takes in _PROTOTYPE.findall(header)
    }


def _argument(declared: str) -> tuple[str, str | None]:
    found = _ARGUMENT.fullmatch(declared)
    if found is None:
        raise ValueError(f"kernels.h declares {declared}, which is not understood")
    return found[1], found[1] if found[2] else None


@cache
def _value(kind: str) -> Any:
    if kind == "void":
        return _cffi_backend.new_void_type()
    return _cffi_backend.new_primitive_type(kind)


@cache
def _pointer(kind: str) -> Any:
    return _cffi_backend.new_pointer_type(_value(kind))


@cache
def _array(kind: str) -> Any:
    return _cffi_backend.new_array_type(_pointer(kind), None)
