"""What a master carries: hashes anybody can make again, and none of where anything lies."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from mutagen.wave import WAVE

from bridge.finished import (
    Carried,
    Digests,
    chain_digest,
    lock_digest,
    read_sidecar,
    read_tag,
    sidecar_of,
    stems_digest,
    write_folder,
)
from bridge.finished.digests import sidecar, tag
from bridge.finished.lock import Source
from stemwright.problems import InputError

CARRIED = Carried("main", Digests(*(f"sha256:{letter * 64}" for letter in "abcd")))
LOCK: dict[str, Any] = {
    "schema": 1,
    "engine": {"tempo_bpm": 120.0},
    "sources": [
        {"stem": "kick", "files": [{"path": "../kick.wav", "member": None, "pcm": "aa"}]},
        {"stem": "pad", "files": [{"path": "l.wav", "pcm": "bb"}, {"path": "r.wav", "pcm": "cc"}]},
    ],
    "steps": [{"id": "sum", "key": "k", "pcm": "p", "latency_frames": 0}],
}
_STEM = {"name": "x", "role": "other", "group": "all", "offset_s": 0.0}


@pytest.fixture
def rendered(studio, noise):
    """Write a folder of one master from a bus without inserts, and return it with its record."""

    def make(change=lambda output: output) -> tuple[Path, dict[str, Any]]:
        studio.write("kick", noise())
        text = '[[group]]\nid = "all"\nstems = ["*"]\n'
        made = studio.render(text, "pcm24")
        made = replace(made, outputs=tuple(change(each) for each in made.outputs))
        folder = studio.folder / "out"
        context = studio.context(text)
        record = write_folder(context, made, studio.chain(text), "pcm24", folder)
        return folder, record.as_json()

    return make


def _sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_a_folders_masters_carry_what_can_be_hashed_by_hand(rendered) -> None:
    folder, record = rendered()
    carried = read_tag(folder / "main.wav")
    assert carried == read_sidecar(folder / "main.wav.digests.json")
    assert "main.wav.digests.json" in record["files"]
    assert carried is not None
    lock = json.loads((folder / "chain.lock").read_text())
    (source,) = lock["sources"]
    assert carried.version == "main"
    assert carried.digests.stems == _sha256(source["files"][0]["pcm"] + "\n")
    chain = hashlib.sha256((folder / "chain.toml").read_bytes()).hexdigest()
    assert carried.digests.chain == _sha256(f"{chain}  chain.toml\n")
    assert carried.digests.lock == lock_digest(lock)
    assert carried.digests.output == "sha256:" + record["outputs"][0]["pcm_sha256"]


def test_the_store_keeps_the_file_as_it_was(rendered) -> None:
    kept: list[Path] = []

    def noted(output):
        kept.append(output.path)
        return output

    folder, _ = rendered(noted)
    assert read_tag(kept[0]) is None
    samples = kept[0].read_bytes()
    assert (folder / "main.wav").read_bytes()[8 : len(samples)] == samples[8:]


def test_a_file_without_room_for_a_tag_has_a_sidecar_and_a_note(rendered, tmp_path) -> None:
    def enlarged(output):
        octets = output.path.read_bytes()
        large = tmp_path / "large.wav"
        large.write_bytes(b"RF64" + octets[4:])
        return replace(output, path=large)

    folder, record = rendered(enlarged)
    assert (folder / "main.wav").read_bytes() == (tmp_path / "large.wav").read_bytes()
    assert [each["code"] for each in record["diagnostics"]] == ["untagged"]
    carried = read_sidecar(folder / "main.wav.digests.json")
    assert carried is not None
    assert carried.digests.output == "sha256:" + record["outputs"][0]["pcm_sha256"]


def test_the_chains_digest_is_what_sha256sum_prints(tmp_path) -> None:
    (tmp_path / "states").mkdir()
    (tmp_path / "chain.toml").write_text("schema = 1\n")
    names = ["states/b.vstpreset", "states/a.fxp"]
    for name in names:
        (tmp_path / name).write_text(name)
    command = ["sha256sum", "chain.toml", *sorted(names)]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    states = {name: tmp_path / name for name in names}
    assert chain_digest(b"schema = 1\n", states) == _sha256(printed.stdout)


def test_the_stems_digest_is_of_all_files_in_order() -> None:
    sources = [Source.model_validate({**_STEM, **row}) for row in LOCK["sources"]]
    assert stems_digest(sources) == _sha256("aa\nbb\ncc\n")
    assert stems_digest(sources[::-1]) == _sha256("bb\ncc\naa\n")


def test_a_locks_digest_is_of_all_it_says_but_places() -> None:
    moved = json.loads(json.dumps(LOCK))
    for row in moved["sources"]:
        for file in row["files"]:
            file["path"], file["member"] = "C:/elsewhere.zip", "kick.wav"
    turned = dict(reversed(LOCK.items()))
    assert lock_digest(LOCK) == lock_digest(moved) == lock_digest(turned)
    changes: list[dict[str, Any]] = [
        {"schema": 2},
        {"engine": {"tempo_bpm": 120.00000000000001}},
        {"sources": LOCK["sources"][:1]},
        {"steps": [{**LOCK["steps"][0], "pcm": "q"}]},
        {"new": None},
    ]
    found = {lock_digest(LOCK | change) for change in changes}
    assert len(found | {lock_digest(LOCK)}) == len(changes) + 1


def test_a_sidecar_says_where_to_look_and_comes_back(tmp_path) -> None:
    path = sidecar_of(tmp_path / "main.wav")
    path.write_text(sidecar("main.wav", CARRIED))
    told = json.loads(path.read_text())
    assert (told["file"], told["lock"], told["record"]) == ("main.wav", "chain.lock", "render.json")
    assert told["digests"] == asdict(CARRIED.digests)
    assert read_sidecar(path) == CARRIED


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"schema": 1}', '{"schema": 1, "digests": {}, "version": 3}', "\0"]
)
def test_what_is_no_sidecar_is_told(tmp_path, text) -> None:
    (tmp_path / "main.wav.digests.json").write_text(text)
    with pytest.raises(InputError) as refused:
        read_sidecar(tmp_path / "main.wav.digests.json")
    assert {each.kind for each in refused.value.problems} == {"bad_sidecar"}
    assert read_sidecar(tmp_path / "gone.json") is None


def test_half_a_tag_says_nothing(rendered) -> None:
    folder, _ = rendered()
    wav = WAVE(folder / "main.wav")
    wav.tags.delall("TXXX:stemwright.chain")
    wav.save()
    assert read_tag(folder / "main.wav") is None
    assert tag(folder / "main.wav", CARRIED)
    assert read_tag(folder / "main.wav") == CARRIED
