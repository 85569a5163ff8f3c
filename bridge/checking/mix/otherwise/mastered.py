"""Whether what came as the rough mix is a finished master: much louder, and held by a wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bridge.checking.findings import Finding
from bridge.checking.stem.damage.limited import Limited
from bridge.checking.stem_audio import StemAudio

_LOUDER_DB = 3.0


def is_mastered(mix: StemAudio, gain_db: float) -> bool:
    """Whether a mix, which has its stems `gain_db` louder than they came, is a master.

    It is heard once more. Raises InputError as `StemAudio.passages` does.
    """
    if gain_db < _LOUDER_DB:
        return False
    wall = Limited(mix.facts)
    for passage in mix.passages():
        wall.hear(passage)
    return any(True for _ in wall.findings())


def doubtful(told: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings against a master, none of them worse than minor."""
    return tuple(
        replace(each, severity="minor") if each.severity == "major" else each for each in told
    )
