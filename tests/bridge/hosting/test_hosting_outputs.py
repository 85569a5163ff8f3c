"""What a child does to its output, and what memory that takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st

from bridge.hosting import HostedInsert, RunResult, scan
from bridge.hosting.answers import Refusal
from bridge.hosting.child.process import call
from bridge.hosting.engines.output_checks import LAG_FRAMES, loudest
from bridge.hosting.engines.tapes import library_of_tapes
from bridge.hosting.jobs import run_job
from bridge.native import numpy_path, running
from bridge.plugins import Plugin, Wanted
from stemwright.problems import RenderError

Audio = npt.NDArray[np.float32]
HALF = LAG_FRAMES // 2
PATHS = {"tapes": nullcontext, "memory": numpy_path}
"""How a child is handed its audio; without kernels there are no tapes."""


@pytest.fixture(autouse=True)
def there_are_tapes() -> None:
    if sys.platform != "linux" or running().path != "compiled":
        pytest.skip("there are no tapes here: they are compiled, for Linux alone")


@pytest.fixture
def zam_vst2() -> Callable[[str], Plugin]:
    def get(name: str) -> Plugin:
        path = Path(f"/usr/lib/vst/{name}-vst.so")
        if not path.exists():
            pytest.skip(f"no {path.name}: install zam-plugins")
        return scan([Wanted(path=path)], [], trusted=[path]).plugins[0]

    return get


def both_ways(
    bench: Any, insert: HostedInsert, audio: Audio
) -> tuple[tuple[Audio, RunResult], tuple[Audio, RunResult]]:
    """What one insert makes of (2, frames) audio from tapes, and from memory."""
    assert library_of_tapes() is not None
    taped = bench.run(insert, audio)
    with numpy_path():
        assert library_of_tapes() is None
        return taped, bench.run(insert, audio)


def loudest_by_all(audio: Audio) -> tuple[int, int]:
    """Every window of (frames, 2), added up row by row."""
    starts = range(0, len(audio), HALF)
    powers = [(audio[start : start + LAG_FRAMES] ** 2).sum(axis=0) for start in starts]
    found = int(np.argmax(np.sum(powers, axis=1)))
    return starts[found], int(np.argmax(powers[found]))


def loudest_of(audio: Audio) -> tuple[int, int, int]:
    """The same as it is found, and how many windows were asked for."""
    asked = []

    def window(start: int) -> Audio:
        asked.append(start)
        return audio[start : start + LAG_FRAMES].T

    halves = [audio[start : start + HALF].ravel() for start in range(0, len(audio), HALF)]
    start, side = loudest(window, [float(np.dot(half, half)) for half in halves])
    return start, side, len(asked)


@given(
    st.integers(0, 2**31),
    st.integers(1, 9 * HALF),
    st.sampled_from([0.0, 1e-25, 1e-4, 0.3, 1e18]),
    st.sampled_from([0.0, 0.02, 1.0]),
)
def test_the_loudest_window_is_the_one_that_adding_all_up_finds(
    seed: int, frames: int, level: float, swing: float
) -> None:
    rng = np.random.default_rng(seed)
    swings = 1.0 + swing * rng.uniform(-0.9, 0.9, frames // HALF + 1).repeat(HALF)[:frames, None]
    audio = (level * swings * rng.standard_normal((frames, 2))).astype(np.float32)
    with np.errstate(over="ignore", under="ignore"):
        assert loudest_of(audio)[:2] == loudest_by_all(audio)


def test_windows_far_below_the_loudest_are_not_added_up_one_by_one() -> None:
    audio = np.full((20 * HALF, 2), 0.1, np.float32)
    audio[7 * HALF : 9 * HALF, 1] = 0.5
    assert loudest_of(audio) == (7 * HALF, 1, 1)


@pytest.mark.parametrize("plugin", ["gain", "mono"])
@pytest.mark.parametrize(("path", "times"), [("tapes", 0.1), ("memory", 2.3)])
def test_a_child_holds_no_audio_with_tapes_and_without_them_twice(
    bench: Any, plugin: str, path: str, times: float
) -> None:
    rng = np.random.default_rng(3)
    long = rng.uniform(-0.5, 0.5, (2, 100 * 48000)).astype(np.float32)
    long[:, 2 * LAG_FRAMES :] *= 0.5  # or all windows may be the loudest
    insert = bench.insert(plugin, ("Gain", "-6 dB"))
    with PATHS[path]():
        _, brief = bench.run(insert, long[:, : 2 * LAG_FRAMES])
        _, whole = bench.run(insert, long)
    audio_bytes = long.nbytes - 16 * LAG_FRAMES
    assert whole.peak_memory_bytes - brief.peak_memory_bytes < times * audio_bytes


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("ZaMaximX2", 1),
        ("ZaMaximX2", 36123),
        ("ZamEQ2", 511),
        ("ZamEQ2", 36123),
        ("starting", 1),
        ("starting", 8192),
    ],
)
def test_tapes_and_memory_give_the_same_bits(
    bench: Any, music: Audio, name: str, frames: int
) -> None:
    """Reported latency, a mono plugin and latency from the start; less than a buffer and many."""
    insert = bench.insert(name, *{"starting": (("Delay", "480"),)}.get(name, ()))
    (taped, told), (held, same) = both_ways(bench, insert, music[:, -frames:])
    np.testing.assert_array_equal(taped.view(np.int32), held.view(np.int32))
    assert told.latency_frames == same.latency_frames == insert.expected_latency_frames
    assert (told.lag_frames, told.diagnostics) == (same.lag_frames, same.diagnostics)


@pytest.mark.parametrize(("name", "frames"), [("ZamCompX2", 511), ("ZamComp", 48000)])
def test_tapes_and_memory_give_the_same_bits_under_a_key(
    bench: Any, zam_vst2: Callable[[str], Plugin], name: str, frames: int
) -> None:
    rng = np.random.default_rng(12)
    fed, key = rng.uniform(-0.5, 0.5, (2, 2, frames)).astype(np.float32)
    (bench.folder / "key.f32").write_bytes(key.T.astype("<f4").tobytes())
    plugin = zam_vst2(name)
    prepared = bench.prepare(plugin, ("Sidechain", "1"), ("Threshold", "-40 dB"))
    insert = replace(
        bench.insert("gain"),
        plugin=plugin,
        preset=None,
        raw_params=prepared.raw_params,
        key_input=bench.folder / "key.f32",
    )
    (taped, _), (held, _) = both_ways(bench, insert, fed)
    np.testing.assert_array_equal(taped.view(np.int32), held.view(np.int32))
    assert not np.array_equal(taped, fed)


@pytest.mark.parametrize(
    ("path", "at"), [("tapes", 0), ("tapes", 3), ("tapes", 40000), ("memory", 0), ("memory", 40000)]
)
def test_what_is_no_number_is_refused_where_it_begins(bench: Any, path: str, at: int) -> None:
    audio = np.full((2, 48000), 0.1, np.float32)
    audio[1, at:] = np.inf
    with PATHS[path](), pytest.raises(RenderError, match=f"infinite from frame {at} on"):
        bench.run(bench.insert("gain"), audio)


def test_a_library_that_holds_no_tapes_is_done_without(
    bench: Any, music: Audio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "other.so").write_bytes(b"no library")
    insert = bench.insert("gain", ("Gain", "-6 dB"))
    expected, _ = bench.run(insert, music)
    for other in (tmp_path / "other.so", tmp_path / "none.so", *Path("/lib").glob("*/libm.so.6")):
        monkeypatch.setattr(
            "bridge.hosting.insert_children.library_of_tapes", lambda other=other: str(other)
        )
        made, _ = bench.run(insert, music)
        np.testing.assert_array_equal(made, expected)


@pytest.mark.parametrize("path", ["tapes", "memory"])
def test_a_disk_that_is_full_is_told(bench: Any, music: Audio, path: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with PATHS[path]():
        job = run_job("dawdreamer", bench.job(bench.insert("gain"), music), Path("/dev/full"))
        refused = call(replace(job, tapes=library_of_tapes()), 60.0)
    assert isinstance(refused, Refusal)
    (problem,) = refused.problems
    assert problem.kind == "file_failed"
    assert problem.message == "a file of this render failed: [Errno 28] No space left on device"


def test_a_tapes_own_loading_is_not_in_a_plugins_last_lines(bench: Any, music: Audio) -> None:
    knock = 0.01 * music
    knock[:, 5000] = 1.0
    with pytest.raises(RenderError) as caught:
        bench.run(bench.insert("crash-process"), knock)
    (problem,) = caught.value.problems
    last = problem.message.partition("last lines: ")[2]
    assert "fixture: about to crash" in last
    assert "VST" not in last


def test_a_child_that_plays_tapes_loads_no_numpy() -> None:
    code = (
        "import sys, bridge.hosting.child.worker, bridge.hosting.engines.dawdreamer\n"
        "print('numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout == "False\n"


def test_what_is_far_too_loud_is_told_and_no_warning_of_numpys(bench: Any) -> None:
    rng = np.random.default_rng(4)
    audio = (1e25 * rng.standard_normal((2, 40000))).astype(np.float32)
    _, result = bench.run(bench.insert("gain"), audio)
    assert [each.code for each in result.diagnostics] == ["hot_input", "no_effect"]
