"""`stemwright processors`: every built-in, as the models that check a chain have it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.processing import SUPPORTED
from chains import ChainError, loads

DOC = Path(__file__).resolve().parents[3] / "docs" / "processors.md"
GIVEN = {
    "eq": 'bands = [{ shape = "bell", hz = 100, gain_db = 1 }]',
    "dynamic_eq": "bands = [{ hz = 100, threshold_db = -20, max_cut_db = 1 }]",
    "multiband": "crossovers_hz = [200]\nbands = [{}, {}]",
}


@pytest.fixture
def listed(run: Callable[..., Any]) -> list[dict[str, Any]]:
    found = json.loads(run("processors", "--json").out)["processors"]
    assert isinstance(found, list)
    return found


def test_the_docs_are_what_the_command_prints(run: Callable[..., Any]) -> None:
    assert run("processors", "--markdown").out == DOC.read_text(encoding="utf-8")


def test_every_built_in_that_can_be_rendered_is_listed(listed: list[dict[str, Any]]) -> None:
    assert {each["use"] for each in listed} == SUPPORTED
    assert all(each["settings"] and each["about"] for each in listed)


def _accepted(use: str, setting: dict[str, Any], value: object) -> bool:
    given = GIVEN.get(use, "")
    line = f"{setting['name']} = {json.dumps(value)}"
    text = f'schema = 1\n[[group]]\nid = "a"\nstems = ["*"]\n[[group.insert]]\nuse = "{use}"\n'
    try:
        loads(f"{text}{given}\n{line}\n")
    except ChainError:
        return False
    return True


def test_what_is_listed_is_what_a_chain_accepts(listed: list[dict[str, Any]]) -> None:
    """The ends of each range, the choices and the default are taken; what lies beyond is not."""
    tried = 0
    for each in listed:
        for setting in each["settings"]:
            low, high = setting["minimum"], setting["maximum"]
            if setting["of"] or setting["required"] or (low is None and not setting["choices"]):
                continue
            inside = [*setting["choices"], *(end for end in (low, high) if end is not None)]
            outside = [end for end in (low, high) if end is not None]
            assert all(_accepted(each["use"], setting, value) for value in inside), setting
            assert not _accepted(each["use"], setting, low - 1 if outside else 3), setting
            assert not outside or not _accepted(each["use"], setting, high + 1), setting
            tried += 1
    assert tried > 30


def test_one_is_shown_by_its_name_and_a_near_one_is_named(run: Callable[..., Any]) -> None:
    said = run("processors", "limiter")
    assert said.code == 0
    assert "ceiling_dbtp" in said.out
    assert "sidechain_hz" not in said.out
    assert "from 0.5 to 20 ms" in said.out
    wrong = run("processors", "compresor", "--json")
    (error,) = json.loads(wrong.out)["errors"]
    assert (wrong.code, error["nearest"]) == (2, "compressor")
