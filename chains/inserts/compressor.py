"""A compressor, and how compression is told."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from chains.inserts.base import (
    AttackMs,
    Key,
    Ratio,
    ReleaseMs,
    Settings,
    ThresholdDb,
    gain_in_words,
)


class Compressor(Settings):
    """A stereo-linked compressor: detector max(|L|, |R|) behind a side-chain high-pass.

    `key` names another group whose signal drives the detector.
    """

    brief: ClassVar[str] = "A stereo-linked compressor."

    use: Literal["compressor"] = "compressor"
    threshold_db: ThresholdDb = -18.0
    ratio: Ratio = 2.0
    attack_ms: AttackMs = 30.0
    release_ms: ReleaseMs = 150.0
    knee_db: Annotated[float, Field(ge=0, le=36)] = 6.0
    makeup_db: Annotated[float, Field(ge=-36, le=36)] = 0.0
    sidechain_hz: Annotated[
        float,
        Field(
            ge=0,
            le=2000,
            description="corner of the detector's 12 dB/octave high-pass; 0 leaves it out",
        ),
    ] = 0.0
    key: Key | None = None

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        said = compression_in_words(
            self.threshold_db, self.ratio, self.attack_ms, self.release_ms, self.makeup_db
        )
        return f"compressor {said}"


def compression_in_words(
    threshold_db: float, ratio: float, attack_ms: float, release_ms: float, makeup_db: float
) -> str:
    """Say one compression, of the whole signal or of a band: "-18 dB 2:1, 30/150 ms"."""
    makeup = f", make-up {gain_in_words(makeup_db)}" if makeup_db else ""
    return f"{threshold_db:g} dB {ratio:g}:1, {attack_ms:g}/{release_ms:g} ms{makeup}"
