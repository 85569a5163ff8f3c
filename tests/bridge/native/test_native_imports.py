"""What the compiled path does without: libraries that take longer to load than a stem to render."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bridge.native import library

pytestmark = pytest.mark.skipif(library() is None, reason="no kernels were built")

WORK = """
import sys
from pathlib import Path
import numpy as np
from bridge.audio import WavWriter
from bridge.metering import measure
from bridge.processing import Analyser, FinishLimiter, Prediction, build, solve_drive
from bridge.road.proof import _BUILT_INS
from chains import Limiter

noise = np.random.default_rng(1).standard_normal((2, 48000)) * 0.1
for settings in _BUILT_INS:
    build(settings, 48000).process(noise)
analyser = Analyser(48000)
analyser.add(noise)
analysis = analyser.result()
drive_db = solve_drive(Prediction(analysis, -1.0, Limiter()), -14.0).drive_db
limiter = FinishLimiter(analysis, drive_db, -1.0, Limiter())
with WavWriter(Path(sys.argv[1]), 48000, 2, "pcm24", "seed") as out:
    out.write(limiter.process(noise))
    out.write(limiter.finish())
print(measure(Path(sys.argv[1])).integrated_lufs)
print(sorted({name.split(".")[0] for name in sys.modules} & {"scipy", "pyebur128", "pyloudnorm"}))
"""


def test_a_master_is_made_and_measured_without_scipy(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORK, str(tmp_path / "a.wav")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loudness_lufs, loaded = done.stdout.splitlines()
    assert float(loudness_lufs) == pytest.approx(-14.0, abs=0.1)
    assert loaded == "[]"
