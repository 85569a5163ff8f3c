"""What was checked once is not heard again, and is told in the same words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.checking import CheckReport
from bridge.checking.remembering.sources import sources_digest
from bridge.road import ToCheck, checked_stems

RATE_HZ = 48000
_SECONDS = 2


def _write(path: Path, seed: int, gain: float = 1.0) -> None:
    frames = _SECONDS * RATE_HZ
    noise = np.random.default_rng(seed).standard_normal((frames, 2))
    samples = 0.05 * gain * noise * np.hanning(frames)[:, None]
    soundfile.write(path, samples, RATE_HZ, subtype="PCM_24")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Stems with something to tell of each kind, and a rough mix."""
    folder = tmp_path / "stems"
    folder.mkdir()
    for seed, name in enumerate(("bass", "keys", "pad")):
        _write(folder / f"{name}.wav", seed)
    samples, _ = soundfile.read(folder / "pad.wav")
    soundfile.write(folder / "pad.wav", samples * [1.0, 0.0], RATE_HZ, subtype="PCM_24")
    soundfile.write(folder / "keys 2.wav", soundfile.read(folder / "keys.wav")[0], RATE_HZ)
    soundfile.write(folder / "fx.wav", np.zeros(RATE_HZ), RATE_HZ)
    mix = sum(soundfile.read(folder / f"{name}.wav")[0] for name in ("bass", "keys", "pad"))
    soundfile.write(tmp_path / "rough.wav", mix, RATE_HZ, subtype="FLOAT")
    return folder


def _checked(song: Path, store: Path) -> CheckReport:
    return checked_stems(ToCheck([song], mix=song.parent / "rough.wav", store=store))


def _same(one: CheckReport, other: CheckReport) -> bool:
    """To the last bit; a stem that others make up has no gain, which is not itself."""
    return repr(one) == repr(other) and one.as_json() == other.as_json()


def _kept(store: Path) -> set[str]:
    return {path.parent.name for path in store.glob("v1/*/*/meta.json")}


def test_a_report_that_is_known_is_the_same(song: Path, tmp_path: Path) -> None:
    first = _checked(song, tmp_path / "store")
    assert {each.code for each in first.findings()} >= {"dead_channel", "duplicate", "silent"}
    assert first.mix is not None
    before = _kept(tmp_path / "store")
    assert _same(_checked(song, tmp_path / "store"), first)
    assert _kept(tmp_path / "store") == before
    assert _same(_checked(song, tmp_path / "another"), first)


def test_of_a_song_with_one_new_stem_that_one_is_heard(song: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    _checked(song, store)
    before = _kept(store)
    _write(song / "bass.wav", 11)
    second = _checked(song, store)
    assert len(_kept(store) - before) == 2  # the song and the stem
    assert _same(second, _checked(song, tmp_path / "another"))


PROGRAM = """
import sys
from bridge.cli.app import app
from bridge.cli.telling import run_told
code = run_told(app, sys.argv[1:])
looked_for = {"numpy", "scipy", "scipy.signal", "soundfile"}
print(code, *sorted(looked_for & {*sys.modules}), file=sys.stderr)
"""


def test_a_song_that_is_known_loads_nothing_that_hears(song: Path, tmp_path: Path) -> None:
    words = ["check", str(song), "--json", "--fail-on", "never", "--store", str(tmp_path / "store")]

    def checked() -> tuple[str, list[str]]:
        command = [sys.executable, "-c", PROGRAM, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout, done.stderr.split()[-5:]

    first, loaded = checked()
    assert loaded == ["0", "numpy", "scipy", "soundfile"]  # and no statistics, which take a second
    assert checked() == (first, ["0"])


def test_what_cannot_be_decoded_is_tried_again(song: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    soundfile.write(song / "hat.flac", soundfile.read(song / "keys.wav")[0], RATE_HZ)
    octets = bytearray((song / "hat.flac").read_bytes())
    octets[len(octets) // 2 : len(octets) // 2 + 3000] = bytes(3000)
    (song / "hat.flac").write_bytes(octets)
    first = _checked(song, store)
    assert "undecodable" in {each.code for each in first.findings()}
    assert len(_kept(store)) == 5  # the stems that could be heard, and no report
    assert _same(_checked(song, store), first)


def test_a_check_that_was_changed_makes_other_keys(tmp_path: Path) -> None:
    room = tmp_path / "checking"
    (room / "stem").mkdir(parents=True)
    (room / "message").mkdir()
    (room / "stem" / "hum.py").write_text("LEAST_DB = -60\n")
    (room / "message" / "letter.py").write_text("DEAR = 1\n")
    before = sources_digest([room])
    (room / "message" / "letter.py").write_text("DEAR = 2\n")
    assert sources_digest([room]) == before
    (room / "stem" / "hum.py").write_text("LEAST_DB = -61\n")
    assert sources_digest([room]) != before
    (room / "stem" / "hum.py").rename(room / "stem" / "hum2.py")
    assert len({sources_digest([room]), before}) == 2
