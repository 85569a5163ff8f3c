"""JOB/frozen as it is read: a list for every frozen revision, and the packed audio they share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from bridge.finished import (
    Engine,
    FileWord,
    Frames,
    Level,
    Many,
    PluginRow,
    Said,
    Shape,
    Text,
    Told,
    told_of,
)
from bridge.storing import digest
from stemwright.problems import InputError, Problem

FOLDER = "frozen"
AUDIO = "audio"
FROZEN_SCHEMA = 1
FRAME_BYTES = {"float32": 8, "float64": 16}
"""Of stereo samples."""
_KIND = "frozen_damaged"
_HINT = "freeze the revision again, where its plugins are: stemwright freeze JOB REVISION"
_NUMBER = re.compile(r"\d+")
_DRAFT = 2**63
"""What has no number is newer than every revision."""

Key = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Words(Shape):
    """What the store says of a hosted step beside its samples."""

    loud_frames: Frames
    latency_frames: int
    level_in: Level | None
    level_out: Level | None
    diagnostics: Many[Said]
    read_back: Many[Many[Text]] = ()


class FrozenStep(Shape):
    """What one hosted step gave: `meta` are the store's words of it, `blake3` is of the file."""

    step: Text
    key: Key
    pcm: Text
    dtype: Literal["float32", "float64"]
    frames: Frames
    pcm_bytes: Frames
    file: FileWord
    bytes: Frames
    blake3: Text
    meta: dict[Text, Any]

    @model_validator(mode="after")
    def _together(self) -> Self:
        Words.model_validate(self.meta)
        if self.pcm_bytes != self.frames * FRAME_BYTES[self.dtype]:
            raise ValueError("expected as many bytes as its frames take")
        return self


class FrozenList(Told):
    """One revision: what played, its plugins with what they were set to, and what they gave."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    stemwright: Text
    revision: FileWord
    engine: Engine
    plugins: Many[PluginRow]
    steps: Many[FrozenStep]
    digest: Text

    def is_whole(self) -> bool:
        """Whether it says what was written."""
        return self.digest == list_digest(self.as_json())


def list_digest(told: Mapping[str, Any]) -> str:
    """What lies in a list as its own digest."""
    words = {key: value for key, value in told.items() if key != "digest"}
    return digest("frozen", words=json.dumps(words, sort_keys=True))


@dataclass(frozen=True)
class FrozenSongs:
    """Every whole list of a job, the newest revision first; `damaged` says which are not."""

    folder: Path
    lists: Sequence[FrozenList] = ()
    damaged: tuple[Problem, ...] = ()
    _steps: Mapping[str, FrozenStep] = field(default_factory=dict, compare=False, repr=False)

    def step(self, key: str) -> FrozenStep | None:
        """What was frozen under a key of the store."""
        return self._steps.get(key)

    def audio(self, step: FrozenStep) -> Path:
        """Where a step's packed audio lies."""
        return self.folder / AUDIO / step.file

    def plugins(self, insert: str) -> Iterator[tuple[FrozenList, PluginRow]]:
        """The plugins that were frozen in an insert, the newest revision's first."""
        for each in self.lists:
            yield from ((each, row) for row in each.plugins if row.step == insert)


def frozen_songs(job_folder: Path) -> FrozenSongs:
    """Read what is frozen beside a job; a list that is not what was written is not used."""
    folder = job_folder / FOLDER
    lists, damaged = list[FrozenList](), list[Problem]()
    for path in sorted(folder.glob("*.json"), key=_age, reverse=True):
        try:
            lists.append(read_list(path))
        except InputError as error:
            damaged += error.problems
        except FileNotFoundError:
            continue
    steps = {step.key: step for each in reversed(lists) for step in each.steps}
    return FrozenSongs(folder, tuple(lists), tuple(damaged), steps)


def read_list(path: Path) -> FrozenList:
    """Read one list. Raises InputError `frozen_damaged`, FileNotFoundError."""
    found = FrozenList.read(told_of(path, _KIND, _HINT), path, _KIND)
    if not found.is_whole() or found.revision != path.stem:
        said = "it is not what was written when the revision was frozen"
        raise InputError(Problem(_KIND, said, {"file": str(path)}, hint=_HINT))
    return found


def damaged_audio(path: Path, step: FrozenStep, said: str) -> InputError:
    """The error for a frozen file that cannot be used."""
    message = f"the frozen audio of {step.step} {said}, so it is not used"
    return InputError(Problem(_KIND, message, {"file": str(path)}, hint=_HINT))


def _age(path: Path) -> tuple[int, str]:
    found = _NUMBER.search(path.stem)
    return (int(found[0]) if found else _DRAFT, path.stem)
