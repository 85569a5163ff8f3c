"""Which path runs: the library compiled from these very sources where there is one, else numpy."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from bridge.native.build import LIBRARY, SOURCES, sources_digest

PURE_VARIABLE = "STEMWRIGHT_PURE"
"""Set to anything but 0, numpy does what the compiled library would."""

Kernel = Callable[..., Any]


class Library:
    """The compiled kernels under their names without `sw_`, called with arrays and numbers.

    Arrays must have the type that the header declares and be contiguous along their last axis
    (TypeError); shapes are the caller's to keep. The interpreter lock is let go during a call.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError for what is no library, AttributeError for one that lacks a kernel."""
        loaded = ctypes.CDLL(str(path))
        for name, (gives, takes) in _declared().items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = gives, takes
            setattr(self, name.removeprefix("sw_"), function)

    def __getattr__(self, name: str) -> Kernel:
        raise AttributeError(f"no kernel {name}")

    @property
    def digest(self) -> str:
        """Of the sources it was built from."""
        told: bytes = self.sources()
        return told.decode()


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
    return Running("numpy", "asked for here") if asked else Running("compiled")


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


@cache
def _found() -> tuple[Library | None, Running]:
    _keep_freed_memory()
    if os.environ.get(PURE_VARIABLE, "0") not in ("", "0"):
        return None, Running("numpy", f"{PURE_VARIABLE} is set")
    if not LIBRARY.is_file():
        return None, Running("numpy", "no kernels were built: install a C compiler and build again")
    try:
        loaded = Library(LIBRARY)
    except (OSError, AttributeError) as cause:
        return None, Running("numpy", f"{LIBRARY.name} cannot be loaded: {cause}")
    if loaded.digest != sources_digest():
        return None, Running("numpy", f"{LIBRARY.name} was built from other sources: build again")
    return loaded, Running("compiled")


def rows(block: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    """Return a 2-D block contiguous along its rows, and how many items lie between two rows."""
    if block.strides[1] != block.itemsize:
        block = np.ascontiguousarray(block)
    return block, block.strides[0] // block.itemsize


class _Pointer:
    """Takes an array of one type, contiguous along its last axis, for C."""

    def __init__(self, dtype: str) -> None:
        self._dtype = np.dtype(dtype)

    def from_param(self, array: Any) -> ctypes.c_void_p:
        """What ctypes asks of an argument's type."""
        if not isinstance(array, np.ndarray) or array.dtype != self._dtype:
            raise TypeError(f"an array of {self._dtype} is wanted")
        if array.ndim and array.strides[-1] != array.itemsize and array.shape[-1] > 1:
            raise TypeError("an array contiguous along its last axis is wanted")
        return ctypes.c_void_p(array.__array_interface__["data"][0])


_NUMBERS: dict[str, Any] = {
    "void": None,
    "int": ctypes.c_int,
    "int64_t": ctypes.c_int64,
    "double": ctypes.c_double,
    "float": ctypes.c_float,
    "const char *": ctypes.c_char_p,
}
_ARRAYS = {
    "double": "float64",
    "float": "float32",
    "uint8_t": "uint8",
    "int32_t": "int32",
    "int64_t": "int64",
    "uint64_t": "uint64",
}
_PROTOTYPE = re.compile(r"EXPORTED\s+([\w\s]+?[\s*]+)(sw_\w+)\(([^)]*)\);")


def _declared() -> dict[str, tuple[Any, list[Any]]]:
    """Return what each kernel gives and takes, as the header says."""
    header = (SOURCES / "kernels.h").read_text(encoding="utf-8")
    return {
        name: (
            _NUMBERS[gives.strip()],
            [_taken(each) for each in takes.split(",") if each != "void"],
        )
        for gives, name, takes in _PROTOTYPE.findall(header)
    }


def _taken(declared: str) -> Any:
    kind, pointer, _ = re.fullmatch(r"\s*(?:const )?(\w+) (\*?)(\w+)", declared).groups()  # type: ignore[union-attr]  # the header is ours
    return _Pointer(_ARRAYS[kind]) if pointer else _NUMBERS[kind]
