"""A job that crosses to the child is the same one on its other side, and so is its answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from bridge.hosting.answers import (
    Answer,
    ControllerAnswer,
    Described,
    Done,
    FactoryAnswer,
    Opened,
    OwnParameter,
    ParameterText,
    PluginClass,
    PrepareAnswer,
    Refusal,
    RunAnswer,
    SaveAnswer,
    Texts,
    about,
    as_wire as answer_as_wire,
    checked,
)
from bridge.hosting.jobs import (
    Controller,
    Describe,
    Factory,
    Job,
    Prepare,
    Repeat,
    Run,
    Save,
    Shown,
    Tried,
    Try,
    Window,
    as_wire,
    describe_job,
    from_wire,
    prepare_job,
    repeat_job,
    run_job,
    save_job,
    try_job,
    window_job,
)
from bridge.hosting.port import HostedInsert, PrepareJob, RunJob
from bridge.plugins import Moved, Plugin
from stemwright.problems import Diagnostic, Problem

PLUGIN = Plugin("Äir", "Maker", "1", "VST3", "0" * 32, Path("/plugins/air.vst3"), "", 2)
STATE, OUT = Path("/states/a.vstpreset"), Path("/out/a.f32")
RAW = (("Gain", 0.1 + 0.2), ("Mix", 1.0))
RUN = RunJob(
    HostedInsert(
        "vox/air", PLUGIN, STATE, RAW, 3, 5, 1, 1, OUT, (Moved("Mix", ((0, 0.5), (9, 0.1 + 0.2))),)
    ),
    OUT,
    OUT,
    7,
    44100,
)


@pytest.mark.parametrize(
    "job",
    [
        describe_job("pedalboard", PLUGIN, STATE, RAW, display=False),
        describe_job("dawdreamer", PLUGIN, None),
        save_job(PLUGIN, STATE, RAW, OUT),
        window_job(PLUGIN, None, OUT),
        prepare_job("pedalboard", PrepareJob(PLUGIN, STATE, (("Gain", "-3 dB"),)), OUT),
        run_job("dawdreamer", RUN, OUT),
        repeat_job("pedalboard", RUN, [OUT, OUT, OUT]),
        try_job("dawdreamer", RUN, ("Gain", "Mix")),
        Tried("dawdreamer", "/in/a.f32", 48000, ((0.1 + 0.2, 1.0), (0.5, 0.0)), "/out/a.f32"),
        Shown("dawdreamer", ((0.1 + 0.2, 1.0),)),
        Factory("vst3", "/plugins/air.vst3", "/plugins/air.vst3/air.so"),
        Controller("vst3", "/plugins/air.vst3", "/air.so", "0" * 32, (("7", (0.1 + 0.2, -3.0)),)),
    ],
    ids=lambda job: job.op,
)
def test_every_job_survives_the_way_to_the_child(job: Job[Any]) -> None:
    assert from_wire(json.loads(json.dumps(as_wire(job)))) == job


LATER = Diagnostic("warning", "latency_differs", "", "reports 3 frames")


@pytest.mark.parametrize(
    "answer",
    [
        FactoryAnswer((PluginClass("Äir", "Maker", "1", "0" * 32),)),
        Described(1, 2, 0, (ParameterText("Gain", "0 dB", "0 dB", "-∞", "6 dB", None, True),)),
        PrepareAnswer("0" * 32, 3, 2, 2, (("Gain", "-3 dB"),), RAW, (LATER,)),
        RunAnswer(0, 1 << 40, 0.1 + 0.2, 1.0, (LATER, LATER)),
        SaveAnswer(held=False),
        Opened(480, (0.1 + 0.2, 1.0)),
        Texts((("-3 dB", "50 %"),)),
        ControllerAnswer((OwnParameter("7", "Gain"),), ((0.1 + 0.2, 1.0),)),
        Done(),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_every_answer_survives_the_way_to_the_parent(answer: Answer) -> None:
    wire = json.dumps(answer_as_wire(answer))
    assert checked(type(answer), json.loads(wire)) == answer


def test_a_refusal_survives_the_way_to_the_parent_whatever_was_asked() -> None:
    refusal = Refusal((Problem("bad_state", "m", about("Gain"), "e", "n", "h"), Problem("k", "m")))
    wire = json.dumps(answer_as_wire(refusal))
    assert checked(Done, json.loads(wire)) == refusal


def test_each_job_says_in_types_and_at_run_time_the_same_of_its_answer() -> None:
    plugins = (Describe, Save, Window, Prepare, Run, Repeat, Try, Tried, Shown)
    for kind in (*plugins, Factory, Controller):
        (base,) = kind.__orig_bases__  # type: ignore[attr-defined]  # unknown to typeshed
        assert get_args(base) == (kind.answer,)
