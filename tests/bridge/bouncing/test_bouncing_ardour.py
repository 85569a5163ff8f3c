"""Sessions saved by Ardour 7.3, printed here and held to Ardour's own bounces of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from bridge.bouncing import Hosting, dialect_of, made_ready, planned, print_stems, stretches
from bridge.storing import Store
from sessions import read
from stemwright.decibels import amplitude_db

# Peak and RMS in dBFS of what remains. A: reads of long files end elsewhere than taken here. B:
# float32 in Ardour's mixer. C: the last stretch of a line is read there a little closer. D: plugins
# hosted from the session's chunks, in the blocks that Ardour gave them.
_REMAINS = {
    "A": (-115.0, -140.0),
    "B": (-135.0, -160.0),
    "C": (-102.0, -124.0),
    "D": (-128.0, -150.0),
}


@pytest.mark.parametrize("name", _REMAINS)
@pytest.mark.usefixtures("zam")
def test_the_master_is_what_ardour_bounced(
    name: str, shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = shared_data("ardour") / name
    session = read([folder / f"{name}.ardour"])
    truth, _ = soundfile.read(folder / "export" / f"{name}_ardour73_master_float32.wav")
    bounce = planned(session, dialect_of(session), "master")
    hosting = Hosting(Store(tmp_path / "store"))
    ready = made_ready(bounce, tmp_path, hosting)
    out = np.concatenate(
        [blocks["master"] for blocks in stretches(ready, tmp_path, hosting, 48_000)], axis=1
    )
    assert out.shape == truth.T.shape
    left = out - truth.T
    peak_db, rms_db = amplitude_db(float(np.abs(left).max())), amplitude_db(_rms(left))
    assert peak_db <= _REMAINS[name][0]
    assert rms_db <= _REMAINS[name][1]
    assert amplitude_db(_rms(truth)) > -40.0


def _rms(samples: npt.NDArray[np.float64]) -> float:
    return float(np.sqrt(np.square(samples).mean()))


@pytest.mark.usefixtures("zam")
def test_the_stems_are_what_ardour_exported_one_by_one(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    """24-bit files, each of one track alone, taken before the master's plugins."""
    folder = shared_data("ardour") / "D"
    session = read([folder / "D.ardour"])
    hosting = Hosting(Store(tmp_path / "store"))
    done = print_stems(planned(session, dialect_of(session)), tmp_path / "out", hosting=hosting)
    assert len(done.stems) == 3
    for stem in done.stems:
        printed, _ = soundfile.read(stem.written.path)
        truth, _ = soundfile.read(folder / "export" / "stems" / f"{stem.track.name}.flac")
        assert amplitude_db(float(np.abs(printed - truth).max())) < -138.0
