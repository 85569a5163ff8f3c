"""Which checks these are: the digest of their sources, so that no answer of others is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from blake3 import blake3

_BRIDGE = Path(__file__).resolve().parents[2]
_ROOMS = (_BRIDGE / "checking", _BRIDGE / "audio")
_BESIDE = frozenset({"message", "remembering", "repairing"})
"""What tells or mends, and finds nothing."""
_LIBRARIES = ("stemwright", "numpy", "scipy", "soxr", "soundfile")


@cache
def checks_digest() -> str:
    """What changes with every source that a finding comes from, and with the libraries' versions.

    Reading them takes a few milliseconds, and nobody has to count versions of checks.
    """
    found = sources_digest(_ROOMS)
    named = " ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return blake3(f"{named}\n{found}".encode()).hexdigest(16)


def sources_digest(rooms: Iterable[Path]) -> str:
    """The digest of every module below some folders, with its place in them."""
    hasher = blake3()
    for room in rooms:
        for path in sorted(_modules(room)):
            octets = path.read_bytes()
            hasher.update(f"{path.relative_to(room).as_posix()} {len(octets)}\n".encode())
            hasher.update(octets)
    return hasher.hexdigest(16)


def _modules(room: Path) -> Iterator[Path]:
    for path in room.rglob("*.py"):
        if not _BESIDE.intersection(path.relative_to(room).parts):
            yield path
