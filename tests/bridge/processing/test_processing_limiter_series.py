"""Numbers in a file: read as they were put, by place, in parts; a full disk is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings, strategies as st

from bridge.processing.limiting.series import Series


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 3000), max_size=6),
    start=st.integers(0, 5000),
    count=st.integers(0, 5000),
    part=st.integers(1, 4000),
)
def test_what_was_put_is_read_by_place_and_in_parts(
    sizes: list[int], start: int, count: int, part: int
) -> None:
    whole = np.random.default_rng(1).standard_normal(sum(sizes)).astype(np.float32)
    series, put = Series(), 0
    for size in sizes:
        series.append(whole[put : put + size])
        put += size
        assert np.array_equal(series.all(), whole[:put])
    assert len(series) == len(whole)
    assert np.array_equal(series.read(start, start + count), whole[start : start + count])
    parts = [np.empty(0, np.float32), *series.parts(part)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_nothing_lies_in_the_folder(tmp_path: Path) -> None:
    series = Series(tmp_path)
    series.append(np.ones(5, np.float32))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    code = (
        "import resource, sys\nfrom pathlib import Path\nimport numpy as np\n"
        "from bridge.processing.limiting.series import Series\n"
        "from stemwright.problems import MachineError\n"
        "series = Series(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4000,) * 2)\n"
        "try:\n    series.append(np.ones(5000, np.float32))\n"
        "except MachineError as error:\n    print(error.problems[0].where['file'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(tmp_path)
