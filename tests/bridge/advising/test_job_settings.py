"""Settings go into a job however it is laid out, and nothing else of it changes."""

from __future__ import annotations

import pytest
import tomlkit

from bridge.road.advising.job_settings import with_setting

LAYOUTS = {
    "nothing": "a = 1 # end",
    "an insert alone": "a = 1\n[group.d.insert.x] # less\nmix = 1\n",
    "out of order": (
        '[group.d.insert.x]\nmix = 1\n[stem."q"]\ngain_db = 1\n'
        "[group.e]\ngain_db = 2 # keep\n[group.d]\nsends = {}\n"
    ),
    "dotted keys": "group.d.gain_db = 3 # c\nb = 2\n",
    "dotted keys apart": "group.d.gain_db = 3 # c\nb = 2\ngroup.e.sends = {}\n[target]\nx = 1\n",
    "inline tables": "group = { d = { gain_db = 1 } }\nb = 2\n",
    "rides behind": '[[ride]]\ngroup = "x"\ngain_db = 1\n',
    "mixed": "[group]\nd = { gain_db = 2 }\n[group.e]\ngain_db = 1\n",
    "in its place": "[group.d]\n# why\ngain_db = 1.5   # mine\n\n[target]\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_setting_is_put_where_it_belongs(layout: str) -> None:
    before = tomlkit.parse(LAYOUTS[layout])
    wanted = before.unwrap()
    for place, value in ((("group", "d"), -1.25), (("group", "new"), -2.5), (("stem", "a b"), 1.5)):
        with_setting(before, (*place, "gain_db"), value)
        wanted.setdefault(place[0], {}).setdefault(place[1], {})["gain_db"] = value
    after = tomlkit.dumps(before)
    assert tomlkit.parse(after).unwrap() == wanted
    assert [after.count(each) for each in ("# less", "# keep", "# c", "# why", "# mine")] == [
        LAYOUTS[layout].count(each) for each in ("# less", "# keep", "# c", "# why", "# mine")
    ]
