"""What the locks of two renders tell: the order of inserts; and nothing where one is unreadable."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.comparing import diff

pytestmark = pytest.mark.usefixtures("no_report_in_module", "prepared_once")

FIRST = '  [[group.insert]]\n  id = "one"\n  use = "saturation"\n  drive_db = 6.0\n'
SECOND = '  [[group.insert]]\n  id = "two"\n  use = "plugin"\n  plugin = "Fixture Gain"\n'
THIRD = '  [[group.insert]]\n  id = "three"\n  use = "compressor"\n  threshold_db = -30.0\n'
GROUP = 'schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n'
LAST = '[[master.insert]]\nid = "tone"\nuse = "gain"\ngain_db = -1.0\n'


@pytest.fixture(scope="module")
def rendered(fixture_plugins, tmp_path_factory) -> Callable[[str], Path]:
    """Render the bass through a chain, once a chain; one store for all."""
    place = tmp_path_factory.mktemp("locks")
    plugins, stems = place / "plugins", place / "stems"
    shutil.copytree(fixture_plugins("gain"), plugins / fixture_plugins("gain").name)
    stems.mkdir()
    samples = 0.02 * np.random.default_rng(7).standard_normal((24000, 2))
    soundfile.write(stems / "bass.wav", samples, 48000, "PCM_24")
    known: dict[str, Path] = {}

    def make(text: str) -> Path:
        if text not in known:
            chain, out = place / f"{len(known)}.toml", place / f"out {len(known)}"
            chain.write_text(text)
            words = ["render", stems, chain, "-o", out, "--store", place / "store"]
            assert run_told(app, [str(each) for each in [*words, "--plugin-path", plugins]]) == 0
            known[text] = out
        return known[text]

    return make


@pytest.fixture
def render(rendered, tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, *inserts: str) -> Path:
        return shutil.copytree(rendered(GROUP + "".join(inserts) + LAST), tmp_path / name)

    return make


LOUD = SECOND + '  params = { "Gain" = "6.0 dB" }\n'
LOUDER = SECOND + '  params = { "Gain" = "7.0 dB" }\n'


@pytest.mark.parametrize(
    ("inserts", "kind", "name"),
    [
        ((FIRST, THIRD, LOUD), "order", "all order"),
        ((THIRD, LOUD, FIRST), "order", "all order"),
        ((FIRST, LOUDER, THIRD), "insert", "all/two"),
        ((FIRST.replace("6.0", "5.0"), THIRD, LOUD), "insert", "all/one"),
        ((FIRST, THIRD), "insert", "all/two"),
    ],
)
def test_inserts_that_changed_places_are_said_to_have(render, inserts, kind, name) -> None:
    renderings = diff(render("a", FIRST, LOUD, THIRD), render("b", *inserts)).renderings
    assert renderings is not None
    assert renderings.first is not None
    assert (renderings.first.kind, renderings.first.name) == (kind, name)


@pytest.mark.parametrize("content", ["", "garbage", "[]", '{"sources": [1]}', None])
def test_no_cause_is_claimed_from_a_lock_that_cannot_be_read(render, content) -> None:
    a = render("a", FIRST, LOUD)
    same, other = shutil.copytree(a, a.with_name("same")), render("b", FIRST, LOUD, THIRD)
    if content is None:
        (a / "chain.lock").unlink()
    else:
        (a / "chain.lock").write_text(content)
    found = diff(a, same).renderings
    assert found is not None
    assert (found.first, found.differing) == (None, ())
    assert [each.partition(":")[0] for each in found.engine] == ["A's lock is not compared"]
    assert [each.same for each in found.groups] == [True]
    found = diff(other, a).renderings
    assert found is not None
    assert found.first is not None
    assert (found.first.kind, found.first.name) == ("insert", "all/three")
    assert [each.partition(":")[0] for each in found.engine] == ["B's lock is not compared"]
