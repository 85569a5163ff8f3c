"""The labelled set of differences, a smaller run of it (the whole: `-m benchmarks.diff_set`)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.diff_set import MAKERS, called, cases, errors


def test_every_class_is_called_what_it_is(tmp_path: Path) -> None:
    said: dict[str, list[str]] = {label: [] for label in MAKERS}
    for case in cases(tmp_path, 2 * len(MAKERS), 2.0, seed=9):
        found = called(case)
        said[case.label].append(found.verdict)
        offset, gain = errors(case, found)
        where = (case, found.alignment)
        assert found.verdict in case.allowed, where
        assert offset is None or offset < 0.01, where
        assert gain is None or gain < 0.001, where
        assert (case.offset_frames is None) or found.alignment is not None, where
    assert all(said.values())
    different = {label: words for label, words in said.items() if label != "same"}
    assert not any("exact" in words for words in different.values())
    assert set(said["click -30 dBFS"]) == {"changed"}
