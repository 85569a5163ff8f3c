"""The page of a fit: where it may go, and what it plays and tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bridge.advising import FitSounds, Score
    from bridge.road.advising.fitting import Fitted, ToFit
    from bridge.storing import Store

    Sound = npt.NDArray[np.float64]


def check_fit_page(wanted: ToFit, page: Path) -> None:
    """Refuse a place for the page that is none, before any work is done.

    Raises InputError as `bridge.comparing.check_outputs` and `bridge.finished.refuse_kept` do, and
    `page_over_input` for a file that is no page of ours.
    """
    from bridge.comparing import check_outputs
    from bridge.finished import refuse_kept
    from bridge.pages import refuse_foreign_page

    target = wanted.to or wanted.reference
    read = [*wanted.inputs.named, *([target] if target else [])]
    check_outputs({"page": page}, read, such_as="fit")
    refuse_kept(page)
    refuse_foreign_page(page)


def fit_sounds(
    wanted: ToFit, made: Fitted, score: Score, was: Sound, now: Sound, rate_hz: int
) -> FitSounds:
    """What the page plays: `was` and `now`, (2, frames), without what `score` does not count."""
    from bridge.advising import FitSounds

    begin = score.from_frame
    end = begin + score.target.shape[1]
    return FitSounds(
        rate_hz,
        made.start_s,
        score.target,
        was[:, begin:end],
        now[:, begin:end],
        is_other_music=wanted.to is None,
    )


def write_page_of_fit(
    page: Path, wanted: ToFit, made: Fitted, sounds: FitSounds, store: Store
) -> None:
    """Write the page. Raises MachineError where the disk refuses."""
    from bridge.advising import Distance, write_fit_page
    from bridge.pages.proposal import beside_excerpt

    beside = beside_excerpt(
        sounds.before,
        sounds.after,
        sounds.target,
        sounds.rate_hz,
        store,
        is_other_music=sounds.is_other_music,
    )
    distance = Distance(made.before, made.after, made.unit)
    write_fit_page(page, made.fit, distance, sounds, beside, ", ".join(wanted.inserts))
