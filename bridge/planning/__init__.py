"""Linking a chain to this song's stems and this machine's plugins; pure."""

from bridge.planning.keys import (
    group_digest,
    hosted_key,
    native_key,
    prepare_facts,
    stem_facts,
    sum_digest,
)
from bridge.planning.length import TAIL_S, Excerpt, length_words
from bridge.planning.link import commonest_rate_hz, engine_of, hosted_steps, plan, unlinkable
from bridge.planning.model import (
    Engine,
    Finish,
    HostedStep,
    Lane,
    NativeInsert,
    NativeStep,
    Plan,
    ReturnLane,
    Stem,
    StemFile,
    Stems,
    Step,
    VersionPlan,
    Window,
)
from bridge.planning.steps import state_path, untrusted, wanted_plugin

__all__ = [
    "TAIL_S",
    "Engine",
    "Excerpt",
    "Finish",
    "HostedStep",
    "Lane",
    "NativeInsert",
    "NativeStep",
    "Plan",
    "ReturnLane",
    "Stem",
    "StemFile",
    "Stems",
    "Step",
    "VersionPlan",
    "Window",
    "commonest_rate_hz",
    "engine_of",
    "group_digest",
    "hosted_key",
    "hosted_steps",
    "length_words",
    "native_key",
    "plan",
    "prepare_facts",
    "state_path",
    "stem_facts",
    "sum_digest",
    "unlinkable",
    "untrusted",
    "wanted_plugin",
]
