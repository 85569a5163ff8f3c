"""The profile file as it is written: one strict model a table, unknown keys refused."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from bridge.delivering.profiles.model import LIMITS, Bits, FileFormat
from chains import FileError, FileKind, Grammar, Table, schema_of

CURRENT = 1


class ProfileError(FileError):
    """A profile that cannot be used; `faults` holds everything wrong with it."""


PROFILE_FILE = FileKind(
    noun="profile",
    current=CURRENT,
    minimum='schema = 1, name = "..." and a [[file]] with its format',
    example="one that `stemwright deliver --profiles NAME` prints",
    error=ProfileError,
)

Word = Annotated[
    str, Field(min_length=1, max_length=200, description="a text of 1 to 200 characters")
]
RateHz = Annotated[int, Field(ge=8000, le=384000)]
Day = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Seconds = Annotated[float, Field(ge=0, le=36000)]

_BOUNDS = {"LUFS": (-70.0, 0.0), "dBTP": (-60.0, 6.0), "dBFS": (-60.0, 6.0), "s": (0.0, 36000.0)}
_WIDEST = (-200.0, 200.0)


class FileTable(Table):
    """[[file]]: a kind of file; one is written for each version that is named."""

    format: FileFormat
    bits: Bits | None = None
    kbps: Annotated[int, Field(ge=16, le=512)] | None = None
    rates_hz: tuple[RateHz, ...] = ()
    versions: Annotated[tuple[Word, ...], Field(min_length=1)] = ("*",)


class AimTable(Table):
    """[aim]: loudness and peak that are rendered for this recipient, before the limiter."""

    integrated_lufs: Annotated[float, Field(ge=-40, le=-5)] | None = None
    true_peak_dbtp: Annotated[float, Field(ge=-20, le=0)] | None = None
    limiter: bool = True
    mono_below_hz: Annotated[float, Field(ge=0, le=1000)] = 0.0


class SideTable(Table):
    """[side]: a file is one side of a record, with its cue sheet."""

    record: Word = "12@33"
    pause_s: Annotated[float, Field(ge=0, le=60)] = 0.0


class TagsTable(Table):
    """[tags]: what a file carries; `before_audio` puts it in front of a WAV's samples."""

    required: tuple[Word, ...] = ()
    embed: bool = True
    before_audio: bool = False


class RuleTable(Table):
    """[[rule]]: what the recipient published and where; `read` dates a page that has no date."""

    says: Word
    source: Word
    published: Day | None = None
    read: Day | None = None


def _limits() -> type[Table]:
    fields: dict[str, Any] = {}
    for name, unit in LIMITS.items():
        least, most = _BOUNDS.get(unit, _WIDEST)
        fields[name] = (Annotated[float, Field(ge=least, le=most)] | None, None)
    made: type[Table] = create_model("LimitsTable", __base__=Table, **fields)
    made.__doc__ = "[limits]: what a finished file is held to."
    return made


LimitsTable = _limits()


class ProfileFile(Table):
    """A stemwright delivery profile: one recipient's specification."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    name: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$",
            description="up to 64 of a-z, 0-9, . _ and -, not beginning with a mark",
        ),
    ]
    says: Word
    naming: Word = "plain"
    head_s: Seconds | None = None
    tail_s: Seconds | None = None
    keeps_song: bool = False
    warns: tuple[Word, ...] = ()
    file: Annotated[tuple[FileTable, ...], Field(min_length=1, max_length=32)]
    aim: AimTable | None = None
    side: SideTable | None = None
    limits: LimitsTable | None = None  # type: ignore[valid-type] # made from LIMITS
    tags: TagsTable = TagsTable()
    rule: Annotated[tuple[RuleTable, ...], Field(max_length=200)] = ()


@cache
def grammar() -> Grammar:
    """Return what a profile file may hold: to read, never to change."""
    return Grammar(schema_of(ProfileFile))
