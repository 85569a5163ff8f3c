"""A plugin that goes on loading by itself for 0.3 s ("waking"): probed, then waited for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.bouncing import Hosting, dialect_of, planned, print_stems
from bridge.hosting import scan
from bridge.plugins import Wanted
from bridge.road import FinishedAgain
from bridge.storing import Store
from chains import load
from sessions import Clip, Device, Media, Session, Track
from sessions.states.device_states import vst3

pytestmark = pytest.mark.usefixtures("no_report")

RATE_HZ, FRAMES = 48_000, 24_000
CHAIN = """
[engine]
tail_s = 0
[[group]]
id = "all"
stems = ["*"]
[[group.insert]]
id = "piano"
use = "plugin"
plugin = "Fixture Waking"
"""


class Song:
    """A stem, a chain with one plugin, and a store that has the plugin's card."""

    def __init__(self, folder: Path, run: Callable[..., object]) -> None:
        self.folder = folder
        self.stems, self.chain = folder / "stems", folder / "chain.toml"
        self.store = folder / "store"
        self.more = ("--plugin-path", folder / "plugins")
        self.run = run

    def make(self, whole: Path) -> None:
        shutil.copytree(whole, self.folder / "plugins" / whole.name)
        self.stems.mkdir()
        noise = np.random.default_rng(1).uniform(-0.5, 0.5, (FRAMES, 2))
        soundfile.write(self.stems / "keys.wav", noise, RATE_HZ, "PCM_24")
        self.chain.write_text("schema = 1\n" + CHAIN)
        probed = self.run(
            "plugins", "probe", "Fixture Waking", *self.more, "--store", self.store, "--json"
        )
        (card,) = json.loads(probed.out)["cards"]
        assert card["warm_up_s"] in (0.5, 1.0)  # of 0.25 and 0.5 s: the machine may be busy

    def session(self) -> Session:
        """A track that plays the stem through the plugin."""
        bundle = self.folder / "plugins/Fixture Waking.vst3"
        (plugin,) = scan([Wanted(path=bundle)], [], trusted=[bundle]).plugins
        state = vst3(plugin.class_id, b"")
        device = Device(plugin.name, "", "VST3", plugin.class_id, state=state)
        media = Media(self.stems / "keys.wav", None, RATE_HZ, 2, FRAMES, "WAV", "PCM_24")
        clip = Clip(media=media, length_s=FRAMES / RATE_HZ)
        track = Track("keys", "keys", clips=(clip,), devices=(device,))
        return Session("reaper", None, RATE_HZ, (track,))

    def render(self, *more: object, store: str = "store"):
        return self.run(
            *("render", self.stems, self.chain, "-o", self.folder / "out", "--subtype", "float32"),
            *(*self.more, "--store", self.folder / store, *more),
        )

    def lock(self) -> dict:
        return json.loads((self.folder / "out/chain.lock").read_text())

    def heard(self, path: str) -> np.ndarray:
        return soundfile.read(self.folder / path, dtype="float32")[0]

    @property
    def loaded(self) -> np.ndarray:
        """What the plugin makes of the stem once it is loaded: half of it."""
        return self.heard("stems/keys.wav") * np.float32(0.5)


@pytest.fixture
def song(run, fixture_plugins, made_once, tmp_path) -> Song:
    made = Song(tmp_path, run)
    made_once("a song with a probed plugin", tmp_path, lambda: made.make(fixture_plugins("waking")))
    return made


def test_a_render_waits_as_the_card_says_and_verify_as_the_lock_says(song: Song) -> None:
    assert song.render().code == 0
    assert np.array_equal(song.heard("out/main.wav"), song.loaded)
    (row,) = song.lock()["plugins"]
    assert row["warm_up_s"] in (0.5, 1.0)
    assert f"warm_up_s = {row['warm_up_s']}" in (song.folder / "out/chain.toml").read_text()
    verified = song.run("verify", song.folder / "out", "--plugins", song.more[1], "--json")
    assert (verified.code, json.loads(verified.out)["verdict"]) == (0, "exact")


def test_another_wait_is_a_difference_that_has_a_name(song: Song) -> None:
    assert (
        song.run(
            "lock",
            song.stems,
            song.chain,
            "-o",
            song.folder / "out",
            *song.more,
            "--store",
            song.store,
            "--subtype",
            "float32",
        ).code
        == 0
    )
    refused = song.render("--locked", "--json", store="empty")
    (error,) = json.loads(refused.out)["errors"]
    assert (refused.code, error["kind"]) == (1, "chain_differs")
    assert error["where"]["path"] == "all/piano warm_up_s"


def test_pages_of_a_folder_wait_as_its_lock_says_whatever_cards_there_are(song: Song) -> None:
    out = song.folder / "out"
    song.run("lock", song.stems, song.chain, "-o", out, *song.more, "--store", song.store)
    (row,) = song.lock()["plugins"]
    again = FinishedAgain(out, Store(song.folder / "without a card"), song.more[1:])
    (step,) = again.plan(load(song.chain)).hosted
    assert step.warm_up_s == row["warm_up_s"] > 0


def test_without_a_card_the_chain_says_it_or_the_silence_is_told(song: Song) -> None:
    late = song.render(store="empty")
    assert late.code == 4
    assert "plugins probe" in late.err
    song.chain.write_text(song.chain.read_text() + "warm_up_s = 1\n")
    assert song.render(store="empty").code == 0
    assert np.array_equal(song.heard("out/main.wav"), song.loaded)


def test_a_bounce_waits_too(song: Song) -> None:
    session = song.session()
    bounce = planned(session, dialect_of(session))
    hosting = Hosting(
        Store(song.store), plugin_folders=song.more[1:]
    )  # those of the system are many
    print_stems(bounce, song.folder / "printed", hosting=hosting)
    assert np.array_equal(song.heard("printed/keys.wav")[:FRAMES], song.loaded)
