"""A song beside other music: everything that is told of it, each signal heard once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bridge.finished import BesideTold
from bridge.pages.report import Heard, Row, beside_others, figured, looked, playback_rows
from bridge.storing import Store
from stemwright.values import dataclass


@dataclass(frozen=True)
class Beside:
    """What was heard: `own` the song, before and after a change, `others` what lies beside it.

    `told` are figures and distances of the song's, by its names; without other music those of what
    the change does. `is_song` tells that all of a song was heard, no excerpt.
    """

    own: tuple[Row, ...]
    others: tuple[Row, ...]
    told: tuple[tuple[str, BesideTold], ...]
    is_song: bool = True

    def as_json(self) -> dict[str, Any] | None:
        """Of one song that nothing changes, as render.json has it, with the services' gains of all.

        None where nothing could be told.
        """
        if not self.told:
            return None
        ((_, told),) = self.told
        gains = [
            {
                "kind": row.heard.kind,
                "name": row.heard.name,
                "services": playback_rows(row.found.measures),
            }
            for row in (*self.own, *self.others)
            if row.found is not None
        ]
        return {**told.model_dump(), "playback": gains}


def as_it_lies(heard: Heard) -> Heard:
    """Other music that nobody looks for a place for."""
    return heard


def beside_songs(
    own: Sequence[Heard],
    others: Sequence[Heard],
    store: Store,
    jobs: int = 1,
    place: Callable[[Heard], Heard] = as_it_lies,
) -> Beside:
    """Listen to a song, or to it before and after, and to other music, `jobs` signals at a time.

    Where before and after are the same there is but one. `place` takes off how late other music is.
    What is found is kept in the store, and no sample of it. What cannot be read says so in its row.
    """
    kept = list({each.digest: each for each in reversed(own)}.values())[::-1]
    number = len(kept) + len(others)

    def listen(heard: Heard) -> Row:
        row = looked(heard if heard in kept else place(heard), store)
        if row.found is not None and number > 1:
            figured(row.heard, store)
        return row

    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        rows = tuple(pool.map(listen, [*kept, *others]))
    mine, theirs = rows[: len(kept)], rows[len(kept) :]
    return Beside(mine, theirs, tuple(_told(mine, theirs, store).items()))


def _told(own: Sequence[Row], others: Sequence[Row], store: Store) -> dict[str, BesideTold]:
    """Each of the song's beside all others, and the later one beside the earlier one too."""
    found: dict[str, BesideTold] = {}
    for number, row in enumerate(own):
        if row.found is None:
            continue
        beside = [each.heard for each in (*others, *own[:number]) if each.found is not None]
        told = beside_others(row.heard, beside, row.found.measures, store)
        if told is not None:
            found[row.heard.name] = BesideTold.model_validate(told)
    alone = {row.heard.name for row in own} - set(found)
    earlier = {
        each.name: BesideTold(main=each.figures, others=())
        for told in found.values()
        for each in told.others
        if each.kind == "version" and each.name in alone
    }
    return {**earlier, **found}
