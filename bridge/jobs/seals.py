"""The seal of a file that a job keeps: a digest of all the rest of it, which no edit fits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blake3 import blake3

from bridge.finished import told_of
from stemwright.problems import InputError, Problem

SEAL = "digest"
"""The key that the seal has in its file."""


def seal_of(told: Mapping[str, Any]) -> str:
    """The digest of everything in a file but its seal."""
    rest = {key: value for key, value in told.items() if key != SEAL}
    return blake3(_octets(rest)).hexdigest()


def sealed(told: Mapping[str, Any]) -> bytes:
    """The bytes of a JSON file that says `told`, its seal last."""
    return _octets({**told, SEAL: seal_of(told)})


def read_sealed(path: Path, kind: str, hint: str) -> Any:
    """What a sealed file says, the seal still in it; no file of that kind may lack it.

    Raises InputError `kind` for one that cannot be read or is not what its seal says;
    FileNotFoundError.
    """
    told = told_of(path, kind, hint)
    if not isinstance(told, dict) or told.get(SEAL) != seal_of(told):
        said = f"{path.name} was edited: it is not what its own digest says"
        raise InputError(Problem(kind, said, {"file": str(path)}, hint=hint))
    return told


def _octets(told: Mapping[str, Any]) -> bytes:
    text = json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")
