"""`render --locked` refuses every change to hosted inserts, order, keys, trims and sends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("no_report", "prepared_once")

STEMS_RATE_HZ = 24000


TEXT = """
[[group]]
id = "low"
stems = ["kick", "bass"]
trim_db = -1.0
sends = { plate = -12.0 }
  [[group.insert]]
  id = "late"
  use = "plugin"
  plugin = "Fixture Latency"
  [[group.insert]]
  id = "gain"
  use = "plugin"
  plugin = "Fixture Gain"
  mix = 0.9
  [[group.insert]]
  id = "body"
  use = "eq"
  bands = [{ shape = "bell", hz = 300, gain_db = -2 }]
  [[group.insert]]
  id = "less"
  use = "gain"
  gain_db = -2.0
[[group]]
id = "rest"
stems = ["*"]
  [[group.insert]]
  id = "duck"
  use = "compressor"
  key = "low"
[[return]]
id = "plate"
gain_db = -6.0
[[master.insert]]
id = "glue"
use = "compressor"
[[master.insert]]
id = "tone"
use = "gain"
gain_db = -1.0
"""
LATE = '  id = "late"\n  use = "plugin"\n  plugin = "Fixture Latency"\n'
GAIN = '  id = "gain"\n  use = "plugin"\n  plugin = "Fixture Gain"\n  mix = 0.9\n'
GLUE = '[[master.insert]]\nid = "glue"\nuse = "compressor"\n'
TONE = '[[master.insert]]\nid = "tone"\nuse = "gain"\ngain_db = -1.0\n'
DUCK = '  [[group.insert]]\n  id = "duck"\n  use = "compressor"\n  key = "low"\n'


def _swapped(first: str, between: str, second: str) -> tuple[str, str]:
    return first + between + second, second + between + first


CHANGES = {
    "mix": ("mix = 0.9", "mix = 0.5", "low/gain mix"),
    "side": ("mix = 0.9", 'mix = 0.9\n  on = "side"', "low/gain on"),
    "latency": ("mix = 0.9", "mix = 0.9\n  latency_samples = 100", "low/gain latency_samples"),
    "order": (*_swapped(LATE, "  [[group.insert]]\n", GAIN), "low order"),
    "order of built-ins": (*_swapped(GLUE, "", TONE), "master order"),
    "first of a run": ("gain_db = -2 }", "gain_db = -3 }", "low/body bands[0].gain_db"),
    "key": ('key = "low"', "", "rest/duck key"),
    "trim": ("trim_db = -1.0", "trim_db = -1.5", "low trim"),
    "send": ("plate = -12.0", "plate = -11.0", "low sends"),
    "fader of a return": ("gain_db = -6.0", "gain_db = -7.0", "plate fader"),
    "gone": (DUCK, "", "rest/duck"),
}


@pytest.fixture
def locked(
    run, stems, chain, fixture_plugins, made_once, tmp_path
) -> Callable[[str], tuple[int, dict]]:
    """Lock TEXT, then hold a chain to it; nothing is rendered where that is refused."""
    out, plugins = tmp_path / "out", tmp_path / "plugins"
    more = ("-o", out, "--plugin-path", plugins)

    def make() -> None:
        for kind in ("gain", "latency"):
            bundle = fixture_plugins(kind)
            shutil.copytree(bundle, plugins / bundle.name)
        assert run("lock", stems, chain(TEXT), *more).code == 0

    made_once("locked inserts", tmp_path, make)

    def call(text: str) -> tuple[int, dict]:
        before = (out / "chain.lock").read_bytes()
        said = run("render", stems, chain(text), *more, "--locked", "--json")
        if said.code:
            assert (out / "chain.lock").read_bytes() == before
            assert not (out / "main.wav").exists()
        return said.code, json.loads(said.out)

    return call


def _told(found: dict) -> list[tuple[str, str]]:
    return [(each["kind"], each["where"]["path"]) for each in found["errors"]]


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_refused_by_its_name_and_told_once(locked, name: str) -> None:
    was, now, path = CHANGES[name]
    assert was in TEXT
    code, found = locked(TEXT.replace(was, now, 1))
    assert (code, _told(found)) == (1, [("chain_differs", path)])


def test_every_change_is_listed_in_signal_order(locked) -> None:
    text = TEXT
    for name in ("fader of a return", "send", "key", "mix", "trim"):
        was, now, _ = CHANGES[name]
        text = text.replace(was, now, 1)
    code, found = locked(text)
    expected = ["low trim", "low/gain mix", "low sends", "rest/duck key", "plate fader"]
    assert (code, [path for _, path in _told(found)]) == (1, expected)
    assert found["errors"][0]["message"] == "low trim was -1 dB and is -1.5 dB"


def test_the_key_of_a_hosted_insert_is_held(locked) -> None:
    """The gain has no side-chain input: what it is given to hear is held all the same."""
    code, found = locked(TEXT.replace("mix = 0.9", 'mix = 0.9\n  key = "rest"').replace(DUCK, ""))
    assert code == 1
    assert ("chain_differs", "low/gain key") in _told(found)


def test_as_locked_it_is_rendered_whole_and_in_part(locked, run, stems, chain, tmp_path) -> None:
    assert locked(TEXT)[0] == 0
    more = ("-o", tmp_path / "out", "--plugin-path", tmp_path / "plugins", "--locked")
    assert run("render", stems, chain(TEXT), *more, "--range", "0.2:0.6").code == 0


def test_a_lock_that_holds_no_mixer_is_damaged(locked, tmp_path: Path) -> None:
    path = tmp_path / "out" / "chain.lock"
    lock = json.loads(path.read_text())
    del lock["mixer"]
    path.write_text(json.dumps(lock))
    code, found = locked(TEXT)
    assert (code, _told(found)) == (2, [("bad_lock", "mixer")])
