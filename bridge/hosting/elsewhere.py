"""Plugins hosted on other machines: while that is so, hosts and scans are theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from bridge.hosting.port import Host
    from bridge.plugins import Catalogue, Plugin


class Elsewhere(Protocol):
    """Other machines that host plugins."""

    def hosting(self, local: Host) -> Host:
        """What does there what `local` would do here, to the bit."""
        ...

    def known(self, here: Catalogue) -> Catalogue:
        """What was found here, and what is there besides."""
        ...

    def refuse(self, plugins: Sequence[tuple[str, Plugin]], engine: Host) -> None:
        """Raise MachineError for inserts, by step id, whose plugin no machine there can run."""
        ...

    def stop(self) -> None:
        """End what is being done there; calls that wait for it raise StoppedError."""
        ...


class _Active:
    places: ClassVar[list[Elsewhere]] = []


@contextmanager
def hosted_elsewhere(place: Elsewhere) -> Iterator[None]:
    """Have plugins hosted there for the time inside."""
    _Active.places.append(place)
    try:
        yield
    finally:
        _Active.places.remove(place)


def elsewhere() -> Elsewhere | None:
    """Where plugins are hosted now, if not here."""
    return _Active.places[-1] if _Active.places else None
