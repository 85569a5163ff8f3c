"""A queue between two stages gives out what went in, in order, however it is cut."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from bridge.processing.limiting.queue import Queue


@given(
    st.integers(0, 40),
    st.lists(st.tuples(st.booleans(), st.integers(0, 300)), max_size=40),
)
def test_gives_out_what_went_in(first: int, calls: list[tuple[bool, int]]) -> None:
    numbers = np.arange(20000.0).reshape(2, -1)
    queue, came, went = Queue(numbers[:, :first]), first, 0
    for appends, frames in calls:
        if appends:
            queue.append(numbers[:, came : came + frames])
            came += frames
        else:
            taken = queue.take(frames)
            assert np.array_equal(taken, numbers[:, went : min(came, went + frames)])
            went = min(came, went + frames)
        assert len(queue) == came - went
        assert np.array_equal(queue.held, numbers[:, went:came])
        assert np.array_equal(queue.first(7), numbers[:, went : min(came, went + 7)])


def test_its_memory_does_not_grow_with_what_passed() -> None:
    queue = Queue(np.zeros((2, 0)))
    for _ in range(200):
        queue.append(np.zeros((2, 1000)))
        queue.take(1000 if len(queue) > 3000 else 900)
    assert queue._array.shape[1] < 40000
