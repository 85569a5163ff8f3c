"""`stemwright diff` of two chains and of two DAW sessions."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told
from chains import LIBRARY

ITEM = """    <ITEM
      POSITION {at}
      LENGTH 2
      NAME take
      <SOURCE WAVE
        FILE "vox {at}.wav"
      >
    >
"""
PROJECT = f"""<REAPER_PROJECT 0.1 "6.69/win64" 1673075315
  SAMPLERATE 48000 0 0
  TEMPO 120 4 4
  <TRACK {{A4518941-83F6-4E23-8DB8-57FC5419FDA9}}
    NAME "Lead Vox"
    VOLPAN 1 0 -1 -1 1
{"".join(ITEM.format(at=at) for at in (1, 4, 7, 10))}  >
>
"""
CHAIN = 'schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\ngain_db = 0.0\n'


@pytest.fixture
def diffed(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The exit code of `diff`, what it prints and what it says on stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        code = run_told(app, ["diff", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def pair(tmp_path: Path) -> Callable[[str, str, str], tuple[Path, Path]]:
    def write(suffix: str, one: str, other: str) -> tuple[Path, Path]:
        paths = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
        for path, text in zip(paths, (one, other), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths

    return write


def test_two_sessions_in_words_and_json(diffed, pair) -> None:
    louder = PROJECT.replace("VOLPAN 1 0", "VOLPAN 0.5 0")
    a, b = pair("rpp", PROJECT, louder)
    words = "Lead Vox fader -6.02 dB, from 0 dB to -6.02 dB"
    assert diffed(a, b)[:2] == (1, f"changed: 1 change\n  {words}\n")
    assert diffed(a, b, "--md")[:2] == (1, f"## changed: 1 change\n\n- {words}\n")
    code, out, _ = diffed(a, b, "--json")
    told = json.loads(out)
    assert code == 1
    assert (told["kind"], told["verdict"]) == ("session", "changed")
    (change,) = told["changes"]
    assert change.pop("after") == pytest.approx(-6.0206, abs=1e-4)
    assert change == {
        "path": "tracks.A4518941-83F6-4E23-8DB8-57FC5419FDA9.gain_db",
        "kind": "changed",
        "before": 0.0,
        "words": words,
    }
    assert diffed(a, a)[:2] == (0, "equal: the two sessions say the same\n")


def test_clips_that_move_together_are_one_line(diffed, pair) -> None:
    later = PROJECT
    for at in (10, 7, 4, 1):
        later = later.replace(f"POSITION {at}\n", f"POSITION {at + 0.5}\n")
    code, out, _ = diffed(*pair("rpp", PROJECT, later))
    assert (code, out.splitlines()[1:]) == (1, ["  Lead Vox 4 clips moved 0.500 s later"])


def test_two_chains(diffed, pair) -> None:
    a, b = pair("toml", CHAIN, CHAIN.replace("0.0", "0.5"))
    assert diffed(a, b)[:2] == (
        1,
        "changed: 1 change\n  all fader +0.5 dB, from 0 dB to +0.5 dB\n",
    )
    told = json.loads(diffed(a, b, "--json")[1])
    assert told["digests"]["a"] != told["digests"]["b"]
    assert diffed(a, a)[:2] == (0, "equal: the two chains say the same\n")


def test_every_chain_of_the_library_is_equal_to_itself_alone(diffed) -> None:
    chains = sorted(LIBRARY.glob("*.toml"))
    for one, other in pairwise(chains):
        assert diffed(one, one)[0] == 0
        assert diffed(one, other)[0] == 1


def test_faults_of_both_chains_are_told_at_once(diffed, pair) -> None:
    a, b = pair("toml", CHAIN.replace("gain_db", "gian_db"), CHAIN.replace("schema", "shema"))
    code, _, err = diffed(a, b)
    assert code == 2
    assert "gian_db" in err
    assert "shema" in err


def test_unlike_kinds_are_refused(diffed, pair, tmp_path: Path) -> None:
    chain, session = pair("toml", CHAIN, "")[0], pair("rpp", PROJECT, "")[0]
    audio = tmp_path / "mix.wav"
    soundfile.write(audio, np.zeros((480, 2)), 48000)
    for a, b, said in (
        (audio, chain, "is audio and"),
        (chain, session, "is a chain and"),
        (session, tmp_path, "is a DAW session and"),
    ):
        code, _, err = diffed(a, b)
        assert code == 2
        assert said in err
    code, out, _ = diffed(audio, chain, "--json")
    assert json.loads(out)["errors"][0]["kind"] == "unlike_kinds"


def test_options_about_audio_are_refused(diffed, pair, tmp_path: Path) -> None:
    a, b = pair("toml", CHAIN, CHAIN)
    page = tmp_path / "page.html"
    code, out, _ = diffed(a, b, "--page", page, "--limit", "rms=-90", "--json")
    assert code == 2
    assert [each["kind"] for each in json.loads(out)["errors"]] == ["audio_only"] * 2
    assert not page.exists()


def test_a_session_that_is_not_read_says_which_export_to_make(diffed, tmp_path: Path) -> None:
    session = tmp_path / "song.ptx"
    session.write_bytes(b"\x03" + bytes(100))
    code, _, err = diffed(session, session)
    assert code == 2
    assert "Pro Tools" in err


CLASS_ID = "2046504473616C63504D435A00000000"


def preset(ratio: int, class_id: str = CLASS_ID) -> bytes:
    """A state of ZamComp as its hosts save it, or of a plugin that is nowhere installed."""
    pairs = {"att": 10, "rel": 80, "kn": 0, "rat": ratio, "thr": 0, "mak": 0, "slew": 1}
    told = "".join(f"{name}\0{value}\0" for name, value in {**pairs, "sidech": 0}.items())
    component = f"__dpf_program__\x000\0__dpf_parameters_begin__\0{told}__dpf_parameters_end__\0"
    body = component.encode() + b"\xfe\0"
    row = b"List" + struct.pack("<i4sqq", 1, b"Comp", 48, len(body))
    return b"VST3" + struct.pack("<i32sq", 1, class_id.encode(), 48 + len(body)) + body + row


CHAIN_WITH_STATE = f"""{CHAIN}
  [[group.insert]]
  id = "squeeze"
  use = "plugin"
  plugin = {{ format = "VST3", id = "{CLASS_ID}" }}
  state = "states/squeeze.vstpreset"
