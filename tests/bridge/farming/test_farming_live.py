"""A farm of real processes: killed, crashed and hung plugins, a scheduler that dies; every song
ends as it does alone, or with a named error."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import soundfile

from bridge.farming import CANCEL, SUBMIT, Farm, asked
from bridge.hosting import HostedInsert, PrepareJob, RunJob, host, scan
from bridge.plugins import Moved, Wanted
from live_farm import LiveFarm, end, free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, prctl")


@pytest.fixture(scope="module")
def farm(
    fixture_plugins: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveFarm]:
    place = tmp_path_factory.mktemp("farm")
    offered = place / "plugins"
    offered.mkdir()
    for kind in ("gain", "crash-process", "hang-process"):
        bundle = fixture_plugins(kind)
        (offered / bundle.name).symlink_to(bundle)
    with ExitStack() as held:
        yield LiveFarm(place, offered, held)


@pytest.fixture(scope="module")
def jobs(
    fixture_plugins: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Make a job whose first stem goes through a fixture plugin, and another through gain."""

    def made(name: str, kind: str = "gain", gain_db: float = -3.0, seconds: float = 0.5) -> Path:
        folder = tmp_path_factory.mktemp(name)
        stems = folder / "stems"
        stems.mkdir()
        rng = np.random.default_rng(len(name))
        for stem in ("kick", "bass"):
            samples = 0.05 * rng.standard_normal((int(48000 * seconds), 2))
            soundfile.write(stems / f"{stem}.wav", samples, 48000, "PCM_24")
        settings = f'params = {{ "Gain" = "{gain_db} dB" }}' if kind == "gain" else ""
        (folder / "chain.toml").write_text(
            "schema = 1\n"
            + '[[group]]\nid = "one"\nstems = ["kick"]\n[[group.insert]]\nuse = "plugin"\n'
            + f'plugin = "{fixture_plugins(kind)}"\n{settings}\n'
            + '[[group]]\nid = "two"\nstems = ["*"]\n[[group.insert]]\nuse = "plugin"\n'
            + f'plugin = "{fixture_plugins("gain")}"\nparams = {{ "Gain" = "{gain_db - 1} dB" }}\n'
            + "[target]\nintegrated_lufs = -20.0\n"
        )
        (folder / "job.toml").write_text('schema = 1\nchain = "chain.toml"\nstems = "stems"\n')
        return folder

    return made


def _hash_alone(run: Callable[..., Any], job: Path, store: Path) -> str:
    said = run("render", job, "-o", job / "alone", "--store", store, "--excerpt", "--json")
    assert said.code == 0, said.out
    return str(json.loads(said.out)["outputs"][0]["pcm_sha256"])


