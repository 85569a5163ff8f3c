"""A wrong argument is a fault of the caller's that says what was expected, whatever it is."""

from __future__ import annotations

import datetime
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stemwright as sw
from chains import Chain

STEMS = {"vox": (np.full(4000, 0.1), 8000)}
CHAIN = Chain("Empty")
CALLS: Mapping[str, tuple[Any, ...]] = {
    "read": ("stems",),
    "load": ("chain.toml",),
    "load_job": ("job.toml",),
    "plan": (STEMS, CHAIN),
    "render": (None,),
    "master": (STEMS, CHAIN),
    "measure": ("main.wav",),
    "diff": ("a.wav", "b.wav"),
    "verify": ("out",),
    "report": ("out",),
    "bypass": ("out", "vocals/eq"),
    "plugins": (),
    "send": ("song", "words"),
    "history": ("song",),
    "changes": ("song", "r0", "r1"),
    "approve": ("song", "r0"),
    "restore": ("song", "r0"),
    "replace": ("song", "new.wav"),
    "freeze": ("song",),
    "revise": ("song", "notes.json"),
    "sheet": ("song",),
    "page": ("song", "page.html"),
}
NOWHERE_RIGHT = (object(), b"bytes", -1, 5.5, float("nan"), 10**400, {"a": 1}, np.zeros(3), "a\0b")


def _arguments() -> list[tuple[str, str]]:
    return [
        (call, name) for call in CALLS for name in inspect.signature(getattr(sw, call)).parameters
    ]


@pytest.mark.parametrize(("call", "name"), _arguments())
def test_every_argument_refuses_what_it_cannot_be(call: str, name: str, own_store: Path) -> None:
    function = getattr(sw, call)
    at = [*inspect.signature(function).parameters].index(name)
    for value in NOWHERE_RIGHT:
        if name.endswith("_s") and isinstance(value, float) and value > 0:
            continue  # seconds
        if name in ("title", "revision", "insert") and isinstance(value, str) and "\0" not in value:
            continue
        given, named = list(CALLS[call]), {}
        if at < len(given):
            given[at] = value
        else:
            named[name] = value
        with pytest.raises(sw.StemwrightError) as refused:
            function(*given, **named)
        said = [each for each in refused.value.problems if each.message.startswith(name)]
        arrays = isinstance(value, dict) and name == "stems"
        step = isinstance(value, str) and name in ("insert", "subtype")
        assert arrays or step or (said and said[0].kind == "usage" and said[0].expected), value
    assert [*own_store.iterdir()] == []


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(sw.InputError) as refused:
        sw.master(5, 6, 7, subtype="mp3", jobs=0, date="soon", replace="yes")  # type: ignore[call-overload]
    told = {each.message: each.expected for each in refused.value.problems}
    assert [*told] == [
        "out is 7",
        "stems is 5",
        "chain is 6",
        "jobs is 0",
        "subtype is 'mp3'",
        "replace is 'yes'",
        "date is 'soon'",
    ]
    assert told["subtype is 'mp3'"] == "one of pcm16, pcm24, float32, float64"
    assert told["date is 'soon'"] == "a datetime.date, or a str: YYYY-MM-DD"


@pytest.mark.parametrize(
    "date",
    ["2026-03-01", datetime.date(2026, 3, 1), datetime.datetime(2026, 3, 1, 12, 30)],  # noqa: DTZ001 - a caller's
)
def test_a_day_is_told_as_a_day(date: Any, own_store: Path) -> None:
    sw.master(STEMS, _whole(), "out", date=date, title="Song", revision="2", short_page=True)
    heading = json.loads((own_store / "out" / "render.json").read_text())["heading"]
    assert heading == {"title": "Song", "revision": "2", "date": "2026-03-01", "subtype": "pcm24"}


@pytest.mark.parametrize("range_s", [5, (1.0,), ("0", 1.0), (-1.0, None), (0.0, float("nan"))])
def test_a_range_is_a_pair_of_times(range_s: Any) -> None:
    with pytest.raises(sw.InputError) as refused:
        sw.master(STEMS, CHAIN, range_s=range_s)
    assert refused.value.problems[0].message.startswith("range_s")


@pytest.mark.usefixtures("own_store")
def test_numbers_of_numpy_and_single_words_are_taken() -> None:
    made = sw.master(
        {**STEMS, "click": STEMS["vox"]},
        _whole(),
        "out",
        jobs=np.int64(1),  # type: ignore[arg-type] # as numpy's users do
        range_s=(np.float32(0.0), np.float64(0.25)),
        preroll_s=np.float32(0.0),
        only="main",
        skip="click",
    )
    assert made["main"].frames == 2000


def _whole() -> Chain:
    from chains import Group

    return Chain("All", groups=(Group("all", ("*",)),))
