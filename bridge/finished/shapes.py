"""What files of a finished folder are held to: strict types, and faults by the key's path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    InstanceOf,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from bridge.storing import BadDataError, NotPlainError, path_of, read_json
from stemwright.problems import InputError, Problem

MAX_BYTES = 16 * 2**20
"""More is no lock and no record: those of songs of a hundred stems have some 200 kB."""
_MAX_TOLD = 5
_WORDS = {
    "string": "text",
    "is_instance_of": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "a table",
    "model": "a table",
}
_BOUNDS = {
    "ge": "at least",
    "gt": "more than",
    "le": "at most",
    "min_length": "a list of at least",
    "max_length": "a list of at most",
}


def _scalar(value: object) -> object:
    if isinstance(value, str | bool | int | float | None):
        return value
    raise ValueError("expected a text, a number, true, false or null")


def _file_word(word: str) -> str:
    if word in ("", ".", "..") or word.startswith(".") or "/" in word or "\\" in word:
        raise ValueError("expected a name that a file can have")
    return word


_T = TypeVar("_T")

Many = Annotated[tuple[_T, ...], Field(strict=False)]
"""A list of the file."""
Text = InstanceOf[str]
"""Any text, those of names that are not UTF-8 too."""
FileWord = Annotated[Text, AfterValidator(_file_word)]
"""What names a file in the folder itself."""
Scalar = Annotated[Any, AfterValidator(_scalar)]
Frames = Annotated[int, Field(ge=0, le=2**40)]
Db = Annotated[float, Field(ge=-1000.0, le=1000.0)]
Seconds = Annotated[float, Field(ge=0.0, le=1e7)]
RateHz = Annotated[int, Field(ge=1, le=10_000_000)]


class Shape(BaseModel):
    """A table whose keys have fixed types. What it does not know it leaves alone."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", defer_build=True)

    @classmethod
    def read(cls, told: Any, path: Path, kind: str) -> Self:
        """Return `told` as this shape.

        Raises InputError `kind`, with `path` and the keys' paths, where it has another.
        """
        try:
            return cls.model_validate(told)
        except ValidationError as error:
            raise InputError([*_problems(error, path, kind)]) from None


class Told(Shape):
    """All of a file, with the JSON that says it: digests are of every key, later versions' too."""

    _told: dict[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _keeping(cls, told: Any, made: ModelWrapValidatorHandler[Self]) -> Self:
        found = made(told)
        if isinstance(told, dict):
            found._told = told  # noqa: SLF001 - its own
        return found

    def as_json(self) -> dict[str, Any]:
        """Every key in its order, as the file has it."""
        return dict(self._told)


def told_of(path: Path, kind: str, hint: str | None = None, most_bytes: int = MAX_BYTES) -> Any:
    """Return the JSON of a plain file. Raises InputError `kind`, FileNotFoundError."""
    try:
        return read_json(path, most_bytes)
    except FileNotFoundError:
        raise
    except (OSError, BadDataError) as error:
        raise InputError(unreadable(path, kind, error, hint)) from error


def unreadable(
    path: Path, kind: str, error: OSError | BadDataError, hint: str | None = None
) -> Problem:
    """What is wrong with a file whose JSON cannot be had."""
    where: dict[str, str | int] = {"file": str(path)}
    if isinstance(error, NotPlainError):
        said = "it is a folder, a pipe or a device, not a file"
    elif isinstance(error, BadDataError):
        said = error.said
        where |= {"path": error.at} if error.at else {}
    else:
        said = str(error.strerror or error)
    return Problem(kind, said if "path" in where else f"cannot be read: {said}", where, hint=hint)


def in_words(error: InputError) -> str:
    """The first fault of a file as part of a sentence: the file's name, the key, what is wrong."""
    problem = error.problems[0]
    names = [Path(str(problem.where["file"])).name, str(problem.where.get("path", ""))]
    return ": ".join(each for each in (*names, problem.message) if each)


def _problems(error: ValidationError, path: Path, kind: str) -> Iterator[Problem]:
    every = error.errors(include_url=False)
    inside = {fault["loc"][:depth] for fault in every for depth in range(len(fault["loc"]))}
    faults = [fault for fault in every if fault["loc"] not in inside]  # a list is short by them
    for fault in faults[:_MAX_TOLD]:
        at = path_of(tuple(fault["loc"]))
        said = _said(fault)
        more = len(faults) - _MAX_TOLD
        if fault is faults[:_MAX_TOLD][-1] and more > 0:
            said += f"; and {more} more of this kind"
        yield Problem(kind, said, {"file": str(path), "path": at} if at else {"file": str(path)})


def _said(fault: Mapping[str, Any]) -> str:
    kind, found = str(fault["type"]), _shown(fault["input"])
    if kind == "missing":
        return "it is missing"
    if kind == "value_error":
        said = str(fault["ctx"]["error"])
        return said if isinstance(fault["input"], dict) else f"{said}, found {found}"
    word = next((word for head, word in _WORDS.items() if kind.startswith(head)), None)
    if word is not None:
        return f"expected {word}, found {found}"
    if kind == "literal_error":
        return f"expected {fault['ctx']['expected']}, found {found}"
    context = fault.get("ctx", {})
    said = next(
        (f"{word} {context[key]:g}" for key, word in _BOUNDS.items() if key in context), kind
    )
    return f"expected {said}, found {found}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "a table"
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
