"""Random chains over the whole schema: each renders within its promises or is refused with a place.

Every field of chains/schema.json is drawn from what the schema allows; only names are then made to
meet, mostly, so that chains get as far as sounding. STEMWRIGHT_CHAINS sets the number of chains
(300 for a long run).
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import tomlkit
from hypothesis import Phase, given, settings, strategies as st

import chains
from bridge.gathering import Cancel, Silent
from bridge.gathering.sources import gather
from bridge.metering import measure
from bridge.planning import Excerpt, Plan, Stems, plan
from bridge.processing import SUPPORTED
from bridge.rendering import Context, Output, Rendering, render
from bridge.storing import Store
from chains import Chain, ChainError, loads
from fake_host import FakeHost, fake_catalogue
from sessions import read
from stemwright.problems import InputError, MachineError, RenderError, StemwrightError

CHAINS = int(os.environ.get("STEMWRIGHT_CHAINS", "40"))
RATE_HZ = 48000
FRAMES = RATE_HZ * 42 // 100  # loudness needs 0.4 s
SUBTYPES = ("float64", "float32", "pcm24")
SCHEMA = chains.schema()
STEMS = ("kick", "bass", "pad", "vox")
SOUND_PLUGINS = (
    {"plugin": "Fake Gain", "params": {"Gain": "-3 dB"}},
    {"plugin": "Fake Gain", "params": {"Gain": "6 dB"}},
    {"plugin": {"name": "Fake Mono Gain", "vendor": "Fakes"}, "params": {"Gain": -1}},
    {"plugin": "Fake Delay", "params": {"Delay": "1000 samples"}},
    {"plugin": "Fake Echo"},
    {"plugin": "Fake Shape"},
    {"plugin": "Fake Through"},
)
BROKEN_PLUGINS = (
    {"plugin": "Fake Nan"},
    {"plugin": "Fake Silent"},
    {"plugin": "Fake Dead Left"},
    {"plugin": "Fake Crash"},
    {"plugin": "Fake Hang"},
    {"plugin": "Fake Exit"},
    {"plugin": "Fake Crash Loading"},
    {"plugin": "Fake Gain", "params": {"Gain": "90 dB"}},
    {"plugin": "Fake Gain", "params": {"Gian": "1 dB"}},
    {"plugin": "Nobody's"},
    {"plugin": "Fake Gain", "key": "g0"},
)
SELDOM = 8
"""One in so many draws goes wrong on purpose."""


def drawn(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Draw what a node of the schema accepts."""
    if "$ref" in node:
        return drawn(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]])
    if "oneOf" in node:
        return st.one_of([drawn(option) for option in node["oneOf"]])
    if "enum" in node or "const" in node:
        return st.sampled_from(node.get("enum", [node.get("const")]))
    match node["type"]:
        case "object" if "properties" in node:
            return drawn_table(node)
        case "array":
            most = min(node.get("maxItems", 3), 3)
            return st.lists(drawn(node["items"]), min_size=node.get("minItems", 0), max_size=most)
        case "number":
            return decimals(node["minimum"], node["maximum"])
        case "integer":
            return st.integers(node["minimum"], node["maximum"])
        case "boolean":
            return st.booleans()
        case _:
            return st.just("named later")


