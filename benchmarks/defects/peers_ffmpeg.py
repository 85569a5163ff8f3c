"""The same defects heard by ffmpeg's filters, where the system has it; by their defaults.

`astats` measures offsets and flat peaks, `aphasemeter` sides that are alike or upside down,
`silencedetect` gaps and files without a sound. `adeclick` counts what it mends and tells no places,
and changes every sample by some hundredths, so that they cannot be seen either.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path

import soundfile

from benchmarks.apart import LeftOutError
from benchmarks.defects.ours import Told

_DC_OFFSET = 0.001
_GAP = "silencedetect=noise=-60dB:duration=0.001"
_NOTHING = "silencedetect=noise=-80dB:duration=0.1"
CODES = frozenset(
    ("channel_polarity", "clipped", "dc_offset", "dropout", "mono_in_stereo", "silent")
)


def of_stem(path: Path, _name: str, codes: Collection[str] | None) -> list[Told]:
    """What ffmpeg tells of a file; LeftOutError where there is none."""
    wanted = CODES if codes is None else CODES.intersection(codes)
    info = soundfile.info(path)
    return [
        Told(code, "major", start_s, end_s, 0.0)
        for code in sorted(wanted)
        for start_s, end_s in _places(code, path, info.frames / info.samplerate)
    ]


def _places(code: str, path: Path, length_s: float) -> Iterator[tuple[float, float]]:
    whole = (0.0, length_s)
    if code in ("clipped", "dc_offset"):
        name = "Flat factor" if code == "clipped" else "DC offset"
        found = re.findall(rf"{name}: (\S+)", _said(path, "astats=metadata=0"))
        sides = [abs(float(each)) for each in (found[:-1] or found)]
        if any(each > 0.0 if code == "clipped" else each >= _DC_OFFSET for each in sides):
            yield whole
    elif code in ("channel_polarity", "mono_in_stereo"):
        if soundfile.info(path).channels == 2:
            kind = "out_phase" if code == "channel_polarity" else "mono"
            said = _said(path, "aphasemeter=video=0:phasing=1")
            if re.search(rf"{kind}_start", said):
                yield whole
    else:
        said = _said(path, _GAP if code == "dropout" else _NOTHING)
        starts = [float(each) for each in re.findall(r"silence_start: (\S+)", said)]
        ends = [float(each) for each in re.findall(r"silence_end: (\S+)", said)]
        gaps = list(zip(starts, [*ends, length_s], strict=False))
        if code == "dropout":
            yield from gaps
        elif any(end_s - start_s > length_s - 0.01 for start_s, end_s in gaps):
            yield whole


def run_ffmpeg(*words: str) -> str:
    """What ffmpeg says to these words; LeftOutError where it is not here, or refuses."""
    if shutil.which("ffmpeg") is None:
        raise LeftOutError("no ffmpeg on this system")
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-threads", "1", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LeftOutError(f"ffmpeg: {done.stderr.strip().splitlines()[-1]}")
    return done.stderr


def _said(path: Path, chain: str) -> str:
    return run_ffmpeg("-i", str(path), "-af", chain, "-f", "null", "-")