"""


@pytest.fixture
def with_state(tmp_path: Path) -> Callable[[str, str, bytes], Path]:
    """Write a chain into a folder of its own, with a state beside it."""

    def write(name: str, text: str, state: bytes) -> Path:
        folder = tmp_path / name
        (folder / "states").mkdir(parents=True)
        (folder / "states" / "squeeze.vstpreset").write_bytes(state)
        (folder / "chain.toml").write_text(text, encoding="utf-8")
        return folder / "chain.toml"

    return write


def test_states_of_chains_are_told_by_parameter(diffed, with_state, zam, tmp_path: Path) -> None:
    zam("ZamComp")
    a, b = (with_state(f"ratio {r}", CHAIN_WITH_STATE, preset(r)) for r in (4, 6))
    code, out, _ = diffed(a, b, "--json", "--store", tmp_path / "store")
    told = json.loads(out)
    assert code == 1
    assert told["digests"]["a"] == told["digests"]["b"]
    assert [(each["path"], each["words"]) for each in told["changes"]] == [
        ("group.all.insert.squeeze.state.Ratio", 'all/squeeze "Ratio" from 4 to 6, in its state')
    ]


def test_states_that_no_plugin_reads_are_told_by_their_bytes(diffed, with_state, tmp_path) -> None:
    unknown = CHAIN_WITH_STATE.replace(CLASS_ID, "0" * 32)
    a, b = (with_state(f"ratio {r}", unknown, preset(r, "0" * 32)) for r in (4, 16))
    code, out, _ = diffed(a, b, "--store", tmp_path / "store")
    sizes = [len(preset(r)) for r in (4, 16)]
    assert code == 1
    assert f"all/squeeze state from {sizes[0]} bytes (sha256 " in out
    assert f" to {sizes[1]} bytes (sha256 " in out
    assert diffed(a, a)[0] == 0


def test_states_of_sessions_are_told_by_parameter(diffed, shared_data, zam, tmp_path: Path) -> None:
    zam("ZamComp")
    a = shared_data("corpus/ardour/made-here__ZamSession_Ardour7.3.ardour")
    text = a.read_text(encoding="utf-8")
    chunk = text.partition("<chunk>")[2].partition("</chunk>")[0]
    state = base64.b64decode(chunk).replace(b"rat\x004\x00", b"rat\x006\x00")
    b = tmp_path / "b.ardour"
    b.write_text(text.replace(chunk, base64.b64encode(state).decode(), 1), encoding="utf-8")
    code, out, _ = diffed(a, b, "--store", tmp_path / "store")
    assert (code, out) == (1, 'changed: 1 change\n  Drums 1 plugin "ZamComp" "Ratio" from 4 to 6\n')
