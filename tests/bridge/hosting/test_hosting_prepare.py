from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bridge.hosting import PrepareJob
from bridge.hosting.engines.display_text import tidy
from stemwright.problems import InputError, RenderError


def written(folder: Path, data: bytes | None, name: str = "state.vstpreset") -> Path:
    assert data is not None
    path = folder / name
    path.write_bytes(data)
    return path


def test_parameters_are_set_by_text_and_read_back(bench: Any) -> None:
    plugin = bench.plugin("ZaMaximX2")
    prepared = bench.prepare(plugin, ("threshold", "-12 dB"), ("Output Ceiling", "-1.0"))
    assert prepared.read_back == (
        ("Threshold", "-11.999999 dB"),
        ("Output Ceiling", "-1.000001 dB"),
    )
    assert (prepared.latency_frames, prepared.inputs, prepared.outputs) == (480, 2, 2)
    assert prepared.preset is not None
    assert prepared.preset[:4] == b"VST3"
    assert prepared.preset[8:40].decode() == prepared.class_id == plugin.class_id
    assert prepared.raw_params == ()


def test_the_same_request_gives_the_same_preset(bench: Any) -> None:
    plugin = bench.plugin("ZamCompX2")
    asked = ("Threshold", "-20 dB"), ("Ratio", "3")
    assert bench.prepare(plugin, *asked) == bench.prepare(plugin, *asked)


def test_parameters_go_over_the_state(bench: Any, tmp_path: Path) -> None:
    plugin = bench.plugin("ZamCompX2")
    state = written(tmp_path, bench.prepare(plugin, ("Threshold", "-20"), ("Ratio", "3")).preset)
    job = PrepareJob(plugin, state, (("Ratio", "8"),))
    over = bench.host.prepare(job)
    both = bench.prepare(plugin, ("Threshold", "-20"), ("Ratio", "8"))
    assert over.preset == both.preset


def test_a_state_without_parameters_is_handed_on_unchanged(bench: Any, tmp_path: Path) -> None:
    plugin = bench.plugin("latency")
    data = bench.prepare(plugin, ("Delay", "777 samples")).preset
    prepared = bench.host.prepare(PrepareJob(plugin, written(tmp_path, data)))
    assert prepared.preset == data
    assert prepared.latency_frames == 777


def test_a_plugin_with_an_empty_state_needs_none(bench: Any) -> None:
    prepared = bench.prepare(bench.plugin("ZamAutoSat"))
    assert prepared.preset is None
    assert (prepared.raw_params, prepared.inputs) == ((), 1)


def test_a_plugin_slow_to_sweep_is_prepared_like_any_other(bench: Any) -> None:
    prepared = bench.prepare(bench.plugin("ZamVerb"), ("Room", "2"), deadline_s=30)
    assert prepared.host == "pedalboard"
    assert prepared.preset is not None


def test_all_faults_in_parameters_come_at_once(bench: Any) -> None:
    asked = ("Threshol", "-12"), ("Release", "loud"), ("Output Ceiling", "-999 dB")
    with pytest.raises(InputError) as caught:
        bench.prepare(bench.plugin("ZaMaximX2"), *asked)
    unknown, unreadable, clamped = caught.value.problems
    assert (unknown.kind, unknown.nearest) == ("unknown_parameter", "Threshold")
    assert (unreadable.kind, clamped.kind) == ("parameter_refused", "parameter_refused")
    assert unreadable.message == '"Release" was set to "loud" and reads back "1.000000 ms"'
    assert clamped.expected == "from -30 dB to 0 dB"
    where = {"group": "vox", "insert": "air", "plugin": "ZaMaximX2"}
    names = "Threshol", "Release", "Output Ceiling"
    assert [each.where for each in caught.value.problems] == [
        {**where, "parameter": name} for name in names
    ]


