"""What each stem group is in a moment of a finished master: mastered stems of that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.delivering.files import MasteredMoment
    from bridge.rendering import HeldDrive
    from bridge.road.again import FinishedAgain
    from chains import Chain, Target

_BEFORE_S, _AFTER_S, _PREROLL_S = 1.5, 0.5, 5.0
"""A codec settles in what is before, compressors in what nobody hears."""


def moment_of(
    again: FinishedAgain, chain: Chain, target: Target | None, held: HeldDrive, at_s: float
) -> MasteredMoment:
    """The main master around a second, and every group of it under the main master's gains.

    Rendered anew from the stems, a few seconds of them. Raises as a render does.
    """
    from bridge.delivering.files import MasteredMoment
    from bridge.planning import Excerpt
    from bridge.rendering import render
    from chains import Version, stem_version_id

    start_s = max(0.0, at_s - _BEFORE_S)
    groups = {stem_version_id("stem", each.id): each.id for each in chain.groups}
    versions = tuple(
        Version(name, only=(group,), dynamics="main") for name, group in groups.items()
    )
    excerpt = Excerpt(start_s, at_s + _AFTER_S, _PREROLL_S)
    context = again.context(target, versions=versions, excerpt=excerpt)
    made = render(context, "float64", held.drive_db, held.trim_db)
    files = {each.version: each.path for each in made.outputs}
    main = files.pop("main")
    return MasteredMoment(
        main, {groups[name]: path for name, path in files.items()}, at_s - start_s
    )
