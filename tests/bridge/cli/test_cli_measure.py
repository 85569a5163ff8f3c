"""`measure`: one file at length, several as a table, folders by what they hold."""

from __future__ import annotations

import json

import numpy as np
import soundfile


def test_a_folder_is_measured_as_a_table(run, stems) -> None:
    (stems / ".hidden.wav").write_bytes(b"no audio")
    (stems / "deep").mkdir()
    soundfile.write(stems / "deep" / "10 pad.wav", np.full((48000, 4), 0.1), 48000)
    said = run("measure", stems)
    lines = said.out.splitlines()
    assert said.code == 0
    assert [line.split()[0] for line in lines[:1]] == ["file"]
    files = [line.split(".wav")[0].removeprefix(f"{stems}/") for line in lines[1:]]
    assert files == ["bass", "deep/10 pad", "kick", "lead vox"]
    assert len({len(line) for line in lines}) == 1
    assert "note" in said.err
    assert "L R Ls Rs" in said.err


def test_figures_far_below_what_is_heard_stay_apart(run, stems) -> None:
    soundfile.write(stems / "bass.wav", np.full((48000, 2), 1e-300), 48000, "DOUBLE")
    said = run("measure", stems)
    heads, row, *_ = said.out.splitlines()
    figures = row.removeprefix(str(stems / "bass.wav")).split()
    assert len(figures) == len(heads.replace("max ", "max").split()) - 1
    assert "-6000.00" in figures


def test_what_json_says_of_one_it_says_of_several(run, stems) -> None:
    alone = json.loads(run("measure", stems / "bass.wav", "--json").out)
    all_of_them = json.loads(run("measure", stems, stems / "bass.wav", "--json").out)
    assert alone["files"] == [
        each for each in all_of_them["files"] if each["path"] == str(stems / "bass.wav")
    ]
    assert len(all_of_them["files"]) == 3
    assert all_of_them["diagnostics"] == []


def test_an_unreadable_file_hides_no_other(run, stems, tmp_path) -> None:
    (stems / "a broken.wav").write_bytes(b"RIFF")
    said = run("measure", stems)
    assert said.code == 2
    assert len(said.out.splitlines()) == 4
    assert "a broken.wav" in said.err
    (tmp_path / "empty").mkdir()
    assert run("measure", tmp_path / "empty").code == 2
