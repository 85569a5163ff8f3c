"""The sidecar of a master as it is read: `<version>.wav.digests.json`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bridge.finished.shapes import Shape, Text

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
