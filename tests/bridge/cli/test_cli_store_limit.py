"""A render keeps what it uses, however small the store: and says when it alone is too large."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("no_report")

CHAIN = """
[[group]]
id = "all"
stems = ["*"]
  [[group.insert]]
  use = "compressor"
  ratio = {ratio}
[[master.insert]]
use = "gain"
gain_db = -1.0
"""
COLLECTING = """
import sys
from pathlib import Path
from bridge.storing import Store
store = Store(Path(sys.argv[1]), limit_bytes=0)
print("collecting", flush=True)
while True:
    store.collect()
"""


@pytest.fixture
def render(
    run: Callable[..., Any], stems: Path, chain: Callable[[str], Path], tmp_path: Path
) -> Callable[..., dict[str, Any]]:
    def call(out: str = "master", ratio: float = 2.0) -> dict[str, Any]:
        words = [
            stems,
            chain(CHAIN.format(ratio=ratio)),
            "-o",
            tmp_path / out,
            "--store",
            tmp_path / "store",
        ]
        said = run("render", *words, "--json")
        assert said.code == 0, said
        return dict(json.loads(said.out))

    return call


def _notes(told: dict[str, Any]) -> list[str]:
    said = told["diagnostics"]
    return [each["message"] for each in said if each["code"] == "store_over_limit"]


def test_a_render_under_which_another_process_collects_loses_nothing(
    render: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", COLLECTING, str(tmp_path / "store")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as collecting:
        try:
            assert collecting.stdout is not None
            assert collecting.stdout.readline()
            told = render()
        finally:
            collecting.kill()
    assert [step["cached"] for step in told["steps"]] == [False] * len(told["steps"])
    assert _notes(told) == []


def test_a_song_larger_than_the_store_is_kept_and_told_until_another_makes_room(
    render: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEMWRIGHT_STORE_LIMIT", "1MB")
    first = render()
    (note,) = _notes(first)
    assert "more than its limit of 1.0 MB" in note
    assert "STEMWRIGHT_STORE_LIMIT" in note
    again = render()
    assert all(step["cached"] for step in again["steps"])
    assert _notes(again) == [note]
    before = sum(each.stat().st_size for each in (tmp_path / "store").rglob("data"))
    render("other", ratio=8.0)
    after = sum(each.stat().st_size for each in (tmp_path / "store").rglob("data"))
    assert after <= before
    monkeypatch.setenv("STEMWRIGHT_STORE_LIMIT", "1GB")
    assert _notes(render("other", ratio=8.0)) == []
