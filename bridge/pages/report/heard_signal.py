"""What a page speaks of: one signal, named by its content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.audio import Block

Kind = Literal["mix", "reference", "master", "target", "stems", "group", "version"]
"""`mix` the rough mix, `reference` and `master` finished music beside it, `target` the same
performance as it shall sound, `stems` their plain sum, `group` a group after its inserts, `version`
a file of this render."""

SAME_SONG = frozenset({"mix", "master", "target", "stems", "version"})
"""Kinds that are the song itself, wherever they were found to lie."""


@dataclass(frozen=True)
class Heard:
    """One signal of the report: `digest` names its samples, `blocks` streams them as stereo.

    `blocks` is None where the samples are no longer at hand: what the store remembers of them can
    still be shown. `fault` says why a reference cannot be read. `offset_s` is how late a reference
    lay against the song, which has been taken off; None where that is not sure.
    """

    kind: Kind
    name: str
    digest: str
    rate_hz: int
    frames: int
    blocks: Callable[[], Iterator[Block]] | None = field(default=None, compare=False, repr=False)
    fault: str | None = None
    offset_s: float | None = None

    @property
    def beside(self) -> bool:
        """Whether it runs beside the main master: the same music at the same time."""
        return self.kind in SAME_SONG or self.offset_s is not None

    def as_json(self) -> dict[str, Any]:
        """The object of render.json's `heard` list."""
        return {
            "kind": self.kind,
            "name": self.name,
            "digest": self.digest,
            "rate_hz": self.rate_hz,
            "frames": self.frames,
            "fault": self.fault,
            "offset_s": self.offset_s,
        }
