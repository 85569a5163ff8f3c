"""Which song is next, who has which seat, what a machine offers."""

from __future__ import annotations

import asyncio
import json
import pickle
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.farming.client import Farm
from bridge.farming.foreman import Foreman, Renders
from bridge.farming.ledger import SeatLedger, seats_used
from bridge.farming.offer import Offer, Seat, offer_from_json, read_seats, resource_of
from bridge.farming.operations import PrepareAsked, RunAsked
from bridge.farming.queue import Queue
from bridge.farming.safety import ForeignCodeError, guard_process
from bridge.hosting import HostedInsert, PrepareJob, RunJob
from bridge.plugins import Catalogue, Plugin
from stemwright.problems import InputError


def _in(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def test_of_two_builds_that_of_the_last_master_is_taken_and_both_are_there(monkeypatch):
    """Without it the draft of an unchanged song would be another one when a machine joins."""
    builds = [
        Plugin("Comp", "Maker", "1", "VST3", "A" * 32, Path(f"/{each}"), each * 64) for each in "ab"
    ]
    offers = [Offer(f"m{each.path.name}", "linux", {}, (each,)) for each in builds]
    farm = object.__new__(Farm)
    monkeypatch.setattr(farm, "offers", lambda: offers, raising=False)
    for preferred in ("a", "b"):
        monkeypatch.setattr(farm, "_preferred", {preferred * 64}, raising=False)
        found = farm.known(Catalogue()).plugins
        assert [each.binary_hash[0] for each in found] == sorted("ab", key=lambda x: x != preferred)


def test_all_that_a_host_is_told_goes_to_the_machine_that_hosts():
    """What is left behind would be hosted without, and nobody would say so."""
    told = {each.name for kind in (HostedInsert, RunJob) for each in fields(kind)}
    own = {"plugin": "class_id", "key_input": "key"}
    here = {"insert", "output"}
    assert {own.get(name, name) for name in told - here} <= {*RunAsked.model_fields}
    prepared = {own.get(each.name, each.name) for each in fields(PrepareJob)}
    assert prepared <= {*PrepareAsked.model_fields}


def test_what_is_due_first_is_first_and_no_song_waits_for_ever(tmp_path):
    queue = Queue(tmp_path)
    undated = queue.add("/undated", None)
    late, soon = queue.add("/late", _in(72)), queue.add("/soon", _in(3))
    assert [each.job for each in queue.songs()] == ["/soon", "/undated", "/late"]
    assert soon.priority > undated.priority > late.priority
    handed_in_later = queue.add("/later", _in(49))
    assert undated.priority > handed_in_later.priority, "its own time comes, whatever is added"


def test_a_queue_is_what_it_was_when_it_is_opened_again(tmp_path):
    queue = Queue(tmp_path)
    songs = [queue.add(f"/{name}", _in(1)) for name in "abc"]
    assert [*Queue(tmp_path).songs()] == [*queue.songs()]
    renders = Renders("tcp://127.0.0.1:1", None, tmp_path, at_once=0, jobs=1)
    queue.keep(replace(songs[0], state="working", tries=1))
    Foreman(again := Queue(tmp_path), renders)
    assert {each.state for each in again.songs()} == {"waiting"}


def test_a_seat_goes_to_who_asked_first_and_comes_back_with_its_worker(tmp_path, monkeypatch):
    monkeypatch.setattr("bridge.farming.ledger._SETTLING_S", 0.0)
    ledger = SeatLedger(tmp_path / "log")

    def take(ticket: str, worker: str) -> bool:
        asked = ledger.take("synth", 1, ticket, worker, "step")
        return bool(asyncio.run(asked)["taken"])

    assert take("a", "one")
    assert take("a", "one"), "asking twice takes no second"
    assert not take("b", "two")
    assert not take("c", "three")
    ledger.remove_worker(None, "one", stimulus_id="")
    assert not take("c", "three"), "b asked before"
    assert take("b", "two")
    asyncio.run(ledger.give_back("synth", "b"))
    asyncio.run(ledger.give_back("synth", "b"))
    assert take("c", "three")
    asyncio.run(ledger.close())
    (seat,) = seats_used(tmp_path / "log")
    assert seat == {"licence": "synth", "of": 1, "most_at_once": 1, "taken": 3}


def test_seats_that_are_no_seats_are_told_all_at_once(tmp_path):
    path = tmp_path / "seats.toml"
    path.write_text('schema = 1\n[[seat]]\nplugin = "X"\ncount = -1\nsort = "dongle"\n')
    with pytest.raises(InputError) as told:
        read_seats(path)
    assert len(told.value.problems) == 2
    path.write_text("schema = 1\n[[seat")
    with pytest.raises(InputError):
        read_seats(path)
    with pytest.raises(InputError):
        read_seats(tmp_path / "none.toml")


def test_other_binaries_hosts_and_seats_are_other_resources():
    def plugin(binary: str) -> Plugin:
        return Plugin("Comp", "Maker", "1", "VST3", "A" * 32, Path("/x"), binary * 64)

    one, other = plugin("a"), plugin("b")
    names = {
        resource_of(each, engine, version)
        for each in (one, other)
        for engine, version in (("dawdreamer", "1"), ("dawdreamer", "2"), ("pedalboard", "1"))
    }
    assert len(names) == 6
    seat = Seat(plugin="comp", count=2)
    offer = Offer("mac", "darwin", {"dawdreamer": "1"}, (one,), (seat,))
    assert offer.resources() == {resource_of(one, "dawdreamer", "1"): 2.0}
    told = offer_from_json(json.loads(json.dumps(offer.as_json())))
    assert told.resources() == offer.resources()
    assert "/x" not in json.dumps(offer.as_json())


class _Evil:
    def __reduce__(self):
        import os

        return os.system, ("true",)


def test_a_message_that_names_other_code_is_refused(monkeypatch):
    import distributed.protocol.pickle as of_dask

    monkeypatch.setattr(of_dask, "pickle", of_dask.pickle)
    guard_process()
    assert of_dask.loads(pickle.dumps({"a": [1, b"2", (3.0, None)]})) == {
        "a": [1, b"2", (3.0, None)]
    }
    for evil in (_Evil(), eval, getattr, Path("/x"), json.loads):
        with pytest.raises(ForeignCodeError):
            of_dask.loads(pickle.dumps(evil))
