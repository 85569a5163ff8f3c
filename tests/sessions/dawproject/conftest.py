"""A DAWproject with everything in it, whole or with a part exchanged.

Its tempo ramps from 60 to 120 over the first 4 beats, so that beat b stands at
60*4/60 * ln(1 + b/4) s, then holds: beat 4 is 4*ln 2 s, and every later beat takes half a second.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions.states.device_states import fxp, vst3

MADE = Path(__file__).parents[2] / "fixtures" / "dawproject"


@pytest.fixture
def preset() -> bytes:
    """The state of the VST3 in the project, as a .vstpreset."""
    class_id = "72C4DB717A4D459AB97E51745D84B39D"
    return vst3(class_id, b"component \0\xff", b"controller").data


@pytest.fixture
def bank() -> bytes:
    """The state of the VST2 in the project, as an .fxb."""
    return fxp(1234, b"chunk", bank=True).data


@pytest.fixture
def project(
    tmp_path: Path, write_wav: Callable[..., Path], preset: bytes, bank: bytes
) -> Callable[..., Path]:
    """Write a .dawproject of the clips given, or of a whole other XML."""

    def write(clips: str | None = None, xml: str | None = None) -> Path:
        wav = write_wav("embedded/a.wav", frames=480_000)
        whole = xml or (MADE / "project.xml").read_text("utf-8")
        inside = clips or (MADE / "clips.xml").read_text("utf-8")
        path = tmp_path / "song.dawproject"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("project.xml", whole.replace("CLIPS", inside))
            archive.writestr("metadata.xml", "<MetaData><Title>Song</Title><Artist/></MetaData>")
            archive.write(wav, "audio/a.wav")
            archive.writestr("plugins/kick.vstpreset", preset)
            archive.writestr("plugins/old.fxb", bank)
        return path

    return write
