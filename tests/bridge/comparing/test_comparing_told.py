"""What a diff says in words: lengths, times, sides, names, and limits that are none."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
import soundfile
import typer

from bridge.cli.telling import run_told
from bridge.comparing import Alignment, Limits, diff, markdown
from bridge.comparing.aligning.alignment import alignment_words
from bridge.comparing.diff_text import diff_lines
from bridge.comparing.judging.limits import limits_given
from bridge.comparing.judging.noise_floor import Floor
from bridge.pages.diff.figures import worst_table
from stemwright.problems import InputError, Problem

STOPPED = Problem("stopped", "stopped; finished steps stay in the store for the next run")


def test_a_shorter_file_whose_samples_are_equal_is_told_as_that(tune, write) -> None:
    a = write("a.wav", tune, dither=False)
    b = write("b.wav", tune[:, :-480], dither=False)
    found = diff(a, b, Limits(length_frames=480))
    assert found.within
    assert "every sample that both have is equal; B is 480 samples shorter than A" in "\n".join(
        diff_lines(found)
    )


def test_the_last_sample_of_ten_seconds_is_not_told_as_ten_seconds(tmp_path: Path) -> None:
    x = np.random.default_rng(1).integers(-9000, 9000, (480000, 2)).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", x, 48000, "PCM_16")
    x[-1] += 1
    soundfile.write(tmp_path / "b.wav", x, 48000, "PCM_16")
    said = "\n".join(diff_lines(diff(tmp_path / "a.wav", tmp_path / "b.wav")))
    assert "first sample  479999 (9.99998 s)" in said


def test_the_advice_on_a_late_file_is_to_put_that_right_first(tune, write) -> None:
    late = np.concatenate([np.zeros((2, 24000)), tune], axis=1)
    found = diff(write("a.wav", tune), write("b.wav", late)).files[0]
    assert str(found.advice).startswith("put this right first: B is 24000.0000 samples late; then")
    assert found.as_json()["perceptual"]["advice"] == found.advice
    softer = diff(write("a.wav", tune), write("c.wav", tune * 0.999)).files[0]
    assert softer.advice == "nobody would hear it"


def test_channels_of_stereo_are_told_by_their_side() -> None:
    assert alignment_words(Alignment(signs=(-1, 1))) == "inverted on the left"
    assert alignment_words(Alignment(signs=(1, -1))) == "inverted on the right"
    assert alignment_words(Alignment(signs=(1, 1, -1))) == "inverted on channel 3"


@pytest.mark.parametrize(
    "word",
    [
        "rms=", "rms=loud", "rms=nan", "rms=100", "rms=inf", "peak=0.1", "float=1", "length=inf",
        "loudness=inf", "true_peak=inf",
    ],
)  # fmt: skip
def test_a_limit_that_holds_nothing_is_refused(word: str) -> None:
    with pytest.raises(InputError) as refused:
        Limits().changed(limits_given([word]), {})
    (problem,) = refused.value.problems
    assert problem.kind == "bad_limit"
    assert "could not convert" not in problem.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rms_dbfs", "loud"), ("rms_dbfs", math.nan), ("peak_dbfs", 0.1), ("float_dbfs", None),
        ("loudness_lu", -1.0), ("true_peak_db", math.inf), ("length_frames", 0.5),
        ("accept", "changed"),
    ],
)  # fmt: skip
def test_a_limit_of_python_is_held_to_what_a_policy_is(name: str, value: Any) -> None:
    with pytest.raises(InputError) as refused:
        Limits(**{"rms_dbfs": -80.0, name: value})
    (problem,) = refused.value.problems
    assert (problem.kind, problem.where) == ("bad_limit", {"path": name})
    with pytest.raises(InputError) as refused:
        Limits(rms_dbfs=math.nan, length_frames=-1)
    assert [each.where["path"] for each in refused.value.problems] == ["rms_dbfs", "length_frames"]
    assert Limits(rms_dbfs=np.float32(-60)).rms_dbfs == -60.0


def test_a_floor_that_was_found_may_be_any() -> None:
    floor = Floor(3.0, 6.0, math.inf, 0.0, {})
    widened = floor.widened(Limits())
    assert widened.rms_dbfs > 3.0
    assert widened.loudness_lu == math.inf
    assert widened.accept == "tolerant"


def test_all_words_that_are_no_limits_are_told() -> None:
    with pytest.raises(InputError) as refused:
        limits_given(["rms", "peak=-70", "loud"])
    assert len(refused.value.problems) == 2
    assert Limits().changed(limits_given(["rms=0", "peak=-inf"]), {}).rms_dbfs == 0.0


def test_folders_pair_whatever_way_their_disk_stores_accents(tmp_path: Path) -> None:
    x = np.random.default_rng(2).integers(-9000, 9000, (4800, 2)).astype(np.int16)
    for folder, form in (("a", "NFC"), ("b", "NFD")):
        (tmp_path / folder).mkdir()
        for name in ("Gesänge.wav", "bass.wav"):
            soundfile.write(tmp_path / folder / normalize(form, name), x, 48000, "PCM_16")
    found = diff(tmp_path / "a", tmp_path / "b")
    assert (found.verdict, len(found.files)) == ("exact", 2)
    soundfile.write(tmp_path / "b" / normalize("NFC", "Gesänge.wav"), x, 48000, "PCM_16")
    assert sorted(each.verdict for each in diff(tmp_path / "a", tmp_path / "b").files) == [
        "exact", "exact", "incomparable",
    ]  # fmt: skip


def test_names_are_no_markdown(tune, write) -> None:
    found = diff(write("a.wav", tune), write("b.wav", tune * 0.5))
    named = replace(found, files=(replace(found.files[0], name="<b>*x*_|`[l](u)&"),))
    said = markdown(named)
    assert "### &lt;b&gt;\\*x\\*\\_\\|\\`\\[l\\](u)&amp;\n" in said
    fenced = replace(named, files=(replace(named.files[0], reasons=("only A has ```x",)),))
    assert markdown(fenced).count("\n````\n") == 2


def test_where_nothing_is_left_the_page_says_so(tune, write) -> None:
    moved = np.concatenate([np.zeros((2, 7)), tune[:, :-7]], axis=1)
    found = diff(write("a.wav", tune, dither=False), write("b.wav", moved, dither=False))
    assert found.files[0].aligned.peak == 0.0
    assert worst_table(found.files[0].aligned) == "<p>Nothing differs once both are aligned.</p>"


def test_one_sample_has_no_width(tmp_path: Path) -> None:
    for name, sample in (("a", [100, -90]), ("b", [2000, -90])):
        soundfile.write(tmp_path / f"{name}.wav", np.array([sample], np.int16), 48000, "PCM_16")
    found = diff(tmp_path / "a.wav", tmp_path / "b.wav")
    (width,) = (line for line in diff_lines(found) if line.strip().startswith("width"))
    assert width.split() == ["width", "-", "-", "-", "dB"]
    sounds = found.as_json()["files"][0]["sound"]
    assert sounds["a"]["width_db"] is None
    assert "width_db" not in sounds["delta"]


@pytest.mark.parametrize("cause", [KeyboardInterrupt(), InputError(STOPPED)])
@pytest.mark.parametrize(
    ("command", "keeps"), [("diff", False), ("verify", False), ("render", True)]
)
def test_only_a_render_says_that_steps_are_kept(command, keeps, cause, capsys) -> None:
    app = typer.Typer()

    @app.callback()
    def top() -> None:
        """Make the commands have names."""

    @app.command(command)
    def work() -> None:
        raise cause

    run_told(app, [command])
    assert ("finished steps stay" in capsys.readouterr().err) == keeps
