"""Renders through real VST3s: alignment, parameters, mono plugins, states, keys, real music."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.metering import measure
from tests.bridge.cli.conftest import plugin_insert, two_groups

pytestmark = pytest.mark.usefixtures("no_report", "prepared_once")


FRAMES = 24000


@pytest.fixture
def impulses(tmp_path: Path) -> Path:
    """Three stems with an impulse at frame 1000 and one 10 frames before the end."""
    folder = tmp_path / "impulses"
    folder.mkdir()
    for name in ("kick", "bass", "vox"):
        samples = np.zeros((FRAMES, 2))
        samples[[1000, FRAMES - 10]] = 0.25
        soundfile.write(folder / f"{name}.wav", samples, 48000, "PCM_24")
    return folder


@pytest.fixture
def master(run, chain, tmp_path) -> Callable[..., np.ndarray]:
    """Render to float64 and return (frames, 2)."""

    def render(stems: Path, text: str, *more: object) -> np.ndarray:
        out = tmp_path / "out"
        said = run("render", stems, chain(text), "-o", out, "--subtype", "float64", *more)
        assert said.code == 0, said.err
        samples, _ = soundfile.read(out / "main.wav")
        return samples

    return render


@pytest.mark.parametrize("mix", [1.0, 0.5])
def test_a_limiter_of_480_samples_keeps_every_impulse_on_its_frame(
    impulses, master, zam, mix: float
) -> None:
    samples = master(impulses, two_groups(plugin_insert(zam("ZaMaximX2"), f"mix = {mix}")))
    loud = np.abs(samples[:, 0]) > 1e-3
    assert np.flatnonzero(loud).tolist() == [1000, FRAMES - 10]
    # The limiter passes an impulse under its ceiling as it is: three equal impulses add up.
    assert samples[1000, 0] == pytest.approx(0.75, abs=1e-4)


@pytest.mark.parametrize(("delay", "mix"), [(0, 0.5), (137, 1.0), (4096, 0.5)])
def test_latency_that_follows_a_parameter_is_compensated_exactly(
    impulses, master, fixture_plugins, delay: int, mix: float
) -> None:
    """A half of it is where the dry signal has to wait; any delay alone is held by the host."""
    more = f'params = {{ "Delay" = "{delay}" }}\n  mix = {mix}'
    samples = master(impulses, two_groups(plugin_insert(fixture_plugins("latency"), more)))
    assert np.flatnonzero(samples[:, 0]).tolist() == [1000, FRAMES - 10]
    assert np.array_equal(samples[[1000, FRAMES - 10]], np.full((2, 2), 0.75))


def test_plugins_in_a_row_and_on_the_master_stay_aligned(impulses, master, fixture_plugins):
    row = plugin_insert(fixture_plugins("latency"), 'params = { "Delay" = "1000" }')
    text = two_groups(row + row) + row.replace("group.insert", "master.insert")
    samples = master(impulses, text)
    assert np.flatnonzero(samples[:, 0]).tolist() == [1000, FRAMES - 10]


def test_a_gain_plugin_is_set_by_its_display_text(impulses, master, fixture_plugins) -> None:
    more = 'params = { "Gain" = "-6.0 dB" }'
    samples = master(impulses, two_groups(plugin_insert(fixture_plugins("gain"), more)))
    assert samples[1000, 0] == pytest.approx(0.5 + 0.25 * 10 ** (-6 / 20), abs=1e-6)


def test_a_mono_plugin_works_on_both_sides_alone(master, zam, tmp_path) -> None:
    folder = tmp_path / "wide"
    folder.mkdir()
    rng = np.random.default_rng(4)
    noise = 0.05 * rng.standard_normal((FRAMES, 2))
    soundfile.write(folder / "kick.wav", noise, 48000, "FLOAT")
    boost = 'params = { "Boost/Cut L" = "6 dB" }'
    text = '[[group]]\nid = "one"\nstems = ["*"]\n' + plugin_insert(zam("ZamEQ2"), boost)
    both = master(folder, text)
    soundfile.write(folder / "kick.wav", noise[:, [0, 0]], 48000, "FLOAT")
    left = master(folder, text)
    soundfile.write(folder / "kick.wav", noise[:, [1, 1]], 48000, "FLOAT")
    right = master(folder, text)
    frames = min(len(both), len(left), len(right))
    assert np.array_equal(both[:frames, 0], left[:frames, 0])
    assert np.array_equal(both[:frames, 1], right[:frames, 1])
    assert not np.array_equal(left[:frames, 0], right[:frames, 0])


def test_a_plugins_tail_is_kept(master, fixture_plugins, impulses) -> None:
    samples = master(impulses, two_groups(plugin_insert(fixture_plugins("tail"))))
    assert len(samples) > FRAMES
    assert (len(samples) - FRAMES) % 48000 == 0


def test_a_plugin_is_found_by_name_in_a_folder_given(run, stems, chain, fixture_plugins, tmp_path):
    folder = tmp_path / "plugins"
    for kind in ("gain", "mono"):  # a scan loads each: two tell as much as all there are
        bundle = fixture_plugins(kind)
        shutil.copytree(bundle, folder / bundle.name)
    text = chain(two_groups(plugin_insert("Fixture Gain", 'params = { "Gain" = "-3.0 dB" }')))
    assert run("render", stems, text, "-o", tmp_path / "out").code == 3
    assert run("render", stems, text, "-o", tmp_path / "out", "--plugin-path", folder).code == 0


def test_the_folder_renders_again_without_the_plugins_path(run, stems, chain, zam, tmp_path):
    state = 'params = { "Threshold" = "-30.0 dB" }'
    text = chain(two_groups(plugin_insert(zam("ZamCompX2"), state)))
    run("render", stems, text, "-o", tmp_path / "out")
    written = (tmp_path / "out" / "chain.toml").read_text()
    assert str(zam("ZamCompX2").parent) not in written
    assert run("render", stems, tmp_path / "out" / "chain.toml", "-o", tmp_path / "b").code == 0
    assert (tmp_path / "out/main.wav").read_bytes() == (tmp_path / "b/main.wav").read_bytes()


def test_a_hosted_compressor_hears_its_key_where_the_host_reaches_it(
    run, stems, chain, tmp_path
) -> None:
    if not Path("/usr/lib/vst/ZamCompX2-vst.so").exists():
        pytest.skip("no VST2 build of ZamCompX2: install zam-plugins")
    loud = stems / "lead vox.wav"
    soundfile.write(loud, np.clip(soundfile.read(loud)[0] * 8, -0.9, 0.9), 48000, "PCM_24")
    params = '{ "Threshold" = "-40 dB", "Sidechain" = "1", "Ratio" = "10" }'

    def level(plugin: str, more: str) -> tuple[int, object]:
        insert = f'[[group.insert]]\nuse = "plugin"\nplugin = {plugin}\nparams = {params}\n{more}\n'
        text = (
            f'[[group]]\nid = "one"\nstems = ["kick", "bass"]\n{insert}'
            '[[group]]\nid = "two"\nstems = ["*"]\n'
        )
        out = ("-o", tmp_path / "out", "--json", "--subtype", "float32")
        said = run("render", stems, chain(text), *out)
        answer = json.loads(said.out)
        if said.code:
            return said.code, answer["errors"][0]["kind"]
        return 0, answer["steps"][0]["level_out"]["rms_dbfs"]

    vst2 = '{ name = "ZamCompX2", format = "VST2" }'
    ducked, left = level(vst2, 'key = "two"')[1], level(vst2, "")[1]
    assert left - ducked > 6
    refused = level('{ name = "ZamCompX2", format = "VST3" }', 'key = "two"')
    assert refused == (4, "key_unreachable")


def test_the_other_host_is_asked_and_agrees(run, stems, chain, zam, tmp_path) -> None:
    text = chain(two_groups(plugin_insert(zam("ZamCompX2"))))
    out = ("-o", tmp_path / "out", "--json")
    for _ in range(2):
        record = json.loads(run("render", stems, text, *out, "--cross-check").out)
        codes = [said["code"] for said in record["diagnostics"] if said["where"] == "one/plugin"]
        assert "hosts_agree" in codes
    record = json.loads(run("render", stems, text, *out).out)
    assert "hosts_agree" not in {said["code"] for said in record["diagnostics"]}


def test_states_of_bypassed_inserts_and_empty_groups_travel_too(
    run, stems, chain, zam, tmp_path
) -> None:
    state = tmp_path / "some.vstpreset"
    text = chain(two_groups(plugin_insert(zam("ZamCompX2"))))
    said = run("plugins", "set", text, "one/plugin", "Threshold=-20 dB", "-o", state)
    assert said.code == 0, said.err
    off = plugin_insert("ZamCompX2", 'bypass = true\n  state = "some.vstpreset"')
    empty = '[[group]]\nid = "choir"\nstems = ["choir"]\n' + plugin_insert(
        "ZamCompX2", 'state = "some.vstpreset"'
    )
    out = tmp_path / "out"
    assert run("render", stems, chain(two_groups(off) + empty, "b.toml"), "-o", out).code == 0
    names = {path.name for path in (out / "states").iterdir()}
    assert names == {"one-plugin.vstpreset", "choir-plugin.vstpreset"}
    assert run("verify", out).code == 0


@pytest.mark.parametrize(
    ("song", "hosted", "lufs"),
    [
        ("caesium", False, -9.0),
        ("caesium", True, -14.0),
        ("potassium", False, -14.0),
        ("potassium", True, -9.0),
    ],
)
def test_real_music_lands_on_its_target(
    run, chain, zam, loudest_part, tmp_path, song: str, hosted: bool, lufs: float
) -> None:
    """Each song meets each target, and each target built-ins and plugins."""
    inserts = [
        plugin_insert(zam("ZaMultiCompX2")),
        plugin_insert(zam("ZamCompX2"), 'mix = 0.5\n  params = { "Threshold" = "-24.0 dB" }'),
        plugin_insert(zam("ZamEQ2"), 'params = { "Boost/Cut H" = "2 dB" }'),
    ]
    if not hosted:
        inserts = ['  [[group.insert]]\n  use = "compressor"\n  threshold_db = -24\n', "", ""]
    text = (
        f'[[group]]\nid = "beat"\nstems = ["role:drums"]\n{inserts[0]}'
        f'[[group]]\nid = "voice"\nstems = ["role:vocals"]\n{inserts[1]}'
        f'[[group]]\nid = "music"\nstems = ["*"]\n{inserts[2]}'
        '[[master.insert]]\nuse = "eq"\nbands = [{ shape = "high_pass", hz = 25 }]\n'
        '[[master.insert]]\nuse = "compressor"\nratio = 1.5\n[[master.insert]]\nuse = "limiter"\n'
        "[target]\ntrue_peak_dbtp = -1.0\nintegrated_lufs = "
    )
    said = run("render", loudest_part(song), chain(f"{text}{lufs}\n"), "-o", tmp_path / "out")
    assert said.code == 0, said.err
    found = measure(tmp_path / "out" / "main.wav")
    assert found.integrated_lufs == pytest.approx(lufs, abs=0.1)
    assert found.true_peak_dbtp <= -1.0
