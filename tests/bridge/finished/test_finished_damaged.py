"""Damaged locks, records, sidecars, goldens and policies: read, or refused with file and key.

STEMWRIGHT_FUZZ sets the number of random mutations a kind of file (10000 for a long run).
"""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.comparing import load_policy
from bridge.comparing.goldens import fingerprint, read_golden
from bridge.finished import as_text, read_lock, read_record, read_sidecar
from bridge.hosting.finding import scan as scan_cache
from bridge.hosting.probing.cards import Card, card_from_json
from stemwright.problems import InputError

MUTATIONS = int(os.environ.get("STEMWRIGHT_FUZZ", "60"))
CHAIN = """schema = 1
[[group]]
id = "all"
stems = ["*"]
sends = { hall = -12.0 }
[[group.insert]]
use = "eq"
bands = [{ shape = "bell", hz = 1000.0, gain_db = 1.0, q = 1.0 }]
[[return]]
id = "hall"
[target]
integrated_lufs = -16.0
true_peak_dbtp = -1.0
[[version]]
id = "less"
mute = ["stem:low"]
"""
PLUGIN = {
    "step": "all/comp", "name": "Comp", "vendor": "V", "version": "1", "format": "VST3",
    "class_id": "A" * 32, "binary": "b" * 64, "state": None, "params": {"Ratio": "2:1", "Mix": 1.0},
    "mix": 1.0, "on": "stereo", "latency_samples": 0, "key": None,
}  # fmt: skip
POLICY = """schema = 1
[limits]
rms = -80.0
length = 4
[[file]]
pattern = "vocals*"
accept = "exact"
"""
ODD: list[Any] = [
    None, True, 0, -1, 1, 2**31, 2**62, 10**25, 10**4000, 1e308, -1e308, 1e-320, 0.5, "", "x",
    "../x", "a\0b", "\ud800", "\udcff", "é" * 300, [], {}, [1], {"a": 1}, float("inf"),
    float("nan"),
]  # fmt: skip

