"""What changed in a plugin's state between two revisions: by parameter where the plugin is here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.jobs.revisions import send
from tests.bridge.cli.test_cli_documents import CLASS_ID, preset

Run = Callable[..., Any]
OWNERS = {
    "group": ("vocals", '  [[group.insert]]\n  id = "tone"', "group.vocals"),
    "master": ("master", '  [[master.insert]]\n  id = "last"', "master"),
}


@pytest.fixture(params=["group", "master"])
def sent(request: Any, run: Run, song: Path, zam: Callable[[str], Path]) -> tuple[Path, str, str]:
    """The song sent with a state and with another of ZamComp, in a group or on the master bus."""
    zam("ZamComp")
    owner, before, path = OWNERS[request.param]
    chain = song.parent / "chain.toml"
    insert = (
        f'  [[{request.param}.insert]]\n  id = "squeeze"\n  use = "plugin"\n'
        f'  plugin = {{ format = "VST3", id = "{CLASS_ID}" }}\n  state = "squeeze.vstpreset"\n'
    )
    chain.write_text(chain.read_text("utf-8").replace(before, insert + before), "utf-8")
    for ratio in (4, 6):
        (song.parent / "squeeze.vstpreset").write_bytes(preset(ratio))
        assert run("render", song).code in (0, 1)
        send(song, f"ratio {ratio}", lambda _: None)
    return song, owner, path


def test_a_changed_state_is_told_by_parameter(
    run: Run, sent: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    song, owner, path = sent
    said = run("changes", song, "r0", "r1")
    words = f'{owner}/squeeze "Ratio" from 4 to 6, in its state'
    assert said.code == 0
    assert said.out.splitlines()[0] == words
    told = json.loads(run("changes", song, "r0", "r1", "--json").out)
    assert [each["path"] for each in told["changes"]] == [f'plugin."{owner}/squeeze".state']
    assert [(each["path"], each["words"]) for each in told["states"]] == [
        (f"{path}.insert.squeeze.state.Ratio", words)
    ]
    assert told["words"].startswith(words)
    monkeypatch.setattr("bridge.road.state_texts.StateTexts.differing", lambda *_: None)
    said = run("changes", song, "r0", "r1")
    assert said.out.splitlines()[0] == f"{owner}/squeeze state changed"
    assert "states" not in json.loads(run("changes", song, "r0", "r1", "--json").out)
