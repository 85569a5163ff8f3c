"""The chains that come along: each masters the demo song, to its target and without a warning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import chains
from bridge.demo.song import write_song
from bridge.gathering import Cancel, Silent, link
from bridge.hosting import host
from bridge.metering import measure
from bridge.rendering import Context, Rendering, render
from bridge.storing import Store
from chains import Chain, Plugin, load
from sessions import Session, read

pytestmark = pytest.mark.usefixtures("prepared_once")

SECONDS = 4.0
NATIVE = ("transparent", "loud", "gentle", "vinyl", "vocal-forward", "dance", "template", "demo")
DEEPEST_DB = -12.0
"""No insert of a library chain works harder than this on the demo song."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("song")
    write_song(folder, SECONDS)
    return read(folder)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("library") / "store")


def mastered(session: Session, chain: Chain, store: Store) -> tuple[Context, Rendering]:
    plan = link(session, chain, store)
    context = Context(plan, store, host(plan.engine.host), Silent(), Cancel(), 2)
    return context, render(context)


def holds_its_target(chain: Chain, made: Rendering) -> None:
    assert chain.target is not None
    assert [output.version for output in made.outputs] == ["main", *(v.id for v in chain.versions)]
    main, *others = (measure(output.path) for output in made.outputs)
    assert main.integrated_lufs == pytest.approx(chain.target.integrated_lufs, abs=0.1)
    for found in (main, *others):
        assert found.true_peak_dbtp <= chain.target.true_peak_dbtp
        assert found.integrated_lufs > main.integrated_lufs - 8.0
    assert made.reached


def test_every_chain_of_the_library_is_masters_below() -> None:
    assert {path.stem for path in chains.LIBRARY.glob("*.toml")} == {*NATIVE, "zam"}


@pytest.mark.parametrize("name", NATIVE)
def test_a_native_chain_masters_the_demo_song_to_its_target(
    session: Session, store: Store, name: str
) -> None:
    chain = load(chains.LIBRARY / f"{name}.toml")
    context, made = mastered(session, chain, store)
    assert all(lane.stems for lane in context.plan.lanes)
    assert [said.code for said in made.diagnostics if said.severity != "note"] == []
    holds_its_target(chain, made)
    for step in made.steps:
        assert all(gain is None or gain > DEEPEST_DB for gain in step.lowest_gain_db), step.id


def test_all_on_zam_masters_the_demo_song_to_its_target(
    session: Session, store: Store, zam: Callable[[str], Path]
) -> None:
    chain = load(chains.LIBRARY / "zam.toml")
    inserts = [row for group in chain.groups for row in group.inserts] + list(chain.master)
    for insert in inserts:
        assert isinstance(insert.settings, Plugin)
        zam(str(insert.settings.plugin))
    _, made = mastered(session, chain, store)
    told = {said.code for said in made.diagnostics if said.severity != "note"}
    assert told <= {"hot_input"}
    holds_its_target(chain, made)
