"""The road from Python: one call for the whole job, and a function for each of its steps."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

import stemwright as sw
from chains import Chain, Gain, Group, Insert, Target, Version, dumps

pytestmark = pytest.mark.usefixtures("no_report")

RATE_HZ = 8000
CHAIN = Chain(
    "Song",
    groups=(
        Group("vocals", ("vox*",), inserts=(Insert("trim", Gain(gain_db=-2.0)),)),
        Group("rest", ("*",)),
    ),
    target=Target(-20.0),
    versions=(Version("tv", mute=("vocals",)),),
)
NOISE = np.random.default_rng(4).standard_normal((3 * RATE_HZ, 2)) * 0.1
STEMS = {
    "vox": (NOISE, RATE_HZ),
    "bass": (NOISE[:, 0].astype(np.float32), RATE_HZ),
    "drums": ((NOISE[::-1] * 20000).astype(np.int16), RATE_HZ),
    "keys": ((NOISE * 1e9).astype(np.int32), RATE_HZ),
}


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stems(tmp_path: Path) -> Path:
    """The arrays as a session exports them: each in the format it came in."""
    folder = tmp_path / "stems"
    folder.mkdir()
    subtypes = {"f8": "DOUBLE", "f4": "FLOAT", "i2": "PCM_16", "i4": "PCM_32"}
    for name, (samples, rate_hz) in STEMS.items():
        subtype = subtypes[samples.dtype.str[1:]]
        soundfile.write(folder / f"{name}.wav", samples, rate_hz, subtype)
    return folder


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    path = tmp_path / "chain.toml"
    path.write_text(dumps(CHAIN))
    return path


def test_the_whole_job_is_one_call(stems: Path, chain: Path, tmp_path: Path) -> None:
    made = sw.master(str(stems), str(chain), out="out")
    record = json.loads((tmp_path / "out" / "render.json").read_text())
    measures = record["outputs"][0]["measures"]
    main = made["main"]
    assert [*made] == ["main", "tv"]
    assert made.reached
    assert made.folder == tmp_path / "out"
    assert main.lufs == measures["integrated_lufs"] == pytest.approx(-20.0, abs=0.05)
    assert main.true_peak_dbtp == measures["true_peak_dbtp"]
    assert main.pcm_sha256 == record["outputs"][0]["pcm_sha256"]
    samples, rate_hz = soundfile.read("out/main.wav")
    assert main.samples().dtype == np.float64
    assert np.array_equal(main.samples(), samples)
    assert (main.sample_rate_hz, main.frames, main.channels) == (rate_hz, *samples.shape)
    with pytest.raises(FrozenInstanceError):
        main.reached = False  # type: ignore[misc]
    with pytest.raises(KeyError, match="there are main, tv"):
        made["acapella"]


def test_arrays_are_rendered_as_their_files_are_to_the_bit(stems: Path, chain: Path) -> None:
    of_files = sw.master(stems, chain, "files", subtype="float64")
    of_arrays = sw.master(STEMS, CHAIN, "arrays", subtype="float64")
    for name, made in of_files.items():
        assert np.array_equal(made.samples(), of_arrays[name].samples())
        assert made.pcm_sha256 == of_arrays[name].pcm_sha256
    assert sw.diff(of_files, of_arrays).verdict == "exact"


def test_without_a_folder_the_files_go_with_the_value() -> None:
    made = sw.master(STEMS, CHAIN)
    main, path = made["main"], made["main"].path
    del made
    gc.collect()
    assert main.samples().shape == NOISE.shape
    del main
    gc.collect()
    assert not path.exists()
    assert not path.parent.parent.exists()


def test_the_steps_one_by_one_make_the_same_master(stems: Path, chain: Path) -> None:
    session, read = sw.read(stems), sw.load(chain)
    assert len(session.tracks) == len(STEMS)
    plan = sw.plan(session, read)
    assert [lane.id for lane in plan.lanes] == ["vocals", "rest"]
    rendered = sw.render(plan)
    made = sw.master(session, read, "out")
    assert rendered["tv"].pcm_sha256 == made["tv"].pcm_sha256
    assert rendered.drive_db == made.drive_db
    assert sw.measure("out/main.wav").lufs == pytest.approx(made["main"].lufs, abs=1e-9)
    assert sw.diff("out/main.wav", made["main"]).verdict == "exact"
    assert sw.verify("out").same


def test_arrays_stay_as_long_as_their_plan_does() -> None:
    plan = sw.plan(STEMS, CHAIN)
    assert sw.render(plan)["main"].pcm_sha256 == sw.master(STEMS, CHAIN)["main"].pcm_sha256


def test_anothers_master_is_replaced_when_asked_alone() -> None:
    sw.master(STEMS, CHAIN, "out")
    other = {"vox": (NOISE[:8000] * 0.5, RATE_HZ)}
    chain = replace(CHAIN, groups=CHAIN.groups[:1], versions=())
    with pytest.raises(sw.InputError) as refused:
        sw.master(other, chain, "out")
    assert {each.kind for each in refused.value.problems} == {"output_of_another"}
    assert [*sw.master(other, chain, "out", replace=True)] == ["main"]


def test_progress_is_told_and_ends_at_all_steps() -> None:
    told: list[tuple[str, int, int]] = []
    sw.master(STEMS, CHAIN, progress=lambda *row: told.append(row))
    assert [*dict.fromkeys(stage for stage, _, _ in told)][-3:] == ["sum", "finish", "writing"]
    assert told[-1][1] == told[-1][2] > 0


def test_progress_stops_the_work_with_false() -> None:
    with pytest.raises(sw.StoppedError):
        sw.master(STEMS, CHAIN, "out", progress=lambda stage, *_: stage != "sum")
    assert not Path("out").exists()


def test_what_progress_raises_stops_the_work_and_is_the_cause() -> None:
    def progress(*_: object) -> None:
        raise ValueError("enough")

    with pytest.raises(sw.StoppedError) as stopped:
        sw.master(STEMS, CHAIN, "out", progress=progress)
    assert isinstance(stopped.value.__cause__, ValueError)


def test_an_interrupt_in_progress_goes_on_as_one() -> None:
    def progress(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sw.master(STEMS, CHAIN, "out", progress=progress)


def test_a_cancelled_job_stops() -> None:
    cancel = sw.Cancel()
    cancel.set()
    with pytest.raises(sw.StoppedError):
        sw.master(STEMS, CHAIN, "out", cancel=cancel)


def test_faults_of_files_and_values_are_all_told() -> None:
    Path("chain.toml").write_text("schema = 1\n")
    with pytest.raises(sw.InputError) as refused:
        sw.master("nowhere", "chain.toml", "out")
    assert {each.kind for each in refused.value.problems} >= {"missing_key"}
    assert len(refused.value.problems) == 2
    for call in (lambda chain: sw.plan(STEMS, chain), lambda chain: sw.master(STEMS, chain)):
        with pytest.raises(sw.InputError) as refused:
            call(replace(CHAIN, groups=(replace(CHAIN.groups[0], id="a/../b", gain_db=np.nan),)))
        assert {each.kind for each in refused.value.problems} >= {"bad_id", "out_of_range"}


@pytest.mark.parametrize(
    ("stems", "said"),
    [
        ({}, "there are no stems"),
        ({"a/b": (NOISE, RATE_HZ)}, "no stem can be called 'a/b'"),
        ({"..": (NOISE, RATE_HZ)}, "no stem can be called '..'"),
        ({"": (NOISE, RATE_HZ)}, "no stem can be called ''"),
        ({"a\0": (NOISE, RATE_HZ)}, "no stem can be called 'a\\x00'"),
        ({"Vox": (NOISE, RATE_HZ), "vox": (NOISE, RATE_HZ)}, "vox and Vox differ in case alone"),
        ({"vox": NOISE}, "vox is no pair of samples and their rate"),
        ({"vox": (NOISE, 0)}, "vox: no sample rate: 0"),
        ({"vox": (NOISE, 44100.5)}, "vox: no sample rate: 44100.5"),
        ({"vox": (NOISE, True)}, "vox: no sample rate: True"),
        ({"vox": (NOISE.T, RATE_HZ)}, "vox has 24000 channels"),
        ({"vox": (NOISE[:0], RATE_HZ)}, "vox has the shape (0, 2)"),
        ({"vox": (0.5, RATE_HZ)}, "vox has the shape ()"),
        ({"vox": (NOISE[..., None], RATE_HZ)}, "vox has the shape (24000, 2, 1)"),
        ({"vox": (NOISE * np.nan, RATE_HZ)}, "vox has no number at frame 0"),
        ({"vox": (NOISE > 0, RATE_HZ)}, "vox has samples of type bool"),
        ({"vox": (NOISE * 1j, RATE_HZ)}, "vox has samples of type complex128"),
        ({"vox": ([[1.0], [1.0, 2.0]], RATE_HZ)}, "vox is no array of samples"),
    ],
)
def test_arrays_that_are_no_stems_are_told(stems: dict[str, object], said: str) -> None:
    with pytest.raises(sw.InputError) as refused:
        sw.plan(stems, CHAIN)  # type: ignore[arg-type]
    assert any(said in each.message for each in refused.value.problems)


def test_notebooks_show_figures_a_waveform_and_a_player() -> None:
    made = sw.master(STEMS, CHAIN)
    for page in (
        made._repr_html_(),
        made["tv"]._repr_html_(),
        sw.measure(made["tv"].path)._repr_html_(),
    ):
        assert f"{made['tv'].lufs:.2f}" in page
        assert "<svg" in page
        assert 'src="data:audio/mpeg;base64,' in page


def test_plugins_of_a_folder_without_any_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    found = sw.plugins(plugin_path=[str(tmp_path)])
    assert tmp_path in found.searched


def test_dir_shows_the_face_and_importing_it_loads_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import stemwright as sw; print(*dir(sw));"
        "print(*(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, loaded = run.stdout.splitlines()
    calls = {"master", "read", "load", "plan", "render", "measure", "diff", "verify", "plugins"}
    assert calls < set(names.split())
    assert loaded.split() == ["stemwright"]
    assert all(getattr(sw, name) is not None for name in names.split())
    with pytest.raises(AttributeError, match="no attribute 'maste'"):
        sw.maste  # type: ignore[attr-defined]  # noqa: B018


def test_a_built_in_that_the_rate_does_not_carry_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "chain.toml"
    bands = ", ".join(f'{{ shape = "bell", hz = {hz}, gain_db = 1 }}' for hz in (300, 15000))
    insert = f'  [[group.insert]]\n  use = "eq"\n  bands = [{bands}]\n'
    path.write_text(f'schema = 1\n[[group]]\nid = "a"\nstems = ["*"]\n{insert}')
    with pytest.raises(sw.InputError) as caught:
        sw.master({"a": (np.full(800, 0.1), 8000)}, path)
    (problem,) = caught.value.problems
    assert problem.kind == "band_above_nyquist"
    place = {"file": str(path), "line": 5, "path": "group[0].insert[0].bands[1].hz"}
    assert problem.where == {**place, "group": "a", "insert": "eq"}
