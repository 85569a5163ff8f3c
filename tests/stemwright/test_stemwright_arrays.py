"""Masters of arrays: as those of files, and nothing in them knows where the copies lay."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import stemwright as sw
from chains import Chain, Group

RATE_HZ = 8000
Arrays = dict[str, tuple[Any, int]]


def _bytes_of(folder: Path) -> dict[str, bytes]:
    files = {path.name: path for path in folder.rglob("*") if path.is_file()}
    record = json.loads(files.pop("render.json").read_text())
    for step in record["steps"]:
        step.pop("seconds"), step.pop("cached")
    return {name: path.read_bytes() for name, path in files.items()} | {
        "render.json": json.dumps(record).encode()
    }


def test_the_same_arrays_give_the_same_bytes_and_no_place(
    own_store: Path, arrays: Arrays, song_chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    sw.master(arrays, song_chain, "one")
    monkeypatch.setenv("STEMWRIGHT_STORE", str(own_store / "another store"))
    sw.master(arrays, song_chain, "below/two")
    one = _bytes_of(own_store / "one")
    assert one == _bytes_of(own_store / "below" / "two")
    assert {"main.wav", "tv.wav", "chain.lock", "report.html", "render.json"} <= one.keys()
    assert [name for name, data in one.items() if b"stemwright-" in data] == []
    lock = json.loads(one["chain.lock"])
    places = [file["path"] for row in lock["sources"] for file in row["files"]]
    assert places == ["array:vox", "array:bass", "array:drums L", "array:drums R"]


def test_a_master_of_arrays_is_verified_with_the_arrays(
    own_store: Path, arrays: Arrays, song_chain: Chain
) -> None:
    sw.master(arrays, song_chain, "out")
    assert sw.verify("out", stems=arrays).same
    assert sw.verify("out", stems=arrays, quick=True).same
    quick = sw.verify("out", quick=True)
    assert quick.same
    assert "array:vox" in quick.notes[0]
    with pytest.raises(sw.InputError) as refused:
        sw.verify("out")
    assert [each.where["file"] for each in refused.value.problems] == [
        *("array:vox", "array:bass", "array:drums L")
    ]
    assert "stems={" in (refused.value.problems[0].hint or "")
    without = {name: each for name, each in arrays.items() if name != "vox"}
    for quick_too in (True, False):
        with pytest.raises(sw.InputError, match="the stem vox is not in stems") as refused:
            sw.verify("out", stems=without, quick=quick_too)  # type: ignore[call-overload]
        (lacking,) = refused.value.problems
        assert lacking.where == {"file": "array:vox"}
        assert "give the arrays again" in (lacking.hint or "")
    changed = sw.verify("out", stems={**arrays, "vox": (arrays["vox"][0] * 0.5, RATE_HZ)})
    assert (changed.same, changed.step, changed.kind) == (False, "vocals/vox", "source")
    folder = own_store / "files"
    folder.mkdir()
    subtypes = {"f8": "DOUBLE", "f4": "FLOAT", "i2": "PCM_16"}
    for name, (samples, rate_hz) in arrays.items():
        soundfile.write(folder / f"{name}.wav", samples, rate_hz, subtypes[samples.dtype.str[1:]])
    assert sw.verify("out", stems=folder).same


def test_pages_of_a_master_of_arrays_are_made_again(
    own_store: Path, arrays: Arrays, song_chain: Chain
) -> None:
    sw.master(arrays, song_chain, "out")
    page = own_store / "out" / "report.html"
    before = page.read_bytes()
    page.unlink()
    assert sw.report("out", stems=arrays) == Path("out/report.html")
    assert page.read_bytes() == before
    found = sw.bypass("out", "vocals/trim", stems=arrays)
    assert found.gain_db == pytest.approx(-2.0, abs=0.01)
    assert (found.folder / "listen.html").exists()


@pytest.mark.usefixtures("own_store")
@pytest.mark.parametrize("frames", [1, 3])
def test_next_to_no_samples_make_a_master_with_its_page(frames: int) -> None:
    chain = Chain(groups=(Group("all", ("*",)),))
    master = sw.master({"click": (np.full(frames, 0.1), 48000)}, chain, "out")
    assert master["main"].frames == frames
    assert Path("out/report.html").stat().st_size > 0


def test_a_result_is_read_from_another_folder_too(
    own_store: Path, arrays: Arrays, song_chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = sw.master(arrays, song_chain, "out")
    monkeypatch.chdir(own_store.parent)
    assert len(master["main"].samples()) == master["main"].frames


@pytest.mark.usefixtures("own_store")
def test_what_is_wrong_with_an_array_is_told_by_its_name(arrays: Arrays, song_chain: Chain) -> None:
    loud = {**arrays, "vox": (arrays["vox"][0] * 1e6, RATE_HZ)}
    with pytest.raises(sw.InputError) as refused:
        sw.plan(loud, song_chain)
    assert [each.where["file"] for each in refused.value.problems] == ["array:vox"]
    with pytest.raises(sw.InputError) as refused:
        sw.plan(arrays, replace(song_chain, groups=song_chain.groups[:1]))
    assert {each.where.get("file") for each in refused.value.problems} >= {"array:bass"}


@pytest.mark.parametrize(
    ("kind", "full"), [("f2", 1.0), ("i1", 128.0), (">f4", 1.0), (">i2", 32768.0)]
)
@pytest.mark.usefixtures("own_store")
def test_every_format_comes_through_to_the_bit(kind: str, full: float) -> None:
    noise = np.random.default_rng(7).uniform(-0.5, 0.5, (4000, 2))
    samples = (noise * full).astype(kind)
    chain = _straight()
    made = sw.master({"noise": (samples, RATE_HZ)}, chain, subtype="float64")
    assert np.array_equal(made["main"].samples(), samples.astype(np.float64) / full)


def _straight() -> Chain:
    from chains import Group

    return Chain("Straight", groups=(Group("all", ("*",)),))


def test_what_is_wrong_with_arrays_given_again_is_told_by_their_names(
    own_store: Path, arrays: Arrays, song_chain: Chain
) -> None:
    arrays = {name: arrays[name] for name in ("vox", "bass")}
    (own_store / "stems").mkdir()
    for name, (samples, rate_hz) in arrays.items():
        soundfile.write(own_store / "stems" / f"{name}.wav", samples, rate_hz, "FLOAT")
    sw.master("stems", song_chain, "out")
    with pytest.raises(sw.InputError) as refused:
        sw.verify("out", stems={"vox": arrays["vox"]}, quick=True)
    assert {each.where["path"] for each in refused.value.problems} == {"stems"}
    assert all("array" in (each.hint or "") for each in refused.value.problems)
    loud = {**arrays, "vox": (arrays["vox"][0] * 1e6, RATE_HZ)}
    for ask in (sw.report, lambda *given, **more: sw.verify(*given, **more, quick=True)):
        with pytest.raises(sw.InputError, match=r"^array:vox: a sample lies above") as refused:
            ask("out", stems=loud)
        assert [each.where["file"] for each in refused.value.problems] == ["array:vox"]
