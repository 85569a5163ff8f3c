"""A worker child that is asked again: it keeps what its first job loaded, and answers in turn."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bridge.hosting.answers import Refusal, checked
from bridge.hosting.child.process import (
    ChildFailed,
    Ending,
    Live,
    answer_of,
    hand_in,
    running,
    stops,
)
from bridge.hosting.jobs import Answer, Job, as_wire
from stemwright.problems import Problem, StoppedError

_LOOKED_FOR_S = 0.2
"""How often it is looked whether a child that says nothing is still there."""


class Conversation:
    """A child that is given one job after another; one thread asks."""

    def __init__(self, child: Live) -> None:
        self._child = child

    def ask(self, job: Job[Answer], deadline_s: float) -> Answer | Refusal:
        """What the child answers. Raises ChildFailed, StoppedError."""
        child = self._child
        with child.heard:
            child.token = secrets.token_hex(16)
            child.answer.clear()
        hand_in(child, {**as_wire(job), "token": child.token})
        in_time = self._wait(time.monotonic() + deadline_s)
        if child.stopped:
            raise StoppedError(Problem(kind="interrupted", message="stopped while hosting"))
        if in_time and not child.readers[0].is_alive():
            child.process.wait()
        try:
            return checked(job.answer, answer_of(child, in_time, deadline_s))
        except (ValueError, RecursionError):
            said = "it is not what was asked for"
            raise ChildFailed(Ending.GARBLED, said, "", child.talk()) from None

    def _wait(self, until: float) -> bool:
        """Wait for an answer or the child's end; False where neither came by `until`."""
        child = self._child
        with child.heard:
            while not child.has_answered(len(child.answer)) and child.readers[0].is_alive():
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return False
                child.heard.wait(min(left_s, _LOOKED_FOR_S))
        return True


@contextmanager
def conversation() -> Iterator[Conversation]:
    """A child to be asked until the end of the block. Raises ChildFailed, StoppedError."""
    with running(stops(), asked_again=True) as child:
        yield Conversation(child)
