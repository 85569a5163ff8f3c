"""`freeze` killed at any moment: what is listed is whole, and the next run completes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import numpy as np

from bridge.jobs import frozen_songs
from bridge.storing import file_digest
from tests.bridge.jobs.freezing.conftest import Song

KILLS = int(os.environ.get("STEMWRIGHT_KILLS", "5"))


def test_what_is_listed_is_whole(song: Song) -> None:
    song.render()
    command = [sys.executable, "-m", "stemwright", "freeze", str(song.folder)]
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    took_s = time.monotonic() - started
    moments = np.random.default_rng(11)
    for _ in range(KILLS):
        shutil.rmtree(song.folder / "frozen", ignore_errors=True)
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(took_s * moments.uniform(0.4, 1.0))
        child.kill()
        child.wait()
        songs = frozen_songs(song.folder)
        assert not songs.damaged
        for listed in songs.lists:
            assert len(listed.steps) == 3
            for step in listed.steps:
                assert file_digest(songs.audio(step)) == step.blake3
    assert song.run("freeze", song.folder).code == 0
    assert len(list((song.folder / "frozen/audio").iterdir())) == 3
