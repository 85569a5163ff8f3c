"""Plugins made ready before anything is rendered: once each, their faults all at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.planning import Engine, hosted_steps
from bridge.rendering import render
from bridge.rendering.preparing import Bench, failures, refuse_inputs
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
