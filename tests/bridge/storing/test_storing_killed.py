"""`cache gc` killed at any moment: every entry is whole or gone, and the next one does the rest.

STEMWRIGHT_KILLS=40 kills it 40 times; `pytest -s` shows what became of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bridge.storing import Store, digest, file_digest

KILLS = int(os.environ.get("STEMWRIGHT_KILLS", "3"))
ENTRIES = 150
LONG_AGO = 1_000_000_000.0
CHILD = """
import sys
from pathlib import Path
from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.cli.commands import cache
from bridge.storing import Store

print("ready", flush=True)
sys.stdin.readline()
run_told(app, ["cache", "gc", "--yes", "--json", "--store", sys.argv[1]])
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of entries that nobody used for long, to be copied."""
    root = tmp_path_factory.mktemp("filled") / "store"
    store = Store(root)
    for number in range(ENTRIES):
        with store.staging() as folder:
            (folder / "made").write_bytes(b"%d " % number * 500)
            store.put(digest("entry", number=str(number)), {"pcm": str(number)}, folder / "made")
    for meta in root.glob("v1/*/*/meta.json"):
        os.utime(meta, (LONG_AGO, LONG_AGO))
    return root


def started(store: Path) -> subprocess.Popen[str]:
    """A process that has loaded everything, and waits for a line to begin."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def begun(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def copied(filled: Path, root: Path) -> Path:
    """The same store, its entries as old."""
    return Path(shutil.copytree(filled, root))


def test_every_entry_is_whole_or_gone(filled: Path, tmp_path: Path) -> None:
    chance, left = np.random.default_rng(11), []
    child = started(copied(filled, tmp_path / "calm"))
    began_s = time.monotonic()
    begun(child)
    assert '"left_entries": 0' in child.communicate(timeout=60)[0]
    calm_s = time.monotonic() - began_s
    for moment in range(KILLS):
        root = copied(filled, tmp_path / str(moment))
        child = started(root)
        begun(child)
        time.sleep(chance.uniform(0.0, 1.1) * calm_s)
        child.kill()
        child.communicate()
        store = Store(root)
        left.append(len(store.held()))
        assert store.damaged() == []
        for folder in root.glob("v1/*/*"):
            entry = store.get(folder.name)
            assert entry is not None
            assert file_digest(entry.data) == entry.meta["data_blake3"]
            os.utime(folder / "meta.json", (LONG_AGO, LONG_AGO))
        calm = started(root)
        begun(calm)
        assert '"left_entries": 0' in calm.communicate(timeout=60)[0]
        assert [
            each.name for each in (root / "staging").iterdir() if each.name != "collecting"
        ] == []
        shutil.rmtree(root)
    print(f"gc: {KILLS} kills within {calm_s:.3f} s; entries left of {ENTRIES}: {sorted(left)}")
