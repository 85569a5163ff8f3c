"""What can reach a user is under StemwrightError; every other error is caught on its way."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from chains import ChainError, load
from stemwright import problems
from stemwright.problems import Problem, RenderError

INTERNAL = {
    "BadDataError": "names the key of a file at fault; each reader of a file makes it a problem",
    "BoxError": "an NI stem's boxes are broken; its reader makes it a SessionError",
    "CannotCompileError": "no kernels can be built; whoever installs is told, and numpy runs",
    "ChildFailed": "how a plugin's process ended; mapped to a kind and advice of its own",
    "CoverError": "a picture that is no cover; a fault of the metadata that name it, with its line",
    "DamagedEntryError": "a file of the store is not what was put there; the step is rendered anew",
    "DifferentSoundError": "a failed assertion in the user's own tests, which pytest tells",
    "EndlessError": "a loop of a session has no end; its reader makes it a SessionError",
    "ForeignCodeError": "a message to a farm names code; the connection it came by is closed",
    "HeldError": "another process has the lease; told as the folder that is in use",
    "NoSoundError": "samples that are no numbers; told as the pair of files that has them",
    "NoSuchBeatError": "a time in bars is not in the song's meter; told as a fault of the job",
    "NotALeaseError": "something else bears the lease's name; told as the folder that has it",
    "NotPackedError": "frozen audio that is damaged; told as that, and not used",
    "NotPlainError": "a pipe or a device; an OSError to whoever reads a file and tells of it",
    "Refused": "crosses from a plugin's process to ours as an answer, and is told from that",
    "StateError": "a plugin's state does not parse; the device is told to have none",
    "WorkerLostError": "a worker ended before its answer; what it was to do is done here",
    "_BudgetSpent": "a fit has listened as often as it may; it keeps the best so far",
    "_TimeOver": "a fit has used up its time; it keeps the best so far",
    "_Spent": "a search from here has had its share of trials; another one begins",
}
"""Errors under their names that are caught, and what becomes of them."""

_WALK = """
import importlib.util, json, pkgutil, sys

for package in sys.argv[1:]:
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        python = importlib.util.find_spec(module.name).origin.endswith(".py")  # not the kernels
        if python and not module.name.endswith("__main__"):
            importlib.import_module(module.name)

def below(kind):
    for each in kind.__subclasses__():
        yield each
        yield from below(each)

from stemwright.problems import StemwrightError

print(json.dumps({
    each.__qualname__: issubclass(each, StemwrightError)
    for each in below(BaseException)
    if each.__module__.split(".")[0] in sys.argv[1:]
}))
"""


def defined() -> dict[str, bool]:
    """Every error the packages define, and whether a user may see it."""
    words = [sys.executable, "-c", _WALK, "stemwright", "sessions", "chains", "bridge"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found: dict[str, bool] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_every_error_is_told_to_the_user_or_caught_for_a_reason() -> None:
    found = defined()
    assert {name for name, is_told in found.items() if not is_told} == set(INTERNAL)
    told = {name for name, is_told in found.items() if is_told}
    assert told >= {"SessionError", "ChainError", "InputError", "MachineError", "RenderError"}
    drawn = problems.__doc__ or ""
    assert [name for name in sorted(told | {"StemwrightError"}) if name not in drawn] == []


def test_errors_travel_between_processes_with_all_they_hold(tmp_path: Path) -> None:
    chain = tmp_path / "chain.toml"
    chain.write_text("schema = 1\ncolour = 3\n[[group]]\nstems = 5\n", encoding="utf-8")
    with pytest.raises(ChainError) as wrong:
        load(chain)
    for error in (
        wrong.value,
        RenderError(Problem("plugin_crashed", "it crashed", {"group": "a"})),
    ):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - written a moment ago
        assert type(again) is type(error)
        assert (str(again), again.problems) == (str(error), error.problems)
    assert again.exit_code == RenderError.exit_code


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({}, "wrong"),
        ({"file": "a.toml", "line": 9, "path": "group[0]"}, "a.toml:9 group[0]: wrong"),
        ({"file": "a.toml", "plugin": "Comp"}, "a.toml (Comp): wrong"),
        ({"group": "low", "insert": "comp", "plugin": "Comp"}, "low/comp (Comp): wrong"),
        ({"plugin": "Comp"}, "Comp: wrong"),
    ],
)
def test_an_error_says_where_it_is(where: dict[str, str | int], told: str) -> None:
    assert str(RenderError(Problem("kind", "wrong", where))) == told


def test_a_place_is_said_once_and_every_problem_has_a_line() -> None:
    file = {"file": "a.wav"}
    error = RenderError([Problem("kind", "a.wav: cut", file), Problem("kind", "silent", file)])
    assert str(error) == "a.wav: cut\na.wav: silent"
