"""What a master carries: the hashes of its stems, chain, lock and samples, in a tag and a sidecar.

All four are sha256 and independent of where anything lies:
- `output`: the samples as the file's data chunk holds them (pcm_sha256)
- `stems`: the hashes of the lock's source files in its order, one a line
- `chain`: what `sha256sum chain.toml states/...` prints, states by name
- `lock`: chain.lock as JSON with sorted keys and no white space, without the sources' places
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from bridge.audio import can_carry, read_texts, write_texts
from bridge.finished.lock import Source
from bridge.finished.shapes import Shape, Text, told_of
from bridge.storing import read_bytes
from stemwright.installation import installed_version
from stemwright.values import dataclass

SIDECAR_SCHEMA = 1


class Hashes(Shape):
    """Four hashes, each with its kind before it."""

    stems: Text
    chain: Text
    lock: Text
    output: Text


class Sidecar(Shape):
    """Which version a master is, and its digests."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    version: Text
    digests: Hashes


SIDECAR_SUFFIX = ".digests.json"
_TAG = "stemwright."
_STATE_BYTES = 256 << 20
_HINT = "fetch it from where the folder was copied from, or remove it: the tag says the same"
_PLACE = frozenset({"path", "member"})


@dataclass(frozen=True)
class Digests:
    """Four hashes, each with its kind before it: `sha256:...`."""

    stems: str
    chain: str
    lock: str
    output: str


@dataclass(frozen=True)
class Carried:
    """What a tag or a sidecar says: which version the master is, and its digests."""

    version: str
    digests: Digests


def sidecar_of(master: Path) -> Path:
    """The sidecar beside a master."""
    return master.with_name(master.name + SIDECAR_SUFFIX)


def stems_digest(sources: Iterable[Source]) -> str:
    """Name all sources of a lock, in the plan's order."""
    lines = [f"{file.pcm}\n" for source in sources for file in source.files]
    return _sha256("".join(lines))


def chain_digest(chain: bytes, states: Mapping[str, Path]) -> str:
    """Name the bytes of chain.toml and of its states, by their names in the folder.

    Raises OSError for a state that cannot be read, BadDataError for one that is too large.
    """
    lines = [f"{hashlib.sha256(chain).hexdigest()}  chain.toml\n"]
    for name, path in sorted(states.items()):
        found = read_bytes(path, _STATE_BYTES)
        lines.append(f"{hashlib.sha256(found).hexdigest()}  {name}\n")
    return _sha256("".join(lines))


def lock_digest(lock: Mapping[str, Any]) -> str:
    """Name all that a lock's JSON says, but not where its sources lie."""
    sources = [
        {**row, "files": [_placeless(file) for file in row["files"]]} for row in lock["sources"]
    ]
    plain = {**lock, "sources": sources}
    return _sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def output_digest(pcm_sha256: str) -> str:
    """Name a master's samples."""
    return f"sha256:{pcm_sha256}"


def tag(master: Path, carried: Carried) -> bool:
    """Write the tag into a file; False where that has no room for one, which leaves it as it was.

    Raises OSError.
    """
    if not can_carry(master):
        return False
    write_texts(master, {_TAG + name: text for name, text in _plain(carried).items()})
    return True


def read_tag(master: Path) -> Carried | None:
    """Return what a file's tag says; None without one."""
    texts = read_texts(master).items()
    return _carried({name[len(_TAG) :]: text for name, text in texts if name.startswith(_TAG)})


def sidecar(name: str, carried: Carried) -> str:
    """Return the text of the sidecar of the master `name`; places are relative to its folder."""
    told = {
        "schema": SIDECAR_SCHEMA,
        "stemwright": installed_version("stemwright"),
        "file": name,
        "version": carried.version,
        "lock": "chain.lock",
        "record": "render.json",
        "digests": asdict(carried.digests),
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def read_sidecar(path: Path) -> Carried | None:
    """Return what a sidecar says; None without one. Raises InputError `bad_sidecar`."""
    try:
        told = told_of(path, "bad_sidecar", _HINT)
    except FileNotFoundError:
        return None
    found = Sidecar.read(told, path, "bad_sidecar")
    return Carried(found.version, Digests(**dict(found.digests)))


def _carried(texts: Mapping[str, Any]) -> Carried | None:
    names = [each.name for each in fields(Digests)]
    if not all(isinstance(texts.get(name), str) for name in ("version", *names)):
        return None
    return Carried(texts["version"], Digests(**{name: texts[name] for name in names}))


def _plain(carried: Carried) -> dict[str, str]:
    return {"version": carried.version, **asdict(carried.digests)}


def _placeless(file: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in file.items() if name not in _PLACE}


def _sha256(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