def test_a_song_rendered_on_the_farm_is_the_song_rendered_here(farm, jobs, run, tmp_path):
    job = jobs("plain")
    store = ("--store", tmp_path / "client")
    said = run("render", job, "--farm", farm.address, *store, "--excerpt", "--json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert sum(told["machines"].values()) == 4, "two inserts set up, two run"
    assert told["outputs"][0]["pcm_sha256"] == _hash_alone(run, job, tmp_path / "alone")


def test_a_setting_that_moves_moves_on_the_farm_as_here(farm, fixture_plugins, tmp_path):
    bundle = fixture_plugins("gain")
    (plugin,) = scan([Wanted(path=bundle)], [bundle.parent], None, trusted=[bundle.parent]).plugins
    local, client = host("dawdreamer"), Farm(farm.address)
    try:
        prepared = local.prepare(PrepareJob(plugin, step_id="a/gain"))
        (tmp_path / "in").write_bytes(np.full((48000, 2), 0.25, "<f4").tobytes())
        values = tuple(enumerate(np.linspace(0.2, 0.8, 94).tolist()))
        made = []
        for name, engine in (("here", local), ("there", client.hosting(local))):
            insert = HostedInsert(
                "a/gain",
                plugin,
                raw_params=prepared.raw_params,
                expected_latency_frames=prepared.latency_frames,
                moved=(Moved("Gain", values),),
            )
            engine.run(RunJob(insert, tmp_path / "in", tmp_path / name, 48000, 48000))
            made.append((tmp_path / name).read_bytes())
    finally:
        client.close()
    assert made[0] == made[1]
    assert len({*np.frombuffer(made[0], "<f4")[::2]}) > 50


def test_a_plugin_that_crashes_fails_its_song_alone_and_is_named(farm, jobs, run, tmp_path):
    bad, good = jobs("bad", "crash-process"), jobs("good", gain_db=-5.0)
    for job in (bad, good):
        asked(farm.address, None, SUBMIT, songs=[[str(job), None]])
    failed, done = farm.over(bad, good)
    assert (failed["state"], failed["code"], done["state"]) == ("failed", 4, "done"), (
        failed,
        done,
    )
    (error,) = failed["errors"]
    assert error["kind"] == "plugin_crashed"
    assert error["message"].startswith(f"on {error['where']['machine']}: ")
    assert (error["where"]["group"], error["where"]["machine"]) in {("one", "one"), ("one", "two")}
    assert done["outputs"][0]["pcm_sha256"] == _hash_alone(run, good, tmp_path)


def test_a_client_of_dask_has_no_code_of_its_own_run(farm):
    """Dask itself would run it; here scheduler and workers refuse, and go on."""
    code = (
        "import os, sys, asyncio, logging\n"
        "logging.disable()\n"
        "from distributed import Client\n"
        f"client = Client({farm.address!r}, timeout=5)\n"
        "def tried(work):\n"
        "    try:\n"
        "        return repr(work())\n"
        "    except BaseException as error:\n"
        "        return 'refused'\n"
        "print(tried(lambda: client.run_on_scheduler(os.getpid)))\n"
        "print(tried(lambda: client.run(os.getpid)))\n"
        "print(tried(lambda: client.submit(os.getpid, pure=False).result(timeout=5)))\n"
        "tried(lambda: client.retire_workers(close_workers=True))\n"
        "tried(lambda: client.shutdown())\n"
        "os._exit(0)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert found.stdout.split() == ["refused"] * 3, found.stderr[-2000:]
    time.sleep(1.0)
    assert farm.scheduler.poll() is None
    farm.wait(lambda: len(farm.status()["machines"]) == 2)


def test_a_queue_has_one_scheduler_and_a_port_one_listener(farm, run):
    queue = ("--queue", farm.place / "queue", "--store", farm.place / "songs")
    other = run("farm", "scheduler", "--port", free_port(), "--dashboard-port", 0, *queue)
    assert other.code == 3
    assert "the queue is in use by" in other.err
    port = farm.address.rpartition(":")[2]
    for words in (("scheduler",), ("local",)):
        own = ("--queue", farm.place / "other queue", "--dashboard-port", 0)
        said = run("farm", *words, "--port", port, *own)
        assert said.code == 3, words
        assert f"no scheduler can listen at 127.0.0.1:{port}" in said.err


def test_what_no_machine_has_is_refused_before_anything_is_rendered(
    farm, jobs, run, tmp_path, fixture_plugins
):
    job = jobs("absent", "nan")
    said = run("render", job, "--farm", farm.address, "--store", tmp_path, "--json")
    assert said.code == 3
    (error,) = json.loads(said.out)["errors"]
    assert error["kind"] == "not_on_farm"
    assert "Fixture Nan (one/plugin): one has it not; two has it not" in error["message"]
    chain = job / "chain.toml"
    chain.write_text(
        chain.read_text()
        .replace(str(fixture_plugins("nan")), str(fixture_plugins("gain", 0.01)))
        .replace(str(fixture_plugins("gain")) + '"', str(fixture_plugins("gain", 0.01)) + '"')
    )
    said = run("render", job, "--farm", farm.address, "--store", tmp_path, "--json")
    assert "one has another binary of it" in json.loads(said.out)["errors"][0]["message"]


def test_a_worker_that_is_killed_costs_no_song(farm, jobs, run, tmp_path):
    job = jobs("killed", gain_db=-7.0, seconds=10.0)
    asked(farm.address, None, SUBMIT, songs=[[str(job), None]])
    farm.wait(lambda: any(each["at_work"] for each in farm.status()["machines"]))
    (name,) = [each["machine"] for each in farm.status()["machines"] if each["at_work"]][:1] or [
        "one"
    ]
    farm.workers[name].send_signal(signal.SIGKILL)
    farm.workers[name].wait()
    farm.workers[name] = farm.begin_worker(name)
    (song,) = farm.over(job)
    assert song["state"] == "done", song
    assert song["outputs"][0]["pcm_sha256"] == _hash_alone(run, job, tmp_path)


def test_a_scheduler_that_is_killed_goes_on_with_its_queue(farm, jobs, run, tmp_path):
    first, second = jobs("first", gain_db=-8.0, seconds=10.0), jobs("second", gain_db=-9.0)
    for job in (first, second):
        asked(farm.address, None, SUBMIT, songs=[[str(job), None]])
    farm.wait(lambda: farm.song(first)["state"] == "working")
    farm.scheduler.send_signal(signal.SIGKILL)
    farm.scheduler.wait()
    farm.scheduler = farm.begin_scheduler()
    for job, song in zip((first, second), farm.over(first, second), strict=True):
        assert song["state"] == "done", song
        assert song["outputs"][0]["pcm_sha256"] == _hash_alone(run, job, tmp_path / job.name)
    assert len(farm.status()["songs"]) == len({each["id"] for each in farm.status()["songs"]})


def test_a_hanging_plugin_is_ended_with_its_song_and_gives_its_place_back(
    farm, jobs, run, tmp_path
):
    job = jobs("hung", "hang-process")
    words = ("--farm", farm.address, "--store", tmp_path, "--plugin-timeout", 3, "--json")
    said = run("render", job, *words)
    assert said.code == 4
    assert [each["kind"] for each in json.loads(said.out)["errors"]] == ["plugin_hung"]
    farm.wait(lambda: not any(each["at_work"] for each in farm.status()["machines"]))
    for worker in farm.workers.values():
        assert psutil.Process(worker.pid).children(recursive=True) == []


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="limits files by prlimit")
def test_a_machine_whose_disk_is_full_is_passed_over_and_named(farm, jobs, run, tmp_path):
    job = jobs("full", gain_db=-12.0)
    tiny = farm.begin_worker("tiny", 1 << 20)
    farm.wait(lambda: len(farm.status()["machines"]) == 3)
    words = ("--farm", farm.address, "--excerpt", "--json")
    for name in ("one", "two"):
        farm.workers[name].send_signal(signal.SIGSTOP)
    said = None
    try:
        farm.wait(lambda: any(each["machine"] == "tiny" for each in farm.status()["machines"]))
        resume = threading.Timer(3.0, lambda: [_go_on(each) for each in farm.workers.values()])
        resume.start()
        said = run("render", job, "--store", tmp_path / "with others", *words)
        resume.join()
    finally:
        for each in farm.workers.values():
            _go_on(each)
    assert said.code == 0, said.out
    for name in ("one", "two"):
        end(farm.workers[name])
    farm.wait(lambda: len(farm.status()["machines"]) == 1)
    said = run("render", job, "--store", tmp_path / "alone", *words)
    assert said.code == 3
    assert json.loads(said.out)["errors"][0]["message"].startswith("on tiny: no space left")
    end(tiny)
    for name in ("one", "two"):
        farm.workers[name] = farm.begin_worker(name)
    farm.wait(lambda: {each["machine"] for each in farm.status()["machines"]} == {"one", "two"})


def _go_on(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGCONT)


def test_a_floating_seat_was_never_used_twice_at_once(farm):
    """Over everything above: two machines with two threads each, one seat."""
    (seat,) = farm.status()["seats"]
    assert (seat["licence"], seat["of"]) == ("gain, studio wide", 1)
    assert seat["taken"] >= 10
    assert seat["most_at_once"] == 1


def test_a_song_is_cancelled_once_and_handed_in_once(farm, jobs, run):
    job = jobs("cancelled", gain_db=-11.0, seconds=10.0)
    asked(farm.address, None, SUBMIT, songs=[[str(job), None]])
    said = run("farm", "submit", farm.address, job)
    assert said.code == 2
    assert "in the queue already" in said.err
    assert [each["job"] for each in asked(farm.address, None, CANCEL, named=str(job))["cancelled"]]
    farm.wait(lambda: farm.song(job)["state"] == "cancelled")
    assert run("farm", "cancel", farm.address, job).code == 2
    assert not (job / "draft").exists()
