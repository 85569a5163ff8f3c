"""An output folder is one render's or another's, whole; only what is ours by content ever goes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.finished import OutputFolder, check_output, check_whole
from bridge.finished.owned import IN_USE, UNFINISHED
from stemwright.problems import InputError, MachineError

OLD = {"main.wav": "old master", "tv.wav": "old version", "states/a.fxp": "old", "chain.toml": "x"}
NEW = {"main.wav": "new master", "chain.toml": "y", "chain.lock": "z"}
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of this process")


def _write(folder: Path, files: dict[str, str], *, replace: bool = False) -> None:
    with OutputFolder(folder, replace=replace) as out:
        for name, text in files.items():
            out.add_text(name, text)
        out.commit({"stemwright": "0", "outputs": [], "files": [*files]})


def _held(folder: Path) -> dict[str, str]:
    found = [path for path in folder.rglob("*") if not path.is_dir()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def _without_record(folder: Path) -> dict[str, str]:
    return {name: text for name, text in _held(folder).items() if name != "render.json"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of an earlier render, with notes of the user beside it."""
    _write(tmp_path / "out", OLD)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    return tmp_path / "out"


def _killed_at(move: int, folder: Path) -> bool:
    """Write NEW in a fork that dies at its `move`-th move of a file; False if it lived."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    count, rename = 0, Path.rename

    def counted(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count > move:
            os._exit(9)
        return rename(self, target)

    Path.rename = Path.replace = counted  # type: ignore[method-assign, assignment]
    try:
        _write(folder, NEW)
    finally:
        os._exit(0)


@pytest.mark.parametrize("move", range(12))
def test_killed_at_any_move_the_folder_is_mended_to_one_of_both(folder: Path, move: int) -> None:
    died = _killed_at(move, folder)
    marked = (folder / UNFINISHED / "journal.json").exists()
    if marked:
        with pytest.raises(InputError, match="being written to"):
            check_whole(folder)
    else:
        assert _without_record(folder).items() >= ({} if died else NEW).items()
    with OutputFolder(folder) as out:
        out.claim()
    after = _without_record(folder)
    assert after in (OLD | {"notes.txt": "mine"}, NEW | {"notes.txt": "mine"})
    assert died == (move < 10)  # the journal, 5 files out of the way, 4 in
    _write(folder, NEW)
    assert _without_record(folder) == NEW | {"notes.txt": "mine"}


@pytest.mark.parametrize("move", range(1, 10))
def test_a_move_that_fails_leaves_the_folder_as_it_was(
    folder: Path, move: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, count, rename = _held(folder), 0, Path.rename

    def failing(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == move:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(MachineError, match="No space left"):
        _write(folder, NEW)
    monkeypatch.undo()
    assert _held(folder) == before


def test_one_writes_and_the_other_is_told_who(folder: Path) -> None:
    with OutputFolder(folder) as first:
        first.claim()
        with pytest.raises(InputError, match=f"process {os.getpid()} of") as caught:
            _write(folder, NEW)
        assert caught.value.problems[0].kind == "output_in_use"
        first.add_text("main.wav", "first")
        first.commit({"stemwright": "0", "outputs": [], "files": ["main.wav"]})
    assert _without_record(folder) == {"main.wav": "first", "notes.txt": "mine"}


def test_a_fault_leaves_no_trace_of_a_new_folder(tmp_path: Path) -> None:
    def failing(staged: Path) -> None:
        staged.write_text("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), OutputFolder(tmp_path / "a" / "b") as out:
        out.add("main.wav", failing)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"files": ["main.wav"]}', '{"stemwright": "0", "outputs": []}']
)
def test_any_render_json_is_not_ours(tmp_path: Path, text: str) -> None:
    (tmp_path / "render.json").write_text(text)
    (tmp_path / "main.wav").write_text("mine")
    for refused in (lambda: check_output(tmp_path), lambda: _write(tmp_path, NEW)):
        with pytest.raises(InputError) as caught:
            refused()
        assert caught.value.problems[0].kind == "output_not_ours"
    assert _held(tmp_path) == {"render.json": text, "main.wav": "mine"}


@pytest.mark.parametrize(
    "name", ["../victim", "/etc/passwd", "states/../../victim", "a/b.wav", ".hidden", "notes.txt"]
)
def test_a_record_that_lists_what_no_render_writes_is_not_ours(folder: Path, name: str) -> None:
    (folder.parent / "victim").write_text("key")
    record = json.loads((folder / "render.json").read_text())
    record["digests"][name] = "0" * 64
    (folder / "render.json").write_text(json.dumps(record))
    with pytest.raises(InputError, match=r"render\.json is not one that render wrote"):
        _write(folder, NEW, replace=True)
    assert (folder.parent / "victim").read_text() == "key"


def test_no_link_is_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (folder / "states").rename(elsewhere)
    (folder / "states").symlink_to(elsewhere)
    with pytest.raises(InputError, match="states is a link"):
        _write(folder, NEW, replace=True)
    assert (elsewhere / "a.fxp").read_text() == "old"
    (folder / "states").unlink()
    (folder / "main.wav").rename(elsewhere / "main.wav")
    (folder / "main.wav").symlink_to(elsewhere / "main.wav")
    with pytest.raises(InputError, match=r"main\.wav is a link"):
        _write(folder, NEW, replace=True)
    assert (elsewhere / "main.wav").read_text() == "old master"


def test_a_changed_file_is_replaced_only_when_asked(folder: Path) -> None:
    (folder / "tv.wav").write_text("edited, and of no use to the new one")
    (folder / "chain.toml").write_text("edited")
    with pytest.raises(InputError) as caught:
        _write(folder, NEW)
    assert {problem.kind for problem in caught.value.problems} == {"output_changed"}
    assert len(caught.value.problems) == 2
    _write(folder, NEW, replace=True)
    kept = {"tv.wav": "edited, and of no use to the new one", "notes.txt": "mine"}
    assert _without_record(folder) == NEW | kept


def test_a_file_of_the_user_under_a_new_name_is_never_replaced(folder: Path) -> None:
    (folder / "chain.lock").write_text("mine")
    with pytest.raises(InputError, match=r"chain\.lock lies where a file of this render goes"):
        _write(folder, NEW, replace=True)
    assert (folder / "chain.lock").read_text() == "mine"
    assert (folder / "main.wav").read_text() == "old master"


def test_a_master_tagged_by_another_program_is_still_ours(tmp_path: Path) -> None:
    import mutagen.wave

    from bridge.audio.wav_files import pcm_sha256

    def wave(path: Path) -> None:
        soundfile.write(path, np.zeros((100, 2)), 48000, "PCM_24", format="WAV")

    with OutputFolder(tmp_path / "out") as out:
        samples = pcm_sha256(out.add("main.wav", wave))
        out.commit(
            {"stemwright": "0", "outputs": [{"path": "main.wav", "pcm_sha256": samples}]},
        )
    tagged = mutagen.wave.WAVE(tmp_path / "out" / "main.wav")
    tagged.add_tags()
    tagged.save()
    _write(tmp_path / "out", NEW)
    assert (tmp_path / "out" / "main.wav").read_text() == "new master"


@pytest.mark.parametrize("name", [IN_USE, UNFINISHED])
def test_what_only_looks_like_our_marks_is_left_alone(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "mine").write_text("mine")
    with pytest.raises(InputError) as caught:
        _write(folder, NEW)
    assert caught.value.problems[0].kind == "output_not_ours"
    assert (folder / name / "mine").read_text() == "mine"
