"""Commands that write where they are told do not write into what a job keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

CHAIN = """schema = 1
[[group]]
id = "all"
stems = ["*"]
"""


def test_a_render_does_not_go_into_a_revision(
    tmp_path: Path, stems: Path, run: Callable[..., Any]
) -> None:
    revision = tmp_path / "song" / "revisions" / "r0"
    revision.mkdir(parents=True)
    (tmp_path / "song" / "job.toml").write_text("")
    (tmp_path / "chain.toml").write_text(CHAIN)
    for more in ((), ("--replace",)):
        said = run("render", stems, tmp_path / "chain.toml", "-o", revision, *more)
        assert said.code == 2
        assert "stemwright restore" in said.err
    assert list(revision.iterdir()) == []
