"""A song's balance: its groups as they are heard, held to the rough mix or to references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bridge.advising.balancing.heard_groups import HeardGroup, Level
from bridge.advising.balancing.proposal import Balance
from bridge.advising.balancing.rough import POOR_DB, stems_towards_rough, towards_rough
from bridge.checking import InRough
from stemwright.problems import InputError, Problem
from stemwright.words import listed

_TOLD_BY_ROWS = frozenset({"extra", "polarity"})


def balance_to_rough(
    groups: Sequence[HeardGroup],
    levels: Mapping[str, Level],
    rough: InRough,
    target: str,
    rate_hz: int,
    *,
    per_stem: bool = False,
    before_inserts: bool = False,
) -> Balance:
    """What gives the groups, as loud at their faders as `levels`, the rough mix's balance.

    `target` is its file's name.

    Raises InputError `rough_of_other_song` where the stems are not what sounds in it.
    """
    fit = rough.fit
    if fit.verdict in ("unrelated", "other_version"):
        raise InputError(
            Problem(
                "rough_of_other_song",
                f"{target} has not got this song's stems: {fit.words}",
                expected="the rough mix of these stems, of this version of the song",
                hint='name the right one in the job, rough = "..."; `check` tells more',
            )
        )
    return Balance(
        aim="rough",
        target=target,
        heard="before_inserts" if before_inserts else "after_inserts",
        groups=towards_rough(groups, rough, rate_hz, levels),
        stems=stems_towards_rough(groups, rough) if per_stem else (),
        facts={"explained_db": round(fit.explained_db, 2), "rough": fit.words},
        remarks=tuple(_doubts(rough)),
        is_sure=rough.fit.explained_db >= POOR_DB and not rough.doubted_place,
    )


def _doubts(rough: InRough) -> Iterator[str]:
    """What holds for all, and the changes that no group's row tells of."""
    for each in rough.fit.findings:
        if each.severity != "info" and each.code not in _TOLD_BY_ROWS:
            yield f"{listed(each.stems, 3)}: {each.words}" if each.stems else each.words
    if rough.doubted_place:
        said = "its place in the song is not sure"
        yield f"{said}: {rough.doubted_place}; take these faders for a hint, and listen"
    if rough.fit.explained_db < POOR_DB:
        said = f"the stems explain only {rough.fit.explained_db:.1f} dB of the rough mix"
        yield f"{said}: take these faders for a hint, and listen"
