"""What render.json says of the master beside other music, and of how services play it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bridge.finished.shapes import Db, Many, Shape, Text

_Correlation = Annotated[float, Field(ge=-1.001, le=1.001)]


class BandTold(Shape):
    """One band of a song."""

    band: Text
    share_db: Db | None
    crest_db: Db | None
    width_db: Db | None
    correlation: _Correlation | None


class FiguresTold(Shape):
    """What a song is like: loudness and dynamics as `measure` tells them, and its bands."""

    integrated_lufs: Db | None
    loudness_range_lu: Db | None
    plr_db: Db | None
    psr_min_db: Db | None
    correlation: float | None
    fold_down_db: Db | None
    bands: Many[BandTold]


class ToneBandTold(Shape):
    """One third of an octave: the master less the other, level-matched."""

    hz: Annotated[float, Field(gt=0.0, le=1e6)]
    mid_db: Db | None
    side_db: Db | None


class ToneTold(Shape):
    """How far the master's balance is from another's, and the gain that matched them."""

    mid_db: Db | None
    side_db: Db | None
    level_db: Db
    bands: Many[ToneBandTold]


class OtherTold(Shape):
    """A rough mix, a reference, another master, a target or an earlier version of the song.

    `offset_s` is what was taken off to have it in time; None where no place is sure. `loudness_lu`
    is how differently both get louder and softer, where they run beside each other.
    """

    kind: Literal["mix", "reference", "master", "target", "version"]
    name: Text
    offset_s: Annotated[float, Field(ge=-1e7, le=1e7)] | None
    figures: FiguresTold
    tone: ToneTold
    loudness_lu: Db | None = None


class BesideTold(Shape):
    """The main master beside all of them."""

    main: FiguresTold
    others: Many[OtherTold]


class PlaybackTold(Shape):
    """By how many dB a service turns the main master up or down, and by which rule.

    `held_db` is how much more a quiet song would be turned up if its peak let it.
    """

    name: Text
    lufs: Db
    raises: bool
    gain_db: Db
    held_db: Db
    rule_source: Text
    rule_date: Text
