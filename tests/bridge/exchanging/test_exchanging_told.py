"""What `export` and `capture` say of their work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.exchanging.mixer import sends_of
from sessions import Send, Track

if TYPE_CHECKING:
    from conftest import Song

_INTERRUPTED = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from bridge.cli.app import app
from bridge.cli.telling import run_told
folder, sent = Path(sys.argv[1]), []
def interrupt(event, args):
    if event == "open" and not sent and str(args[0]).endswith("kick.wav") and folder.is_dir():
        if any(folder.glob(".song.*")):
            sent.append(True)
            signal.raise_signal(signal.SIGINT)
sys.addaudithook(interrupt)
code = run_told(app, sys.argv[2:])
sys.exit(code if sent else 99)
"""


@pytest.mark.parametrize("name", ["song.dawproject", "song.rpp"])
def test_an_interrupted_export_says_that_there_is_no_project(tmp_path: Path, name: str) -> None:
    (tmp_path / "stems").mkdir()
    soundfile.write(tmp_path / "stems" / "kick.wav", np.zeros((4800, 2)), 48000, "PCM_24")
    target = tmp_path / "out" / name
    words = ["export", tmp_path / "stems", "-o", target, "--audio", "copy"]
    words += ["--store", tmp_path / "store"]
    done = subprocess.run(  # this interpreter, on arguments made here
        [sys.executable, "-c", _INTERRUPTED, str(target.parent), *map(str, words)],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 130
    assert done.stderr == f"error: stopped; {target} was not written\n"
    assert list(target.parent.iterdir()) == []


def test_a_state_that_is_the_chains_own_is_told_as_such(
    song: Song, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, store = tmp_path / "song.rpp", ["--store", str(song.store.root)]
    assert run_told(app, ["export", str(song.folder), "-o", str(project), *store]) == 0
    capsys.readouterr()
    words = ["capture", str(project), "-o", str(tmp_path / "chain.toml")]
    words += ["--like", str(song.folder / "chain.toml"), *store]
    assert run_told(app, words) == 0
    lines = capsys.readouterr().out.splitlines()
    told = {line.split()[0]: line for line in lines}
    assert "state as in the chain" in told["Vocals/gate"]
    assert "state as in the chain" in told["master/glue"]
    assert "no state" not in "".join(lines)


def test_sends_that_no_chain_holds_are_not_lifted_and_said() -> None:
    """A key is not heard by itself, and a chain's send has no polarity."""
    sends = (Send("2", to_channels="3/4"), Send("2", -6.0, inverted=True), Send("2", -3.0))
    track = Track("1", "Kick", sends=sends)
    assert sends_of(track, {"2": "verb"}) == (("verb", -3.0),)