def decimals(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers as somebody would write them: down to a millionth."""
    return st.floats(low, high).map(lambda number: round(number, 6))


def drawn_table(node: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {key: drawn(value) for key, value in node["properties"].items()}
    needed = set(node.get("required", []))
    return st.fixed_dictionaries(
        {key: value for key, value in fields.items() if key in needed},
        optional={key: value for key, value in fields.items() if key not in needed},
    )


def seldom() -> st.SearchStrategy[bool]:
    return st.integers(0, SELDOM - 1).map(lambda drawn: drawn == SELDOM - 1)


INSERTS = st.lists(
    drawn(SCHEMA["$defs"]["GroupTable"]["properties"]["insert"]["items"]), min_size=2, max_size=4
)
GROUP = drawn(SCHEMA["$defs"]["GroupTable"])
CHAIN = drawn(SCHEMA)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """A chain file's tables whose names meet, but for one in SELDOM."""
    data = draw(CHAIN)
    groups = [data["group"][0], *draw(st.lists(GROUP, min_size=1, max_size=len(STEMS) - 1))]
    backs = data.get("return", [])[:2]
    data |= {"group": groups, "return": backs}
    names = [f"g{number}" for number in range(len(groups))]
    for number, group in enumerate(groups):
        last = number == len(groups) - 1
        group |= {"id": names[number], "stems": ["*"] if last else [STEMS[number]]}
        if not draw(seldom()):
            group |= {"trim_db": draw(decimals(-24, 6)), "gain_db": draw(decimals(-24, 6))}
        group["sends"] = {
            f"r{to}": draw(decimals(-40, 6)) for to in range(len(backs)) if draw(st.booleans())
        }
        place(draw, group, names if draw(seldom()) else names[:number])
    for number, back in enumerate(backs):
        back["id"] = f"r{number}"
        place(draw, back, names)
    place(draw, data.setdefault("master", {}), names)
    for number in range(len(data.get("version", []))):
        word = "nobody" if draw(seldom()) else names[0]
        told = {"id": f"v{number}", draw(st.sampled_from(["mute", "only"])): [word]}
        dynamics = draw(st.sampled_from(["own", "main"]))
        data["version"][number] = told | {"dynamics": dynamics}
    whole = {"id": "full", "only": names, "dynamics": draw(st.sampled_from(["own", "main"]))}
    data["version"] = [*data.get("version", [])[:1], whole]
    if "tail_s" in data.get("engine", {}):
        data["engine"]["tail_s"] = draw(decimals(0, 0.5))
    aim(draw, data)
    return data


def place(draw: st.DrawFn, bus: dict[str, Any], keys: list[str]) -> None:
    """Give inserts ids, plugins that exist, keys among `keys`, and bands that fit together."""
    if draw(st.booleans()):
        bus["insert"] = draw(INSERTS)
    for number, row in enumerate(bus.get("insert", [])):
        row["id"] = f"i{number}"
        if row["use"] == "plugin":
            broken = draw(st.integers(0, 3)) == 3
            named = draw(st.sampled_from(BROKEN_PLUGINS if broken else SOUND_PLUGINS))
            kept = {key: row[key] for key in ("id", "use", "on", "mix", "bypass") if key in row}
            row.clear()
            row |= kept | named
        elif row.pop("key", None) is not None and keys:
            row["key"] = draw(st.sampled_from(keys))
        fit(draw, row)


def fit(draw: st.DrawFn, row: dict[str, Any]) -> None:
    corner = decimals(20, 20000)
    if row["use"] == "multiband":
        lowest_hz, apart = draw(decimals(20, 600)), draw(decimals(1.2, 5))
        row["crossovers_hz"] = [
            lowest_hz * apart**number for number in range(len(row["bands"]) - 1)
        ]
    for band in row.get("bands", []):
        if "hz" in band and not draw(seldom()):
            band["hz"] = draw(corner)
        if row["use"] == "dynamic_eq":
            way = draw(st.sampled_from(["max_cut_db", "max_boost_db"]))
            limit = draw(decimals(0, 24))
            band.pop("max_cut_db", None)
            band.pop("max_boost_db", None)
            band[way] = limit


def aim(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """Let the drive enter at an insert that is there, and the last insert often be a limiter."""
    inserts = data.get("master", {}).get("insert", [])
    target = data.get("target")
    if target is not None:
        target.pop("drive_at", None)
        if inserts and draw(st.booleans()):
            target["drive_at"] = draw(st.sampled_from(inserts))["id"]
    if inserts and draw(st.booleans()):
        inserts[-1] = {"use": "limiter", "id": inserts[-1]["id"]}


@dataclass(frozen=True)
class Asked:
    """A chain as text, and how it is rendered: whole with its tail, or without one."""

    text: str
    whole: bool
    subtype: str
    jobs: int


ASKED = st.builds(
    Asked, tables().map(tomlkit.dumps), seldom(), st.sampled_from(SUBTYPES), st.sampled_from([1, 2])
)


@pytest.fixture(scope="module")
def stems(tmp_path_factory: pytest.TempPathFactory) -> Stems:
    """Four stems of 0.42 s: two noises, a mono tone with an impulse, a silence."""
    folder = tmp_path_factory.mktemp("stems")
    rng = np.random.default_rng(3)
    time_s = np.arange(FRAMES) / RATE_HZ
    tone = 0.4 * np.sin(2 * np.pi * 80 * time_s)
    tone[1000] = 0.9
    sounds = {
        "kick": tone,
        "bass": 0.2 * rng.standard_normal((FRAMES, 2)).clip(-3, 3),
        "pad": 0.05 * rng.standard_normal((FRAMES, 2)) * np.exp(-8 * time_s)[:, None],
        "vox": np.zeros((FRAMES, 2)),
    }
    for name, samples in sounds.items():
        soundfile.write(folder / f"{name}.wav", samples, RATE_HZ, "PCM_24")
    return gather(read(folder), Store(folder / "store"), 1)


OUTCOMES: Counter[str] = Counter()


def planned(stems: Stems, chain: Chain, asked: Asked) -> Plan:
    excerpt = None if asked.whole else Excerpt(0.0, FRAMES / RATE_HZ)
    return plan(stems, chain, fake_catalogue(), supported=SUPPORTED, states={}, excerpt=excerpt)


def refusal(error: StemwrightError | ChainError) -> str:
    """Check that every fault has its place; say what kind the first is."""
    if isinstance(error, ChainError):
        assert all(fault.where.line for fault in error.faults), error
        return error.faults[0].kind
    assert error.problems
    for problem in error.problems:
        assert problem.where, problem
        assert problem.message
    return error.problems[0].kind


def check(made: Rendering, chain: Chain, plan: Plan, asked: Asked) -> None:
    assert [output.version for output in made.outputs] == ["main", *(v.id for v in chain.versions)]
    stem_frames = round(FRAMES * plan.engine.sample_rate_hz / RATE_HZ)
    for output in made.outputs:
        samples, rate_hz = soundfile.read(output.path, dtype="float64")
        assert rate_hz == plan.engine.sample_rate_hz
        assert np.isfinite(samples).all()
        assert samples.shape == (made.frames, 2)
        ceiling(output, chain, plan)
    assert made.outputs[-1].pcm_sha256 == made.outputs[0].pcm_sha256  # "full" mutes nothing
    tail = made.frames - stem_frames
    if not asked.whole:
        assert tail == 0
    elif plan.fixed_frames is not None:
        assert made.frames == plan.fixed_frames
    else:
        assert tail in range(0, 11 * plan.engine.sample_rate_hz, plan.engine.sample_rate_hz)


def ceiling(output: Output, chain: Chain, plan: Plan) -> None:
    """Our limiter last, or a trim: the file measured anew is at or under the ceiling."""
    finish = plan.finish
    if finish is None or not (finish.limiter is not None or finish.trim_if_over):
        return
    dynamics = {version.id: version.dynamics for version in chain.versions}
    if dynamics.get(output.version, "own") == "own":
        assert measure(output.path).true_peak_dbtp <= finish.true_peak_dbtp


@settings(max_examples=CHAINS, phases=[Phase.explicit, Phase.generate])
@given(asked=ASKED)
def test_a_random_chain_renders_or_is_refused_with_a_place(stems: Stems, asked: Asked) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            chain = loads(asked.text)
            plan = planned(stems, chain, asked)
            store = Store(Path(folder))
            context = Context(plan, store, FakeHost(), Silent(), Cancel(), asked.jobs)
            made = render(context, asked.subtype)  # type: ignore[arg-type]
        except (ChainError, InputError, MachineError, RenderError) as error:
            OUTCOMES[refusal(error)] += 1
            return
        OUTCOMES["rendered"] += 1
        check(made, chain, plan, asked)


def test_enough_of_them_were_rendered_and_refused_to_mean_something() -> None:
    if not OUTCOMES:
        pytest.skip("the random chains were not run in this process")
    assert OUTCOMES["rendered"] >= CHAINS * 3 // 10, OUTCOMES
    assert len(OUTCOMES) >= 3, OUTCOMES
