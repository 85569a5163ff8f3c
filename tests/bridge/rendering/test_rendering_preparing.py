"""Plugins made ready before anything is rendered: once each, their faults all at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.gathering.plugin_bench import Bench, failures, prepare, refuse_inputs
from bridge.hosting import PrepareJob
from bridge.planning import Engine, hosted_steps
from bridge.rendering import render
from chains import load
from fake_host import fake_catalogue
from stemwright.problems import InputError, RenderError


def test_plugins_are_made_ready_once_and_what_fails_then_fails_its_lane_alone(
    studio, noise
) -> None:
    for seed, name in enumerate(["kick", "vox"]):
        studio.write(name, noise(0.5, seed))
    plugin = '[[group.insert]]\nuse = "plugin"\nplugin = '
    text = (
        f'[[group]]\nid = "one"\nstems = ["kick"]\n{plugin}"Fake Crash Loading"\n'
        f'[[group]]\nid = "two"\nstems = ["vox"]\n{plugin}"Fake Gain"\n'
        'params = { "Gain" = "-3 dB" }\n'
    )
    context = studio.context(text)
    failed = failures(context.bench, context.plan.hosted, 1)
    assert [(step, error.problems[0].kind) for step, error in failed.items()] == [
        ("one/plugin", "plugin_crashed")
    ]
    refuse_inputs(failed)
    assert failures(context.bench, context.plan.hosted[1:], 1) == {}
    assert studio.host.prepared == ["one/plugin", "two/plugin"]
    with pytest.raises(RenderError, match="crashed"):
        render(replace(context, failed=failed), "float64")
    assert studio.host.prepared == ["one/plugin", "two/plugin"]
    assert studio.host.ran == ["two/plugin"]


def test_what_the_author_can_mend_comes_with_its_line(studio, noise) -> None:
    studio.write("vox", noise(0.5, 1))
    text = (
        '[[group]]\nid = "all"\nstems = ["*"]\n'
        '[[group.insert]]\nuse = "plugin"\nplugin = "Fake Gain"\nparams = { "gain" = "loud" }\n'
        '[[group.insert]]\nuse = "plugin"\nplugin = "Fake Gain"\nparams = { "Gian" = "1 dB" }\n'
    )
    (studio.folder / "chain.toml").write_text("schema = 1\n" + text, encoding="utf-8")
    chain = load(studio.folder / "chain.toml")
    steps = hosted_steps(chain, fake_catalogue(), {})
    bench = Bench(studio.store(), studio.host, Engine("fake", 512, 48000, 120.0))
    with pytest.raises(InputError) as caught:
        refuse_inputs(failures(bench, steps, 1))
    told = [(each.where["line"], each.where["parameter"]) for each in caught.value.problems]
    assert told == [(8, "Gain"), (12, "Gian")]


@pytest.mark.parametrize(
    ("head", "owner"),
    [
        ('[[group]]\nid = "all"\nstems = ["*"]\n', "all"),
        ('[[return]]\nid = "room"\n', "room"),
        ("[master]\n", "master"),
    ],
)
def test_a_fault_names_its_file_and_line_wherever_its_insert_stands(
    studio, head: str, owner: str
) -> None:
    kind = head.partition("\n")[0].strip("[]")
    text = (
        f'schema = 1\n{head}[[{kind}.insert]]\nuse = "plugin"\nplugin = "Fake Gain"\n'
        'params = { "Gian" = "1 dB" }\n'
    )
    line = len(text.splitlines())
    if kind != "group":
        text += '[[group]]\nid = "all"\nstems = ["*"]\n'
    path = studio.folder / "chain.toml"
    path.write_text(text, encoding="utf-8")
    (step,) = hosted_steps(load(path), fake_catalogue(), {})
    with pytest.raises(InputError) as caught:
        prepare(Bench(studio.store(), studio.host, Engine("fake", 512, 48000, 120.0)), step)
    where = caught.value.problems[0].where
    assert (where["file"], where["line"]) == (str(path), line)
    assert (where["group"], where["insert"], where["parameter"]) == (owner, "plugin", "Gian")


@pytest.mark.parametrize(
    ("plugin", "more", "line"),
    [("Fake Crash", "", 4), ("Fake Delay", 'state = "gain.vstpreset"\n', 5)],
)
def test_a_fault_of_the_plugin_or_its_state_names_its_line_too(
    studio, noise, plugin: str, more: str, line: int
) -> None:
    studio.write("vox", noise(0.5, 1))
    gain = next(each for each in fake_catalogue().plugins if each.name == "Fake Gain")
    preset = studio.host.prepare(PrepareJob(gain)).preset
    (studio.folder / "gain.vstpreset").write_bytes(preset)
    text = f'schema = 1\n[[master.insert]]\nuse = "plugin"\nplugin = "{plugin}"\n{more}'
    text += '[[group]]\nid = "all"\nstems = ["*"]\n'
    path = studio.folder / "chain.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RenderError) as caught:
        render(studio.context_of(load(path)), "float64")
    where = caught.value.problems[0].where
    assert (where["file"], where["line"]) == (str(path), line)
    assert (where["group"], where["insert"], where["plugin"]) == ("master", "plugin", plugin)
