"""Renders through real VST3s: alignment, parameters, mono plugins, and every way they fail."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from bridge.metering import measure

pytestmark = pytest.mark.usefixtures("no_report", "prepared_once")


FRAMES = 24000


def _insert(plugin: object, more: str = "") -> str:
    return f'  [[group.insert]]\n  use = "plugin"\n  plugin = "{plugin}"\n  {more}\n'


def _groups(one: str) -> str:
    return f'[[group]]\nid = "one"\nstems = ["kick"]\n{one}[[group]]\nid = "two"\nstems = ["*"]\n'


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
    samples = master(impulses, _groups(_insert(zam("ZaMaximX2"), f"mix = {mix}")))
    loud = np.abs(samples[:, 0]) > 1e-3
    assert np.flatnonzero(loud).tolist() == [1000, FRAMES - 10]
    # The limiter passes an impulse under its ceiling as it is: three equal impulses add up.
    assert samples[1000, 0] == pytest.approx(0.75, abs=1e-4)


@pytest.mark.parametrize("delay", [0, 137, 4096])
@pytest.mark.parametrize("mix", [1.0, 0.5])
def test_latency_that_follows_a_parameter_is_compensated_exactly(
    impulses, master, fixture_plugins, delay: int, mix: float
) -> None:
    more = f'params = {{ "Delay" = "{delay}" }}\n  mix = {mix}'
    samples = master(impulses, _groups(_insert(fixture_plugins("latency"), more)))
    assert np.flatnonzero(samples[:, 0]).tolist() == [1000, FRAMES - 10]
    assert np.array_equal(samples[[1000, FRAMES - 10]], np.full((2, 2), 0.75))


def test_plugins_in_a_row_and_on_the_master_stay_aligned(impulses, master, fixture_plugins):
    row = _insert(fixture_plugins("latency"), 'params = { "Delay" = "1000" }')
    text = _groups(row + row) + row.replace("group.insert", "master.insert")
    samples = master(impulses, text)
    assert np.flatnonzero(samples[:, 0]).tolist() == [1000, FRAMES - 10]


def test_a_gain_plugin_is_set_by_its_display_text(impulses, master, fixture_plugins) -> None:
    more = 'params = { "Gain" = "-6.0 dB" }'
    samples = master(impulses, _groups(_insert(fixture_plugins("gain"), more)))
    assert samples[1000, 0] == pytest.approx(0.5 + 0.25 * 10 ** (-6 / 20), abs=1e-6)


def test_a_mono_plugin_works_on_both_sides_alone(master, zam, tmp_path) -> None:
    folder = tmp_path / "wide"
    folder.mkdir()
    rng = np.random.default_rng(4)
    noise = 0.05 * rng.standard_normal((FRAMES, 2))
    soundfile.write(folder / "kick.wav", noise, 48000, "FLOAT")
    boost = 'params = { "Boost/Cut L" = "6 dB" }'
    text = '[[group]]\nid = "one"\nstems = ["*"]\n' + _insert(zam("ZamEQ2"), boost)
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
    samples = master(impulses, _groups(_insert(fixture_plugins("tail"))))
    assert len(samples) > FRAMES
    assert (len(samples) - FRAMES) % 48000 == 0


def _survivors() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.is_running()]


@pytest.mark.parametrize(
    ("fixture", "kind"),
    [
        ("crash-load", "plugin_unreadable"),
        ("crash-open", "plugin_crashed"),
        ("crash-process", "plugin_crashed"),
        ("hang-process", "plugin_hung"),
        ("exit-process", "plugin_exited"),
        ("nan", "not_finite"),
        ("deadleft", "dead_channel"),
    ],
)
def test_a_failing_plugin_is_named_and_the_other_lane_is_kept(
    run, stems, chain, fixture_plugins, tmp_path, fixture: str, kind: str
) -> None:
    louder = stems / "kick.wav"
    soundfile.write(louder, soundfile.read(louder)[0] * 4, 48000, "PCM_24")
    good = _insert(fixture_plugins("gain"), 'params = { "Gain" = "-3.0 dB" }')

    def text(bad: Path) -> str:
        return _groups(_insert(bad, 'id = "bad"')) + good

    out = ("-o", tmp_path / "out", "--plugin-timeout", 8, "--json")
    said = run("render", stems, chain(text(fixture_plugins(fixture))), *out)
    (error,) = json.loads(said.out)["errors"]
    assert error["kind"] == kind
    assert said.code == 4
    where = error["where"]
    assert (where["group"], where["insert"]) == ("one", "bad")
    assert f"Fixture {fixture.replace('-', ' ').title()}" in str(where["plugin"])
    assert error["hint"]
    assert not (tmp_path / "out").exists()
    assert _survivors() == []


def test_what_the_other_lane_did_is_taken_from_the_store(
    run, stems, chain, fixture_plugins, tmp_path
) -> None:
    good = _insert(fixture_plugins("gain"), 'params = { "Gain" = "-3.0 dB" }')

    def render(bad: str) -> dict[str, object]:
        text = _groups(_insert(fixture_plugins(bad), 'id = "bad"')) + good
        said = run("render", stems, chain(text), "-o", tmp_path / "out", "--json")
        return json.loads(said.out)

    assert "errors" in render("crash-process")
    steps = render("tail")["steps"]
    assert {step["id"] for step in steps if step["cached"]} == {"two/plugin"}


def test_a_plugin_that_is_not_there_is_told_at_once_and_the_other_lane_is_kept(
    run, stems, chain, fixture_plugins, tmp_path
) -> None:
    late = tmp_path / "plugins" / "Fixture Tail.vst3"
    good = _insert(fixture_plugins("gain"), 'params = { "Gain" = "-3.0 dB" }')
    before = '  [[group.insert]]\n  use = "gain"\n  gain_db = 1.0\n'
    bad = _insert("Fixture Tial", 'id = "bad"')
    path = chain(_groups(before + bad) + good)
    where = ("--plugin-path", late.parent, "-o", tmp_path / "out", "--json")
    late.parent.mkdir()
    shutil.copytree(fixture_plugins("gain"), late.parent / "Fixture Gain.vst3")
    shutil.copytree(fixture_plugins("mono"), late.parent / "Fixture Mono.vst3")
    for command in (("plan", stems, path, *where[:2]), ("lock", stems, path, *where[:4])):
        assert run(*command).code == 3
    said = run("render", stems, path, *where)
    assert said.code == 3
    (error,) = json.loads(said.out)["errors"]
    assert error["kind"] == "plugin_not_found"
    assert {"group": "one", "insert": "bad", "plugin": "Fixture Tial"}.items() <= (
        error["where"].items()
    )
    assert error["nearest"] == "Fixture Gain"
    assert error["hint"].endswith("is in the store for the next run")
    told, then = said.err.strip().splitlines()[0], said.err.strip().splitlines()[-1]
    assert "one/bad" in told
    assert then.startswith("rendering the other lanes into the store meanwhile")
    assert str(late.parent) in said.err
    assert not (tmp_path / "out").exists()
    assert _survivors() == []
    shutil.copytree(fixture_plugins("tail"), late)
    path.write_text(path.read_text().replace("Tial", "Tail"))
    steps = json.loads(run("render", stems, path, *where).out)["steps"]
    assert {step["id"] for step in steps if step["cached"]} == {"one/gain", "two/plugin"}


@pytest.mark.parametrize("words", [("plan",), ("render", "-o", "out")])
def test_faults_of_the_other_lanes_come_after_the_missing_plugin(
    run, stems, chain, fixture_plugins, monkeypatch, tmp_path, words
) -> None:
    monkeypatch.chdir(tmp_path)
    text = _groups(_insert("Nope")) + _insert(fixture_plugins("gain"), 'params = { Oops = "1" }')
    said = run(words[0], stems, chain(text), *words[1:], "--json")
    assert said.code == 2
    kinds = [error["kind"] for error in json.loads(said.out)["errors"]]
    assert kinds == ["plugin_not_found", "unknown_parameter"]


def test_only_the_lanes_are_kept_where_the_master_lacks_its_plugin(
    run, stems, chain, fixture_plugins, tmp_path
) -> None:
    gain = 'params = { "Gain" = "-3.0 dB" }'
    text = _groups(_insert(fixture_plugins("gain"), gain))
    lacking = text + _insert("Nope").replace("group.insert", "master.insert")
    out = ("-o", tmp_path / "out", "--range", "0.2:0.8", "--json")
    whole = run("render", stems, chain(text), "-o", tmp_path / "out", "--json")
    assert whole.code == 0
    said = run("render", stems, chain(lacking), *out)
    assert (said.code, (tmp_path / "out" / "range").exists()) == (3, False)
    steps = json.loads(run("render", stems, chain(text), *out).out)["steps"]
    assert "one/plugin" in {step["id"] for step in steps if step["cached"]}
    assert run("render", stems, chain(lacking), *out[:2], "--locked").code == 3


def test_nothing_is_rendered_when_every_lane_lacks_its_plugin(run, stems, chain, tmp_path) -> None:
    text = _groups('  [[group.insert]]\n  use = "gain"\n' + _insert("Nope"))
    bands = '[{ shape = "bell", hz = 900, threshold_db = -30, max_cut_db = 2 }]'
    listens = f'  [[group.insert]]\n  use = "dynamic_eq"\n  key = "one"\n  bands = {bands}\n'
    said = run("render", stems, chain(text + listens), "-o", tmp_path / "out")
    assert said.code == 3
    assert "meanwhile" not in said.err
    assert said.err.count("error:") == 1
    kept = [path for path in (tmp_path / "the store").rglob("*") if path.is_file()]
    assert not [path for path in kept if b"level_in" in path.read_bytes()]


def test_a_truncated_binary_is_told(run, stems, chain, zam, tmp_path) -> None:
    bundle = tmp_path / "plugins" / "ZamCompX2.vst3"
    shutil.copytree(zam("ZamCompX2"), bundle)
    (binary,) = bundle.glob("Contents/*/*.so")
    octets = binary.read_bytes()
    binary.write_bytes(octets[: len(octets) // 3])
    text = chain(_groups(_insert(bundle)) + _insert(zam("ZamCompX2")))
    said = run("render", stems, text, "-o", tmp_path / "out", "--json", "--trust", bundle.parent)
    (error,) = json.loads(said.out)["errors"]
    assert said.code == 4
    assert error["kind"] == "plugin_unreadable"
    assert (error["where"]["group"], error["where"]["plugin"]) == ("one", "ZamCompX2")
    assert not (tmp_path / "out").exists()
    planned = run("plan", stems, text, "--json", "--trust", bundle.parent)
    assert (planned.code, json.loads(planned.out)["errors"]) == (4, [error])
    whole = chain(_groups(_insert(zam("ZamCompX2"))) + _insert(zam("ZamCompX2")))
    record = json.loads(run("render", stems, whole, "-o", tmp_path / "out", "--json").out)
    assert "two/plugin" in {step["id"] for step in record["steps"] if step["cached"]}


def test_another_plugins_state_is_refused(run, stems, chain, zam, tmp_path) -> None:
    first = chain(_groups(_insert(zam("ZamCompX2"))))
    state = tmp_path / "wrong.vstpreset"
    head = b"VST3" + (1).to_bytes(4, "little") + b"0123456789ABCDEF" * 2
    state.write_bytes(head + (48).to_bytes(8, "little") + b"List" + bytes(4))
    assert run("render", stems, first, "-o", tmp_path / "a").code == 0
    second = chain(_groups(_insert(zam("ZamCompX2"), 'state = "wrong.vstpreset"')))
    said = run("render", stems, second, "-o", tmp_path / "out", "--json")
    (error,) = json.loads(said.out)["errors"]
    assert said.code == 4
    assert error["kind"] == "wrong_state"
    assert error["where"]["plugin"] == "ZamCompX2"


def test_a_word_that_is_no_insert_hides_no_plugins_fault(run, stems, chain, zam) -> None:
    wrong = _insert(zam("ZamCompX2"), 'params = { "Nope" = "1" }')
    text = chain(_groups('  [[group.insert]]\n  use = "eqq"\n' + wrong) + _insert("Not Here"))
    said = run("plan", stems, text, "--json")
    kinds = [each["kind"] for each in json.loads(said.out)["errors"]]
    assert (said.code, kinds) == (2, ["unknown_use", "plugin_not_found", "unknown_parameter"])


def test_wrong_parameters_are_all_told(run, stems, chain, zam, tmp_path) -> None:
    params = 'params = { "Treshold" = "-20 dB", "Ratio" = "loud", "Release" = "99999 ms" }'
    text = chain(_groups(_insert(zam("ZamCompX2"), params)))
    said = run("render", stems, text, "-o", tmp_path / "out", "--json")
    errors = json.loads(said.out)["errors"]
    assert said.code == 2
    assert len(errors) == 3
    assert errors[0]["nearest"] == "Threshold"


def test_a_plugin_is_found_by_name_in_a_folder_given(run, stems, chain, fixture_plugins, tmp_path):
    folder = fixture_plugins("gain").parent
    text = chain(_groups(_insert("Fixture Gain", 'params = { "Gain" = "-3.0 dB" }')))
    assert run("render", stems, text, "-o", tmp_path / "out").code == 3
    assert run("render", stems, text, "-o", tmp_path / "out", "--plugin-path", folder).code == 0


def test_the_folder_renders_again_without_the_plugins_path(run, stems, chain, zam, tmp_path):
    state = 'params = { "Threshold" = "-30.0 dB" }'
    text = chain(_groups(_insert(zam("ZamCompX2"), state)))
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
    text = chain(_groups(_insert(zam("ZamCompX2"))))
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
    text = chain(_groups(_insert(zam("ZamCompX2"))))
    said = run("plugins", "set", text, "one/plugin", "Threshold=-20 dB", "-o", state)
    assert said.code == 0, said.err
    off = _insert("ZamCompX2", 'bypass = true\n  state = "some.vstpreset"')
    empty = '[[group]]\nid = "choir"\nstems = ["choir"]\n' + _insert(
        "ZamCompX2", 'state = "some.vstpreset"'
    )
    out = tmp_path / "out"
    assert run("render", stems, chain(_groups(off) + empty, "b.toml"), "-o", out).code == 0
    names = {path.name for path in (out / "states").iterdir()}
    assert names == {"one-plugin.vstpreset", "choir-plugin.vstpreset"}
    assert run("verify", out).code == 0


@pytest.mark.parametrize("song", ["caesium", "potassium"])
@pytest.mark.parametrize("hosted", [False, True], ids=["native", "zam"])
def test_real_music_lands_on_its_target(
    run, chain, zam, loudest_part, tmp_path, song: str, hosted: bool
) -> None:
    inserts = [
        _insert(zam("ZaMultiCompX2")),
        _insert(zam("ZamCompX2"), 'mix = 0.5\n  params = { "Threshold" = "-24.0 dB" }'),
        _insert(zam("ZamEQ2"), 'params = { "Boost/Cut H" = "2 dB" }'),
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
    for lufs in (-14.0, -9.0):
        out = ("-o", tmp_path / "out")
        said = run("render", loudest_part(song), chain(f"{text}{lufs}\n"), *out)
        assert said.code == 0, said.err
        found = measure(tmp_path / "out" / "main.wav")
        assert found.integrated_lufs == pytest.approx(lufs, abs=0.1)
        assert found.true_peak_dbtp <= -1.0


def test_what_plugins_refuse_is_told_by_plan_as_by_render_all_at_once(
    run, stems, chain, fixture_plugins, tmp_path
) -> None:
    texts = fixture_plugins("texts")
    insert = f'use = "plugin"\nplugin = "{texts}"\n'
    text = chain(
        f'[[group]]\nid = "all"\nstems = ["*"]\n[[group.insert]]\n{insert}'
        '[group.insert.params]\nNote = "1"\nMeter = "-12 dB"\n'
        f'[[group.insert]]\n{insert}[group.insert.params]\nlevel = "99 dB"\n'
        f'[[master.insert]]\n{insert}params = {{ "Nope" = "1" }}\n'
    )
    where = ["--trust", texts.parent, "--json"]
    planned = run("plan", stems, text, *where)
    rendered = run("render", stems, text, "-o", tmp_path / "out", *where)
    assert (planned.code, rendered.code) == (2, 2)
    assert planned.out == rendered.out
    errors = json.loads(planned.out)["errors"]
    assert [(each["kind"], each["where"]["line"], each["where"]["path"]) for each in errors] == [
        ("parameter_refused", 9, "group[0].insert[0].params.Note"),
        ("parameter_read_only", 10, "group[0].insert[0].params.Meter"),
        ("parameter_refused", 15, "group[0].insert[1].params.level"),
        ("unknown_parameter", 19, "master.insert[0].params.Nope"),
    ]
    assert not (tmp_path / "out").exists()
    (stems / "broken.wav").write_bytes(b"no audio")
    with_stems = json.loads(run("plan", stems, text, *where).out)["errors"]
    assert [each["kind"] for each in with_stems] == [
        "unreadable_audio",
        *(each["kind"] for each in errors),
    ]
