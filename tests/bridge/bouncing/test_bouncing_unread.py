"""What sounds otherwise in REAPER than what is read: refused or told, never "as it is"."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bridge.bouncing import seconds
from bridge.bouncing.bounce import refusals
from small_songs import item, noises, plan_of, printed, project, track


def _moved_by_item(tag: str, *, on: int = 1) -> str:
    """An envelope with an automation item over it."""
    return f"<{tag}\nACT {on} -1\nPT 0 1 0\nPOOLEDENVINST 1 0 2 0 1 1 0 1 1 0 0 0\n>\n"


def _receive(words: str = "0 1 0 0 0 0 0 0") -> str:
    return f"AUXRECV 0 {words} -1:U 0 -1 ''\n"


@pytest.mark.parametrize("where", ["track", "send", "plugin", "switched off"])
def test_automation_items_stop_what_they_move(tmp_path: Path, where: str) -> None:
    noises(tmp_path)
    volume, off = _moved_by_item("VOLENV2"), _moved_by_item("VOLENV2", on=0)
    own = {"track": volume, "switched off": off}.get(where, "")
    if where == "plugin":
        effect = '<JS "utility/volume" ""\n0\n>'
        own = f"<FXCHAIN\nBYPASS 0 0 0\n{effect}\n{_moved_by_item('PARMENV 0 0 1 0.5')}>\n"
    sent = _receive() + (_moved_by_item("AUXVOLENV") if where == "send" else "")
    path = project(tmp_path, track("a", item(), own), track("verb", lines=sent))
    found = plan_of(path)
    if where == "switched off":
        assert refusals(found) == []
        return
    assert seconds(found.accounts)["refused"] == pytest.approx(0.2)
    assert [each.kind for each in refusals(found)] == ["automation_items"]


def test_automation_items_of_the_master_stop_what_goes_through_it(tmp_path: Path) -> None:
    noises(tmp_path)
    path = project(tmp_path, track("a", item()), lines=_moved_by_item("MASTERVOLENV2"))
    assert refusals(plan_of(path)) == []
    assert [each.kind for each in refusals(plan_of(path, "master"))] == ["automation_items"]


_EFFECT = '<FXCHAIN\nBYPASS 0 0 0\n<JS "utility/volume" ""\n0\n>\n>\n'


@pytest.mark.parametrize(
    ("own", "receives", "why"),
    [
        ("", _receive("3 1 0 0 0 0 0 0"), None),
        ("", _receive("1 1 0 0 0 0 0 0"), None),
        (_EFFECT, _receive("1 1 0 0 0 0 0 0"), "send before effects"),
        ("", _receive("0 1 0 0 1 0 0 0"), "mono sends"),
        ("", _receive("0 1 0 0 0 0 0 1"), "send channels"),
        ("PLAYOFFS 0.01 0\n", "", "playback offsets"),
        ("VOLPAN 1 0.5 -1 -1 1\n<PANENV2\nACT 1 -1\nPT 0 0 0\n>\n", "", "trimmed pans"),
        ("<VOLENV2\nACT 1 -1\nVOLTYPE 1\nPT 0 1 0\nPT 0.1 0 0\n>\n", "", "gain_db"),
    ],
)
def test_what_sounds_otherwise_is_told_of_its_clips(
    tmp_path: Path, own: str, receives: str, why: str | None
) -> None:
    """A send taken before effects that are not there is one taken before the fader."""
    a, _b = noises(tmp_path)
    path = project(tmp_path, track("a", item(), own), track("verb", lines=receives))
    found = plan_of(path)
    assert [each.of for each in found.tracks if each.reason != "device_line"] == (
        [] if why is None else [why]
    )
    assert [each.reasons for each in found.accounts] == [() if why is None else ("its_track",)]
    if why is None:
        assert np.array_equal(printed(path)["verb"], a)