Read = Callable[[Path], object]
_At = tuple[str | int, ...]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small song with its master, in `out`; its store, golden and policy beside it."""
    place = tmp_path_factory.mktemp("rendered")
    (place / "stems").mkdir()
    rng = np.random.default_rng(7)
    for name in ("low", "high"):
        noise = rng.standard_normal((12_000, 2)) * 0.05
        soundfile.write(place / "stems" / f"{name}.wav", noise, 24_000, "PCM_24")
    (place / "chain.toml").write_text(CHAIN)
    words = ["render", place / "stems", place / "chain.toml", "-o", place / "out"]

    assert run_told(app, [*map(str, words), "--store", str(place / "store")]) == 0
    golden = fingerprint(place / "out" / "main.wav")
    (place / "golden.json").write_text(json.dumps(golden))
    (place / "policy.toml").write_text(POLICY)
    return place


@pytest.fixture
def folder(rendered: Path, tmp_path: Path) -> Path:
    return shutil.copytree(rendered, tmp_path / "song")


KINDS: dict[str, tuple[str, Read]] = {
    "lock": ("out/chain.lock", lambda path: read_lock(path.parent)),
    "record": ("out/render.json", lambda path: read_record(path.parent)),
    "sidecar": ("out/main.wav.digests.json", read_sidecar),
    "golden": ("golden.json", read_golden),
    "policy": ("policy.toml", load_policy),
}
JSON_KINDS = [kind for kind in KINDS if kind != "policy"]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, folder: Path) -> tuple[Path, Read]:
    name, read = KINDS[request.param]
    if request.param == "lock":
        lock = json.loads((folder / name).read_bytes())
        (folder / name).write_text(json.dumps(lock | {"plugins": [PLUGIN]}))
    return folder / name, read


def _refused(read: Read, path: Path) -> InputError | None:
    """What reading says; it says the file, and only what is meant for users."""
    refused = None
    try:
        read(path)
    except InputError as error:
        refused = error
    told = () if refused is None else refused.problems
    assert all(each.where["file"] == str(path) and each.message for each in told)
    return refused


def _places(told: Any, at: _At = ()) -> Iterator[_At]:
    if at:
        yield at
    if isinstance(told, dict | list):
        for key in told if isinstance(told, dict) else range(len(told)):
            yield from _places(told[key], (*at, key))


def _without(told: Any, at: _At) -> Any:
    changed = copy.deepcopy(told)
    _table(changed, at).pop(at[-1])
    return changed


def _with(told: Any, at: _At, value: Any) -> Any:
    changed = copy.deepcopy(told)
    _table(changed, at)[at[-1]] = value
    return changed


def _table(told: Any, at: _At) -> Any:
    for key in at[:-1]:
        told = told[key]
    return told


def _mutated(octets: bytes, rng: random.Random) -> bytes:
    """JSON with some values exchanged, or any text with bytes cut, changed and doubled."""
    try:
        told = json.loads(octets)
    except ValueError:
        told = None
    if told is None or rng.random() < 0.3:
        at, other = sorted(rng.randrange(len(octets) + 1) for _ in range(2))
        odd = rng.choice([b"", b"\0", b"1e400", b"[" * 3000, b"9" * 5000, octets[at:other]])
        return octets[:at] + odd + octets[rng.choice([at, other, len(octets)]) :]
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.choice([*_places(told)] or [("x",)])
        if isinstance(told, dict) and told:
            told = _without(told, at) if rng.random() < 0.3 else _with(told, at, rng.choice(ODD))
    return json.dumps(told).encode()


@pytest.mark.parametrize("name", ["chain.lock", "render.json"])
def test_what_is_read_and_written_again_is_the_same(rendered: Path, name: str) -> None:
    path = rendered / "out" / name
    told = read_lock(path.parent) if name == "chain.lock" else read_record(path.parent)
    assert told is not None
    assert as_text(told).encode() == path.read_bytes()


def test_any_damage_is_read_or_told(kind: tuple[Path, Read]) -> None:
    path, read = kind
    octets, rng = path.read_bytes(), random.Random(path.name)  # noqa: S311
    outcomes = set()
    for _ in range(MUTATIONS):
        path.write_bytes(_mutated(octets, rng))
        outcomes.add(_refused(read, path) is None)
    assert False in outcomes


@pytest.mark.parametrize("name", ["lock", "sidecar", "golden"])
def test_a_missing_key_is_named(folder: Path, name: str) -> None:
    path, read = folder / KINDS[name][0], KINDS[name][1]
    told = json.loads(path.read_bytes())
    at: _At = {
        "lock": ("sources", 1, "files", 0, "pcm"),
        "sidecar": ("digests", "chain"),
        "golden": ("files", "", "sketch"),
    }[name]
    path.write_text(json.dumps(_without(told, at)))
    refused = _refused(read, path)
    assert refused is not None
    problem = refused.problems[0]
    assert (problem.kind, problem.message) == (f"bad_{name}", "it is missing")
    assert str(problem.where["path"]).endswith(str(at[-1]))


def test_a_key_of_another_type_is_named_with_what_was_found(folder: Path) -> None:
    path = folder / "out" / "chain.lock"
    told = json.loads(path.read_bytes())
    path.write_text(json.dumps(_with(told, ("sources", 1, "files", 0, "pcm"), 5)))
    with pytest.raises(InputError) as refused:
        read_lock(path.parent)
    (problem,) = refused.value.problems
    assert problem.where["path"] == "sources[1].files[0].pcm"
    assert problem.message == "expected text, found 5"


@pytest.mark.parametrize(("name", "kind"), [("lock", "old_lock"), ("record", "old_record")])
def test_another_schema_is_called_that(folder: Path, name: str, kind: str) -> None:
    path, read = folder / KINDS[name][0], KINDS[name][1]
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"schema": 7}))
    refused = _refused(read, path)
    assert refused is not None
    assert refused.problems[0].kind == kind


@pytest.mark.parametrize("made", ["pipe", "link", "folder", "large", "deep", "values", "digits"])
def test_what_would_never_end_is_told(kind: tuple[Path, Read], made: str) -> None:
    path, read = kind
    path.unlink()
    if made == "pipe":
        os.mkfifo(path)
    elif made == "link":
        path.symlink_to("/dev/zero")
    elif made == "folder":
        path.mkdir()
    elif made == "large":
        with path.open("wb") as file:
            file.truncate(2**30)
    else:
        odd = {"deep": "[" * 10**6, "values": "[" + "1," * 2_000_000, "digits": "[" + "9" * 5000}
        path.write_text(f"x = {odd[made]}" if path.suffix == ".toml" else odd[made])
    assert _refused(read, path) is not None


def test_a_folder_whose_render_json_is_not_ours_is_no_render(tmp_path: Path) -> None:
    for text in ("[]", "{", '{"jobs": []}', "[" * 10**6):
        (tmp_path / "render.json").write_text(text)
        assert read_record(tmp_path) is None


def test_a_damaged_scan_cache_is_made_again(tmp_path: Path) -> None:
    for text in (
        "[" * 10**5,
        '{"schema": 3, "binaries": {"x": 1}}',
        '{"schema": 3, "binaries": 1}',
    ):
        (tmp_path / "scan.json").write_text(text)
        assert scan_cache.read(tmp_path / "scan.json") == {}


def test_a_damaged_card_is_no_card() -> None:
    some = {"str": "x", "int": 3, "float": 0.5, "bool": False, "tuple[float, ...]": (1.0,)}
    card = Card(
        **{each.name: some[str(each.type).removesuffix(" | None")] for each in fields(Card)}
    )
    told = json.loads(json.dumps(card.as_json()))
    assert card_from_json(told) == card
    for name in ("name", "inputs", "fresh_dbfs", "dry", "muted_at_s"):
        with pytest.raises((KeyError, TypeError, ValueError)):
            card_from_json(told | {name: [None]})


COMMANDS: dict[str, list[str]] = {
    "report": ["report", "out"],
    "verify": ["verify", "--quick", "out"],
    "diff": ["diff", "out", "out"],
    "export": ["export", "out", "-o", "song.rpp"],
    "locked": ["render", "stems", "chain.toml", "-o", "out", "--locked"],
}
DAMAGED: list[tuple[str, str, _At, Any]] = [
    ("report", "render.json", ("steps", 0, "level_out", "peak_dbfs"), {}),
    ("report", "chain.lock", ("engine", "sample_rate_hz"), 0),
    ("verify", "chain.lock", ("engine",), True),
    ("verify", "render.json", ("outputs", 0, "version"), {"a": 1}),
    ("verify", "main.wav.digests.json", ("digests", "lock"), 3),
    ("diff", "render.json", ("groups", 0), ["all"]),
    ("export", "chain.lock", ("sources", 0, "offset_s"), "soon"),
    ("locked", "chain.lock", ("mixer", 0), None),
]


@pytest.mark.parametrize(("command", "name", "at", "value"), DAMAGED)
def test_commands_name_file_and_key(
    command_line, folder: Path, monkeypatch, command: str, name: str, at: _At, value: Any
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("STEMWRIGHT_STORE", str(folder / "store"))
    path = Path("out") / name
    path.write_text(json.dumps(_with(json.loads(path.read_bytes()), at, value)))
    said = command_line(app)(*COMMANDS[command], "--json")
    (problem,) = json.loads(said.out)["errors"]
    assert (said.code, Path(problem["where"]["file"]).name) == (2, name)
    last = [str(each) for each in at if isinstance(each, str)][-1]
    assert last in problem["where"]["path"]
