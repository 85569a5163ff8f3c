"""One walk over a chain's inserts, wherever they stand, and one way to change them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chains import Insert, dumps, loads

CHAIN = """\
schema = 1

[[group]]
id = "drums"
stems = ["*"]

[[group.insert]]
use = "gain"
gain_db = -1.0

[[group.insert]]
use = "gain"
gain_db = -2.0
bypass = true

[[group]]
id = "silent"
stems = ["role:vocals"]

[[return]]
id = "room"

[[return.insert]]
use = "plugin"
plugin = "Hall"
id = "hall"

[[master.insert]]
use = "limiter"
"""


def test_every_insert_comes_once_with_its_owner_and_its_line() -> None:
    walked = [(owner, each.id, each.where.line) for owner, each in loads(CHAIN).inserts()]
    assert walked == [
        ("drums", "gain", 7),
        ("drums", "gain-2", 11),
        ("room", "hall", 23),
        ("master", "limiter", 28),
    ]


def test_a_rack_is_found_by_its_owner() -> None:
    chain = loads(CHAIN)
    assert [owner for owner, _ in chain.racks()] == ["drums", "silent", "room", "master"]
    assert [each.id for each in chain.rack("drums")] == ["gain", "gain-2"]
    assert chain.rack("silent") == chain.rack("nobody") == ()
    assert chain.rack("master") == chain.master


@pytest.mark.parametrize("changed", ["drums/gain-2", "room/hall", "master/limiter"])
def test_inserts_are_changed_where_they_stand_and_nothing_else_is(changed: str) -> None:
    chain = loads(CHAIN)

    def half(owner: str, insert: Insert) -> Insert:
        return replace(insert, mix=0.5) if f"{owner}/{insert.id}" == changed else insert

    found = chain.with_inserts(half)
    assert [f"{owner}/{each.id}" for owner, each in found.inserts() if each.mix == 0.5] == [changed]
    assert found.with_inserts(lambda _, insert: replace(insert, mix=1.0)) == chain
    assert loads(dumps(found)) == found
