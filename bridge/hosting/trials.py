"""Trying settings of one insert: a child keeps the plugin loaded, and renders one after another.

A step's audio must not depend on what its plugin did before, so a render has a child of its own
(bridge/hosting/insert_children.py). Here hundreds of settings are heard of a few seconds, which
take milliseconds where a child takes a second: what is chosen is then rendered as a step is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bridge.hosting import port
from bridge.hosting.answers import Refusal
from bridge.hosting.child.conversation import Conversation, conversation
from bridge.hosting.child.process import ChildFailed
from bridge.hosting.engines.table import ENGINES
from bridge.hosting.faults import answered_error, child_error
from bridge.hosting.finding.states import check_owner
from bridge.hosting.jobs import Answer, Job, Shown, Tried, try_job
from bridge.hosting.port import RunJob
from bridge.plugins import Slot

Rows = Sequence[Sequence[float]]
"""Raw values, 0 to 1, a row for each trial, in the order of the names."""


class Trials:
    """A loaded insert that renders `frames` of stereo at any settings; one thread asks.

    `values` are where its parameters stood when it was set up.
    """

    def __init__(
        self, engine: str, job: RunJob, talk: Conversation, values: tuple[float, ...]
    ) -> None:
        self.values = values
        self._engine = engine
        self._job = job
        self._talk = talk
        self._slot: Slot = job.insert.slot

    def render(
        self, source: Path, values: Rows, output: Path, *, frames: int | None = None
    ) -> None:
        """Render `source` at each row of values into `output`, one behind the other.

        Both are raw files as RunJob's; `source` holds one input for all, or one a row, of `frames`
        each where that is not as many as the insert was loaded for. Raises RenderError.
        """
        rows = tuple(tuple(row) for row in values)
        each = self._job.frames if frames is None else frames
        job = Tried(self._engine, str(source.absolute()), each, rows, str(output.absolute()))
        limit_s = port.deadline_s(len(rows) * each, self._job.sample_rate_hz)
        _ask(self._talk, job, limit_s, self._slot)

    def texts(self, values: Rows) -> tuple[tuple[str, ...], ...]:
        """The display texts of the parameters at each row of values. Raises RenderError."""
        job = Shown(self._engine, tuple(tuple(row) for row in values))
        return _ask(self._talk, job, port.LOAD_DEADLINE_S, self._slot).rows


@contextmanager
def trials(engine: str, job: RunJob, names: Sequence[str]) -> Iterator[Trials]:
    """Load the insert of a run in the host of this name, to try values of `names`.

    The output of the run is not written. Raises RenderError; one with a side-chain key is not
    tried.
    """
    insert = job.insert
    if insert.key_input is not None:
        raise ValueError("a plugin with a side-chain key is not tried")
    if insert.preset is not None:
        check_owner(insert.preset, insert.slot)
    with _talking(insert.slot) as talk:
        wanted = try_job(ENGINES[engine].name, job, names)
        opened = _ask(talk, wanted, port.LOAD_DEADLINE_S + insert.warm_up_s, insert.slot)
        yield Trials(engine, job, talk, opened.values)


@contextmanager
def _talking(slot: Slot) -> Iterator[Conversation]:
    try:
        with conversation() as talk:
            yield talk
    except ChildFailed as failed:
        raise child_error(failed, slot) from None


def _ask(talk: Conversation, job: Job[Answer], limit_s: float, slot: Slot) -> Answer:
    """What a child that keeps an insert answers; whatever goes wrong names the plugin."""
    try:
        answer = talk.ask(job, limit_s)
    except ChildFailed as failed:
        raise child_error(failed, slot) from None
    if isinstance(answer, Refusal):
        raise answered_error(answer.problems, slot)
    return answer
