"""A notebook's view in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import stemwright as sw
from chains import Chain, Group

RATE_HZ = 8000


def test_the_player_of_a_master_tells_its_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browse: Callable[..., dict[str, str]]
) -> None:
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "store"))
    noise = np.random.default_rng(5).standard_normal((3 * RATE_HZ, 2)) * 0.1
    plan = sw.plan({"vox": (noise, RATE_HZ)}, Chain("Song", groups=(Group("all", ("*",)),)))
    made = sw.render(plan)
    view = made._repr_html_()
    page = tmp_path / "notebook.html"
    head = "<head><meta charset='utf-8'><style>:root{color-scheme:dark}</style></head>"
    page.write_text(f"<!doctype html><html>{head}<body>{view}</body></html>", "utf-8")
    seen = browse(page, "notebook")
    assert (seen["fault"], seen["ready"]) == ("none", "yes")
    assert float(seen["length"]) == pytest.approx(made["main"].seconds, abs=0.05)
