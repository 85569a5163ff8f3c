"""Real VST3s that fail, are not there or refuse: named, and the other lanes are kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psutil
import pytest
import soundfile

from tests.bridge.cli.conftest import plugin_insert, two_groups

pytestmark = pytest.mark.usefixtures("no_report", "prepared_once")


def _survivors() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.is_running()]


@pytest.mark.parametrize(
    ("fixture", "kind"),
    [
        ("crash-load", "plugin_unreadable"),
        ("crash-open", "plugin_crashed"),
        ("hang-process", "plugin_hung"),
        ("nan", "not_finite"),
    ],
)
def test_a_failing_plugin_is_named_and_the_other_lane_is_kept(
    run, stems, chain, fixture_plugins, tmp_path, fixture: str, kind: str
) -> None:
    """Scanned, set up, running, by what it gives; every fault is held where it is hosted."""
    louder = stems / "kick.wav"
    soundfile.write(louder, soundfile.read(louder)[0] * 4, 48000, "PCM_24")
    good = plugin_insert(fixture_plugins("gain"), 'params = { "Gain" = "-3.0 dB" }')

    def text(bad: Path) -> str:
        return two_groups(plugin_insert(bad, 'id = "bad"')) + good

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
    good = plugin_insert(fixture_plugins("gain"), 'params = { "Gain" = "-3.0 dB" }')

    def render(bad: str) -> dict[str, object]:
        text = two_groups(plugin_insert(fixture_plugins(bad), 'id = "bad"')) + good
        said = run("render", stems, chain(text), "-o", tmp_path / "out", "--json")
        return json.loads(said.out)

    assert "errors" in render("crash-process")
    steps = render("tail")["steps"]
    assert {step["id"] for step in steps if step["cached"]} == {"two/plugin"}


def test_a_plugin_that_is_not_there_is_told_at_once_and_the_other_lane_is_kept(
    run, stems, chain, fixture_plugins, tmp_path
) -> None:
    late = tmp_path / "plugins" / "Fixture Tail.vst3"
    good = plugin_insert(fixture_plugins("gain"), 'params = { "Gain" = "-3.0 dB" }')
    before = '  [[group.insert]]\n  use = "gain"\n  gain_db = 1.0\n'
    bad = plugin_insert("Fixture Tial", 'id = "bad"')
    path = chain(two_groups(before + bad) + good)
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
    text = two_groups(plugin_insert("Nope")) + plugin_insert(
        fixture_plugins("gain"), 'params = { Oops = "1" }'
    )
    said = run(words[0], stems, chain(text), *words[1:], "--json")
    assert said.code == 2
    kinds = [error["kind"] for error in json.loads(said.out)["errors"]]
    assert kinds == ["plugin_not_found", "unknown_parameter"]


def test_only_the_lanes_are_kept_where_the_master_lacks_its_plugin(
    run, stems, chain, fixture_plugins, tmp_path
) -> None:
    gain = 'params = { "Gain" = "-3.0 dB" }'
    text = two_groups(plugin_insert(fixture_plugins("gain"), gain))
    lacking = text + plugin_insert("Nope").replace("group.insert", "master.insert")
    out = ("-o", tmp_path / "out", "--range", "0.2:0.8", "--json")
    whole = run("render", stems, chain(text), "-o", tmp_path / "out", "--json")
    assert whole.code == 0
    said = run("render", stems, chain(lacking), *out)
    assert (said.code, (tmp_path / "out" / "range").exists()) == (3, False)
    steps = json.loads(run("render", stems, chain(text), *out).out)["steps"]
    assert "one/plugin" in {step["id"] for step in steps if step["cached"]}
    assert run("render", stems, chain(lacking), *out[:2], "--locked").code == 3


def test_nothing_is_rendered_when_every_lane_lacks_its_plugin(run, stems, chain, tmp_path) -> None:
    text = two_groups('  [[group.insert]]\n  use = "gain"\n' + plugin_insert("Nope"))
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
    text = chain(two_groups(plugin_insert(bundle)) + plugin_insert(zam("ZamCompX2")))
    said = run("render", stems, text, "-o", tmp_path / "out", "--json", "--trust", bundle.parent)
    (error,) = json.loads(said.out)["errors"]
    assert said.code == 4
    assert error["kind"] == "plugin_unreadable"
    assert (error["where"]["group"], error["where"]["plugin"]) == ("one", "ZamCompX2")
    assert not (tmp_path / "out").exists()
    planned = run("plan", stems, text, "--json", "--trust", bundle.parent)
    assert (planned.code, json.loads(planned.out)["errors"]) == (4, [error])
    whole = chain(two_groups(plugin_insert(zam("ZamCompX2"))) + plugin_insert(zam("ZamCompX2")))
    record = json.loads(run("render", stems, whole, "-o", tmp_path / "out", "--json").out)
    assert "two/plugin" in {step["id"] for step in record["steps"] if step["cached"]}


def test_another_plugins_state_is_refused(run, stems, chain, zam, tmp_path) -> None:
    first = chain(two_groups(plugin_insert(zam("ZamCompX2"))))
    state = tmp_path / "wrong.vstpreset"
    head = b"VST3" + (1).to_bytes(4, "little") + b"0123456789ABCDEF" * 2
    state.write_bytes(head + (48).to_bytes(8, "little") + b"List" + bytes(4))
    assert run("render", stems, first, "-o", tmp_path / "a").code == 0
    second = chain(two_groups(plugin_insert(zam("ZamCompX2"), 'state = "wrong.vstpreset"')))
    said = run("render", stems, second, "-o", tmp_path / "out", "--json")
    (error,) = json.loads(said.out)["errors"]
    assert said.code == 4
    assert error["kind"] == "wrong_state"
    assert error["where"]["plugin"] == "ZamCompX2"


def test_a_word_that_is_no_insert_hides_no_plugins_fault(run, stems, chain, zam) -> None:
    wrong = plugin_insert(zam("ZamCompX2"), 'params = { "Nope" = "1" }')
    text = chain(
        two_groups('  [[group.insert]]\n  use = "eqq"\n' + wrong) + plugin_insert("Not Here")
    )
    said = run("plan", stems, text, "--json")
    kinds = [each["kind"] for each in json.loads(said.out)["errors"]]
    assert (said.code, kinds) == (2, ["unknown_use", "plugin_not_found", "unknown_parameter"])


def test_wrong_parameters_are_all_told(run, stems, chain, zam, tmp_path) -> None:
    params = 'params = { "Treshold" = "-20 dB", "Ratio" = "loud", "Release" = "99999 ms" }'
    text = chain(two_groups(plugin_insert(zam("ZamCompX2"), params)))
    said = run("render", stems, text, "-o", tmp_path / "out", "--json")
    errors = json.loads(said.out)["errors"]
    assert said.code == 2
    assert len(errors) == 3
    assert errors[0]["nearest"] == "Threshold"


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
