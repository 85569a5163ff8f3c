"""`verify` and `diff` between builds of one plugin, and with one that never repeats itself."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told

pytestmark = pytest.mark.usefixtures("prepared_once", "no_report_in_module")

RATE_HZ = 24000
"""Residuals are told alike at any rate, and a low one is half the work."""

HEAD = "schema = 1\n[engine]\ntail_s = 0.5\n"
"""Nothing here rings on: otherwise plugins are given ten seconds more."""

EQ = '[[group.insert]]\nuse = "eq"\nid = "{id}"\nbands = [{ shape = "bell", hz = 300, q = 1 }]\n'
PLUGIN = '[[group.insert]]\nuse = "plugin"\nplugin = "Fixture {kind}"\nid = "{id}"\n'
GROUP = '[[group]]\nid = "{id}"\nstems = [{stems}]\ngain_db = {db}\n'
MASTER = """
[[master.insert]]
id = "tone"
use = "eq"
bands = [{ shape = "bell", hz = 100, gain_db = 1 }]
[[version]]
id = "tv"
mute = ["rest"]
"""


def _eq(name: str) -> str:
    return EQ.replace("{id}", name).replace("q = 1", "gain_db = -2")


def _hosted(kind: str, name: str) -> str:
    return PLUGIN.format(kind=kind, id=name)


def _linear(*inserts: str, db: float = 0.0) -> str:
    """A chain that is linear throughout: `low` with inserts, `rest` far below it."""
    low = GROUP.format(id="low", stems='"kick", "bass"', db=db) + "".join(inserts)
    return low + GROUP.format(id="rest", stems='"*"', db=-60.0) + _eq("dark") + MASTER


LOUD = _linear(_eq("before"), _hosted("Latency", "late"), _hosted("Gain", "gain"), _eq("after"))
"""A lane of built-ins and plugins with the one that changes between them."""

NOISY = GROUP.format(id="low", stems='"*"', db=0.0) + _eq("before") + _hosted("Rolling", "noisy")
BEHIND = NOISY + _hosted("Gain", "gain")


@pytest.fixture(scope="module")
def builds(fixture_plugins, tmp_path_factory) -> Callable[..., Path]:
    """Return a maker of plugin folders; of `kinds` the build that is louder by some dB."""
    place = tmp_path_factory.mktemp("plugins")

    def make(louder_db: float = 0.0, *kinds: str) -> Path:
        folder = place / f"{louder_db} {' '.join(kinds)}"
        for kind in ("gain", "rolling", "latency"):
            bundle = fixture_plugins(kind, louder_db if kind in kinds else 0.0)
            shutil.copytree(bundle, folder / bundle.name, dirs_exist_ok=True)
        return folder

    return make


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Callable[..., Path]:
    """Render a chain from an empty store, once a name."""
    place = tmp_path_factory.mktemp("renders")
    (place / "stems").mkdir()
    for seed, name in enumerate(["kick", "bass", "lead vox"]):
        samples = 0.05 * np.random.default_rng(seed).standard_normal((RATE_HZ, 2))
        soundfile.write(place / "stems" / f"{name}.wav", samples, RATE_HZ, "PCM_24")

    def make(name: str, text: str, plugins: Path) -> Path:
        chain, out, store = place / f"{name}.toml", place / name, place / f"store of {name}"
        chain.write_text(HEAD + text, encoding="utf-8")
        if not out.exists():
            words = ["render", place / "stems", chain, "-o", out, "--store", store]
            words += ["--plugin-path", plugins]
            assert run_told(app, [str(word) for word in words]) == 0
        return out

    return make


@pytest.fixture
def told(run, capsys) -> Callable[..., tuple[int, dict]]:
    """Run a command with --json: exit code and what it said."""

    def call(*words: object) -> tuple[int, dict]:
        capsys.readouterr()  # what rendering said
        said = run(*words, "--json")
        return said.code, json.loads(said.out)

    return call


def _levels(path: Path) -> tuple[float, float]:
    """Rms and peak in dBFS."""
    samples, _ = soundfile.read(path)
    rms, peak = math.sqrt(float(np.square(samples).mean())), float(np.abs(samples).max())
    return 20.0 * math.log10(rms), 20.0 * math.log10(peak)


LOUDER_DB = 0.01
RESIDUAL_DB = 20.0 * math.log10(10.0 ** (LOUDER_DB / 20.0) - 1.0)
"""What 0.01 dB leave of a signal: -58.8 dB."""


def test_a_build_a_hundredth_of_a_db_louder_is_exactly_that_step(told, rendered, builds) -> None:
    old, new = builds(), builds(LOUDER_DB, "gain")
    out = rendered("loud", LOUD, old)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    code, found = told("verify", out, "--plugins", new)
    assert (code, found["verdict"]) == (1, "changed")
    first = found["first"]
    assert (first["step"], first["kind"], first["repeatable"]) == ("low/gain", "plugin", True)
    downstream = ["low/after", "sum", "master/tone", "finish/main"]
    downstream += ["sum@tv", "master/tone@tv", "finish/tv"]
    assert found["differing"] == ["low/gain", *downstream]
    assert first["level_delta_db"] == pytest.approx(LOUDER_DB, abs=0.0011)
    assert first["loudness_delta_lu"] == pytest.approx(LOUDER_DB, abs=0.0011)
    rms, peak = _levels(out / "main.wav")
    assert first["rms_dbfs"] == pytest.approx(rms + RESIDUAL_DB, abs=0.05)
    assert first["peak_dbfs"] == pytest.approx(peak + RESIDUAL_DB, abs=0.1)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    code, found = told("diff", out, rendered("loud, new build", LOUD, new))
    assert (code, found["first_step"]) == (1, "low/gain")
    assert found["renderings"]["first"]["kind"] == "plugin"
    assert found["aligned"]["gain_db"] == pytest.approx(LOUDER_DB, abs=1e-4)


def test_one_culprit_is_told_and_what_follows_is_folded(run, rendered, builds) -> None:
    """0.01 dB of a mix at -24 dBFS rms leave -83: not tolerant, even where that is accepted."""
    out, new = rendered("loud", LOUD, builds()), builds(LOUDER_DB, "gain")
    said = run("verify", out, "--plugins", new, "--accept", "tolerant")
    assert said.code == 1
    assert "low/gain (plugin)" in said.out
    assert not [each for each in ("before", "late", "after", "rest", "tone") if each in said.out]


def test_tolerant_is_accepted_where_it_is_asked_for(told, rendered, builds) -> None:
    """30 dB softer the 0.01 dB leave -113 dBFS."""
    text = _linear(_eq("before"), _hosted("Gain", "gain"), _eq("after"), db=-30.0)
    out = rendered("soft", text, builds())
    for more, expected in (((), 1), (("--accept", "tolerant"), 0)):
        code, found = told("verify", out, "--plugins", builds(LOUDER_DB, "gain"), *more)
        assert (code, found["verdict"]) == (expected, "tolerant")
        assert (found["first"]["step"], found["first"]["kind"]) == ("low/gain", "plugin")


def test_a_step_that_never_repeats_is_judged_by_its_own_floor(told, rendered, builds) -> None:
    """Its noise is 0.001 times white, uniform: two renders differ by -61.8 dBFS rms."""
    code, found = told("verify", rendered("noisy", NOISY, builds()), "--plugins", builds())
    assert (code, found["verdict"]) == (0, "tolerant")
    first = found["first"]
    assert (first["step"], first["kind"], first["repeatable"]) == ("low/noisy", "host", False)
    assert found["not_repeatable"] == ["low/noisy"]
    expected = 20.0 * math.log10(1e-3 * math.sqrt(2.0 / 3.0))
    assert found["floor"]["rms_dbfs"] == pytest.approx(expected, abs=0.2)
    assert first["rms_dbfs"] == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize(
    ("louder_db", "verdict", "code"), [(0.01, "tolerant", 0), (1.0, "changed", 1)]
)
def test_another_build_of_it_is_held_to_that_floor(
    told, rendered, builds, louder_db: float, verdict: str, code: int
) -> None:
    """0.01 dB leave -82 dBFS under a floor of -62; 1 dB leaves -41."""
    out = rendered("noisy", NOISY, builds())
    found = told("verify", out, "--plugins", builds(louder_db, "rolling"))
    assert (found[0], found[1]["verdict"]) == (code, verdict)
    first = found[1]["first"]
    assert (first["step"], first["kind"], first["repeatable"]) == ("low/noisy", "plugin", False)


def test_what_changed_behind_it_is_named_and_has_no_floor_of_its_own(
    told, rendered, builds
) -> None:
    """Within the noise of the step before, and still not the plugin that made the master."""
    out = rendered("behind", BEHIND, builds())
    code, found = told("verify", out, "--plugins", builds(0.01, "gain"))
    assert (code, found["verdict"]) == (1, "tolerant")
    first = found["first"]
    assert (first["step"], first["kind"], first["repeatable"]) == ("low/gain", "plugin", True)
    assert found["not_repeatable"] == ["low/noisy"]


def test_a_master_that_left_its_floor_is_a_failure_that_names_it(told, rendered, builds) -> None:
    out = rendered("noisy", NOISY, builds())
    moved = out.parent / "hummed"
    shutil.copytree(out, moved)
    samples, rate_hz = soundfile.read(moved / "main.wav")
    hum = 0.01 * np.sin(2 * np.pi * 1000 * np.arange(len(samples)) / rate_hz)
    soundfile.write(moved / "main.wav", samples + hum[:, None], rate_hz, "PCM_24")
    code, found = told("verify", moved, "--plugins", builds())
    assert (code, found["verdict"]) == (1, "changed")
    assert (found["first"]["step"], found["first"]["repeatable"]) == ("low/noisy", False)


def test_diff_learns_the_floor_from_a_third_render(told, rendered, builds) -> None:
    a, again, b = (rendered(name, NOISY, builds()) for name in ("noisy", "again", "b"))
    louder = rendered("boosted", NOISY.replace("gain_db = -2", "gain_db = 2"), builds())
    assert told("diff", a, b)[0] == 1
    code, found = told("diff", a, b, "--floor", again)
    assert (code, found["verdict"], found["first_step"]) == (0, "tolerant", "low/noisy")
    assert found["renderings"]["first"]["kind"] == "not_repeatable"
    code, found = told("diff", a, louder, "--floor", again)
    assert (code, found["verdict"], found["first_step"]) == (1, "changed", "low/before")
