"""A job that crosses to the child is the same one on its other side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.hosting.jobs import (
    Factory,
    Job,
    as_wire,
    describe_job,
    from_wire,
    prepare_job,
    repeat_job,
    run_job,
    save_job,
    window_job,
)
from bridge.hosting.port import HostedInsert, PrepareJob, RunJob
from bridge.plugins import Plugin

PLUGIN = Plugin("Äir", "Maker", "1", "VST3", "0" * 32, Path("/plugins/air.vst3"), "", 2)
STATE, OUT = Path("/states/a.vstpreset"), Path("/out/a.f32")
RAW = (("Gain", 0.1 + 0.2), ("Mix", 1.0))
RUN = RunJob(HostedInsert("vox/air", PLUGIN, STATE, RAW, 3, 5, 1, 1, OUT), OUT, OUT, 7, 44100)


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
        Factory("vst3", "/plugins/air.vst3", "/plugins/air.vst3/air.so"),
    ],
    ids=lambda job: job.op,
)
def test_every_job_survives_the_way_to_the_child(job: Job) -> None:
    assert from_wire(json.loads(json.dumps(as_wire(job)))) == job
