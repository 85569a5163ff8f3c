"""What every command of a farm needs: its packages, its address, its certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from stemwright.problems import InputError, MachineError, Problem

if TYPE_CHECKING:
    from distributed import Security

DEFAULT_PORT = 8786
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

Address = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS",
        help="The scheduler's: tcp://127.0.0.1:8786, or tls://NAME:8786 with certificates.",
    ),
]
Certificates = Annotated[
    Path | None,
    typer.Option(
        "--certs", metavar="DIR", help="The farm's certificates, of stemwright farm certs."
    ),
]
Shared = Annotated[
    Path | None,
    typer.Option(
        "--shared",
        metavar="DIR",
        help="A folder that all machines share, for audio between them; else it is fetched.",
    ),
]


def need_farm() -> None:
    """Raise MachineError where the packages of a farm are not installed."""
    if find_spec("distributed") is None or find_spec("cryptography") is None:
        raise MachineError(
            Problem(
                "farm_not_installed",
                "a farm needs packages that are not installed here",
                hint='install them along: pip install "stemwright[farm]"',
            )
        )


def refuse_open(host: str, certificates: Path | None) -> None:
    """Raise InputError for an address that others reach, without certificates."""
    if certificates is None and host not in _LOOPBACK:
        raise InputError(
            Problem(
                "farm_open",
                f"{host} can be reached by others, and nothing would say who they are",
                hint="make certificates: stemwright farm certs DIR, and say --certs DIR",
            )
        )


def reached(address: str, certificates: Path | None, role: str = "client") -> Security | None:
    """How to reach a scheduler. Raises InputError for what is no address, or an open one."""
    need_farm()
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port is not None
    except ValueError:
        is_one = False
    if not is_one:
        raise InputError(
            Problem(
                "usage",
                f"{address} is no address of a scheduler",
                expected="tcp://127.0.0.1:8786, or tls://NAME:8786 with --certs DIR",
            )
        )
    if (parts.scheme == "tls") != (certificates is not None):
        said = "needs --certs DIR" if certificates is None else "is not tls://, and --certs is said"
        raise InputError(Problem("usage", f"{address} {said}"))
    refuse_open(str(parts.hostname), certificates)
    from bridge.farming import security

    return security(certificates, role)


@contextmanager
def farmed(
    address: str | None,
    certificates: Path | None,
    shared: Path | None,
    priority: int,
    folder: Path,
) -> Iterator[Callable[[], Mapping[str, int]]]:
    """Have plugins hosted by a farm for the time inside, if one is named.

    Gives what tells how many steps each machine did. Of several builds of a plugin, the one that
    made the master in `folder` comes first.
    """
    if address is None:
        yield dict
        return
    identity = reached(address, certificates)
    from bridge.farming import Farm
    from bridge.hosting import hosted_elsewhere

    farm = Farm(
        address,
        security=identity,
        shared=shared,
        priority=priority,
        preferred=_builds_of(folder),
    )
    try:
        with hosted_elsewhere(farm):
            yield lambda: dict(sorted(farm.machines.items()))
    finally:
        farm.close()


def _builds_of(folder: Path) -> frozenset[str]:
    """The hashes of the plugins' binaries that made a master, where one is there."""
    from bridge.finished import read_lock

    try:
        return frozenset(each.binary for each in read_lock(folder).plugins)
    except InputError:
        return frozenset()
