"""The master's first built-ins, rendered by a worker behind the sum while that is being written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.gathering import Cancel, Signal
from bridge.planning import NativeStep, Step
from bridge.rendering.steps import leads_gains
from bridge.storing import Entry, Store
from bridge.workers import Accompanied, WorkerLostError, accompanied, workers
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.audio import Block, GrowingPcm
    from bridge.rendering.context import Context

LONG_FRAMES = 1 << 21
"""Behind shorter sums a worker is not worth its messages."""


class BehindSum:
    """What a worker is told of a sum that grows, and asked for when its key is known."""

    def __init__(self, store: Store, work: _Work | None, held: ExitStack) -> None:
        self._store, self._work, self._held = store, work, held
        self._call: Accompanied[str] | None = None
        self._kept = Path()

    def grown(self, pcm: GrowingPcm) -> None:
        """Tell that the sum is longer; the first time, the worker begins."""
        if self._work is not None and self._call is None:
            self._begin(self._work, pcm.path)
        if self._call is not None:
            self._call.tell(replace(pcm, path=self._kept))

    def _begin(self, work: _Work, path: Path) -> None:
        if not workers():  # asked here: the answer comes with numpy, which a stored sum never needs
            self._work = None
            return
        self._kept = self._held.enter_context(self._store.staging()) / "sum"
        try:
            self._kept.hardlink_to(path)  # the sum may be whole, and elsewhere, before it is opened
        except OSError:
            self._work = None
            return
        self._call = self._held.enter_context(accompanied(_rendered_behind, work))

    def made(self, step: Step, key: str) -> Entry | None:
        """Return what came out of a step, named `key`; None where nothing followed its source.

        Raises InputError as `rendered_run` does.
        """
        call, self._call = self._call, None
        if call is None or self._work is None or step is not self._work.step:
            return None
        call.tell(key)
        with suppress(WorkerLostError, OSError, EOFError):
            return self._store.made_beside(call.result())
        return None


@contextmanager
def behind_sum(
    context: Context,
    steps: Sequence[Step],
    keys: Mapping[str, Signal],
    mains: Signal | None = None,
) -> Iterator[BehindSum]:
    """Have a worker ready for the first of `steps`, where it can follow and that is worth it.

    With `mains` the step has the gains of that signal.
    """
    with ExitStack() as held:
        yield BehindSum(context.store, _work(context, steps, keys, mains), held)


@dataclass(frozen=True)
class _Work:
    """A step as it travels to the worker that is told of its source."""

    root: Path
    limit_bytes: int
    step: NativeStep
    rate_hz: int
    frames: int
    heard: Callable[[Store], Signal] | None
    mains: Callable[[Store], Signal] | None


def _work(
    context: Context, steps: Sequence[Step], keys: Mapping[str, Signal], mains: Signal | None
) -> _Work | None:
    frames = context.plan.render_frames
    first = steps[0] if steps else None
    if not isinstance(first, NativeStep) or frames < LONG_FRAMES:
        return None
    heard = None if first.key is None else keys.get(first.key)
    if first.key is not None and (heard is None or heard.anew is None):
        return None
    leads = mains if mains is not None and leads_gains(first) else None
    if leads is not None and leads.anew is None:
        return None
    place = context.store.root, context.store.limit_bytes
    beside = (None if each is None else each.anew for each in (heard, leads))
    return _Work(*place, first, context.plan.engine.sample_rate_hz, frames, *beside)


def _rendered_behind(told: Iterator[GrowingPcm | str], work: _Work) -> str:
    """Do the work in a worker: blocks as they come, then the key; return it."""
    from bridge.rendering.native_steps import rendered_run, store_of_worker

    store = store_of_worker(work.root, work.limit_bytes)
    source = Signal("growing", work.frames, lambda: _until_whole(told, work.frames))
    with store.holding():
        heard, mains = (None if each is None else each(store) for each in (work.heard, work.mains))
        given = store, Cancel(), work.step, work.rate_hz
        return rendered_run(*given, source, heard, lambda: _key(told), mains).key


def _until_whole(told: Iterator[GrowingPcm | str], frames: int) -> Iterator[Block]:
    from bridge.audio import read_growing_pcm

    def growing() -> Iterator[GrowingPcm]:
        for pcm in told:
            if isinstance(pcm, str):
                raise EOFError("the sum ended early")
            yield pcm
            if pcm.frames == frames:
                return

    return read_growing_pcm(growing())


def _key(told: Iterator[GrowingPcm | str]) -> str:
    for key in told:
        if isinstance(key, str):
            return key
    raise EOFError("nobody wants it any more")
