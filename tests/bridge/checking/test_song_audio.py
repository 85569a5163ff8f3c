"""What lies in a song's folder or zip to be checked, and to be held to."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import soundfile

from bridge.checking import opened_song
from sessions import read


def test_a_mix_of_two_sides_in_a_zip_is_called_by_its_name(tmp_path: Path) -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal(4800)
    place = tmp_path / "song.zip"
    with ZipFile(place, "w") as zipped:
        for name in ("kick", "bass", "rough.L", "rough.R", "reference"):
            soundfile.write(tmp_path / "one.wav", noise, 48000)
            zipped.write(tmp_path / "one.wav", f"{name}.wav")
    session = read(place)
    with opened_song(session) as audio:
        assert [*audio.stems] == ["bass", "kick"]
        assert audio.mix is not None
        assert (audio.mix.facts.name, audio.mix.facts.channels) == ("rough", 2)
        assert [(each.kind, each.name, each.fault) for each in audio.others] == [
            ("reference", "reference", "")
        ]
    given = tmp_path / "one.wav"
    with opened_song(session, given) as audio:
        assert audio.mix is not None
        assert audio.mix.facts.name == "one"
        assert [each.name for each in audio.others] == ["reference", "rough"]
