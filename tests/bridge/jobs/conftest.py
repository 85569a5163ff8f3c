"""A job beside a chain and a folder of stems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

CHAIN = """\
schema = 1
name = "small"

[[group]]
id = "vocals"
stems = ["vox*"]
gain_db = -1.0
sends = { plate = -18.0 }

  [[group.insert]]
  id = "tone"
  use = "eq"
  bands = [{ shape = "bell", hz = 3000, gain_db = 2 }]

[[group]]
id = "music"
stems = ["*"]

  [[group.insert]]
  id = "glue"
  use = "compressor"

[[return]]
id = "plate"

  [[return.insert]]
  use = "eq"
  bands = [{ shape = "bell", hz = 500, gain_db = -2 }]

[master]
  [[master.insert]]
  id = "last"
  use = "limiter"

[target]
integrated_lufs = -14.0
"""


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    path = tmp_path / "chain.toml"
    path.write_text(CHAIN, encoding="utf-8")
    return path


@pytest.fixture
def written(tmp_path: Path, chain: Path) -> Callable[[str], Path]:
    """Write a job with these lines in it; its chain and its folder of stems are there."""

    def write(lines: str = "") -> Path:
        (tmp_path / "stems").mkdir(exist_ok=True)
        path = tmp_path / "job.toml"
        head = f'schema = 1\nchain = "{chain.name}"\nstems = "stems"\n'
        path.write_text(head + lines, encoding="utf-8")
        return path

    return write