def test_texts_of_another_meaning_are_refused_with_what_there_is(bench: Any) -> None:
    plugin = bench.plugin("texts")
    asked = {"Note": "1", "Freq": "1,000 Hz", "Mode": "Nope", "Meter": "-12 dB", "Width": "201 %"}
    with pytest.raises(InputError) as caught:
        bench.prepare(plugin, *asked.items())
    found = {str(each.where["parameter"]): each for each in caught.value.problems}
    assert set(found) == set(asked)
    kinds = {each.kind for name, each in found.items() if name != "Meter"}
    assert (kinds, found["Meter"].kind) == ({"parameter_refused"}, "parameter_read_only")
    assert found["Note"].expected == "one of: 1/64, 1/16, 1/4, 1/1"
    assert (found["Mode"].expected, found["Mode"].nearest) == (
        "one of: Off, On, On Hard, Peaks ON",
        None,
    )
    assert found["Width"].expected == "from 0 % to 200 %"
    right = {"Note": "1/1", "Freq": "1 kHz", "Mode": "on", "Level": "-1,5 dB", "Width": "50"}
    read_back = bench.prepare(plugin, *right.items()).read_back
    assert [tidy(text) for _, text in read_back] == ["1/1", "1000 Hz", "On", "-1.5 dB", "50 %"]


def test_a_latency_follows_its_parameter(bench: Any) -> None:
    plugin = bench.plugin("latency")
    found = [
        bench.prepare(plugin, ("Delay", text)).latency_frames for text in ("0", "1000", "4096")
    ]
    assert found == [0, 1000, 4096]


def test_another_plugins_state_is_refused_before_anything_is_loaded(
    bench: Any, tmp_path: Path
) -> None:
    other = bench.plugin("ZamCompX2")
    state = written(tmp_path, bench.prepare(other).preset)
    plugin = bench.plugin("crash-open")
    with pytest.raises(RenderError) as caught:
        bench.host.prepare(PrepareJob(plugin, state, step_id="vox/air"))
    (problem,) = caught.value.problems
    assert problem.kind == "wrong_state"
    assert other.class_id in problem.message
    assert plugin.class_id in problem.message


@pytest.mark.parametrize("data", [b"", b"VST3", b"RIFF" + b"0" * 60, b"VST3\1\0\0\0" + b"z" * 60])
def test_a_state_that_is_none_is_bad_input(bench: Any, tmp_path: Path, data: bytes) -> None:
    job = PrepareJob(bench.plugin("gain"), written(tmp_path, data))
    with pytest.raises(InputError, match=r"is not a \.vstpreset"):
        bench.host.prepare(job)


def test_a_missing_state_is_bad_input(bench: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        bench.host.prepare(PrepareJob(bench.plugin("gain"), tmp_path / "none.vstpreset"))


def test_a_damaged_state_of_its_own_is_refused(bench: Any, tmp_path: Path) -> None:
    plugin = bench.plugin("gain")
    data = bench.prepare(plugin).preset
    with pytest.raises(InputError, match="refused"):
        bench.host.prepare(PrepareJob(plugin, written(tmp_path, data[:60])))


def test_one_input_and_two_outputs_are_refused(bench: Any) -> None:
    with pytest.raises(RenderError, match="takes 1 and gives 2 channels") as caught:
        bench.prepare(bench.plugin("wide"))
    assert caught.value.problems[0].kind == "channel_mismatch"


@pytest.mark.parametrize(
    ("name", "asked", "unheard"),
    [
        ("ZamEQ2", (("Frequency L", "100"),), ["Frequency L"]),
        ("ZamEQ2", (("Frequency L", "100"), ("Boost/Cut L", "3")), []),
        ("ZamTube", (("Tube Drive", "5"), ("Bass", "10"), ("Treble", "0")), []),
    ],
)
def test_a_setting_that_nothing_follows_is_told_and_only_a_named_meter_refused(
    bench: Any, name: str, asked: tuple[tuple[str, str], ...], unheard: list[str]
) -> None:
    """The frequency of a flat band is as mute as a meter; the plugin alone tells them apart."""
    told = bench.prepare(bench.plugin(name), *asked).diagnostics
    found = [each.message.split('"')[1] for each in told if each.code == "parameter_unheard"]
    assert found == unheard
