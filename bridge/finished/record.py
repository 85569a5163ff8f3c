"""render.json as it is read: its shape, and the one reading of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from bridge.finished.beside_shapes import BesideTold, PlaybackTold
from bridge.finished.lock import LOCK, Part, Rides, as_rides
from bridge.finished.shapes import (
    MAX_BYTES,
    Db,
    FileWord,
    Frames,
    Many,
    RateHz,
    Seconds,
    Shape,
    Text,
    Told,
    unreadable,
)
from bridge.planning import SongMoves
from bridge.storing import BadDataError, parse_json, read_bytes
from chains import MASTER
from stemwright.problems import InputError, Problem, Severity

RECORD = "render.json"
RECORD_SCHEMA = 1
_OURS = frozenset({"outputs", "steps"})
_HEAD_BYTES = 200
_HINT = "render the song again, or fetch the file from where the folder was copied from"


class Measured(Shape):
    """What `measure` says of a file; a figure that it does not have is null."""

    sample_rate_hz: RateHz
    channels: Annotated[int, Field(ge=1, le=1024)]
    frames: Frames
    integrated_lufs: Db | None
    loudness_range_lu: Db | None
    momentary_max_lufs: Db | None
    short_term_max_lufs: Db | None
    true_peak_dbtp: Db | None
    sample_peak_dbfs: Db | None
    plr_db: Db | None
    psr_min_db: Db | None
    dc: Many[float | None]
    correlation: float | None
    crest_db: Db | None
    path: Text


class Finished(Shape):
    """A finished file of the folder."""

    version: FileWord
    path: Text
    pcm_sha256: Text
    reached: bool
    trim_db: Db | None = None
    measures: Measured


class Level(Shape):
    """A signal's level in dBFS; null for silence."""

    peak_dbfs: Db | None
    rms_dbfs: Db | None


class ReplayTold(Shape):
    """How a plugin was replayed in a version, and the peak of what that misses of the main."""

    model: Literal["gain", "gain a side", "linear", "bands", "none"]
    missed_dbfs: Db | None


class Row(Shape):
    """A step as it was rendered."""

    id: Text
    label: Text
    inserts: Many[Text]
    key: Text
    pcm: Text
    cached: bool
    seconds: Seconds
    latency_frames: Annotated[int, Field(ge=-(2**31), le=2**31)]
    level_in: Level | None
    level_out: Level | None
    lowest_gain_db: Many[Db | None]
    replay: ReplayTold | None = None

    @property
    def owner(self) -> str:
        """The group, return or bus it belongs to; the sum and the finish are the master's."""
        owner, slash, _ = self.id.partition("@")[0].rpartition("/")
        return owner if slash and owner != "finish" else MASTER

    @property
    def version(self) -> str:
        """The version it was rendered for; "main" also for what all versions share."""
        if self.id.startswith("finish/"):
            return self.id.removeprefix("finish/")
        return self.id.partition("@")[2] or "main"

    @property
    def rms_out_dbfs(self) -> float | None:
        """How loud its output is; None for silence."""
        return self.level_out.rms_dbfs if self.level_out else None


class Stems(Shape):
    """A group and its stems."""

    id: Text
    stems: Many[Text]


class Version(Shape):
    """What sounds in a version, whose gains it has, and what it has otherwise than the main."""

    id: Text
    groups: Many[Text]
    without: Many[Text]
    dynamics: Literal["own", "main"] = "own"
    gain_db: dict[Text, Db] = Field(default_factory=dict)
    limiter: bool = True


class Length(Shape):
    """What the length of the files is made of."""

    frames: Frames
    stems_s: Annotated[float, Field(ge=-1e7, le=1e7)]
    tail_s: Annotated[float, Field(ge=-1e7, le=1e7)]
    preroll_s: Seconds
    set_by: Text


class Said(Shape):
    """A diagnostic."""

    severity: Severity
    code: Text
    where: Text
    message: Text


class Song(Shape):
    """Where the chain lay, seen from the folder."""

    chain: Text


class Moves(Shape):
    """What the song does beside its chain, by the ids of stems and groups."""

    stem_gains_db: dict[Text, Db]
    stem_rides: dict[Text, Rides]
    rides: dict[Text, Rides]
    pre_rides: dict[Text, Rides]
    overrides: dict[Text, Any]

    def as_moves(self) -> SongMoves:
        """The value that planning knows them by."""
        stems, post, pre = (
            {name: as_rides(rows) for name, rows in each.items()}
            for each in (self.stem_rides, self.rides, self.pre_rides)
        )
        return SongMoves(self.stem_gains_db, stems, post, pre, self.overrides)


class Held(Shape):
    """A drive that was held, not solved; `off_target_lu` is by how much main.wav is louder."""

    drive_db: Db
    trim_db: Db
    off_target_lu: Db | None


class HeardRow(Shape):
    """A signal of the report."""

    kind: Literal["mix", "reference", "master", "stems", "group", "version"]
    name: Text
    digest: Text
    rate_hz: Annotated[int, Field(ge=0, le=10_000_000)]
    frames: Frames
    fault: Text | None
    offset_s: Annotated[float, Field(ge=-1e7, le=1e7)] | None = None


class Asked(Shape):
    """What was asked of the masters."""

    integrated_lufs: Db | None
    true_peak_dbtp: Db


class Heading(Shape):
    """What a page says of the song; words that somebody gave, or none."""

    title: Text | None = None
    revision: Text | None = None
    date: Text | None = None
    subtype: Text | None = None


class Record(Told):
    """All of render.json. What came later than the first version's may be absent."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    stemwright: Text
    outputs: Annotated[Many[Finished], Field(min_length=1)]
    steps: Many[Row]
    groups: Many[Stems]
    versions: Many[Version] = ()
    target: Asked | None = None
    drive_db: Db | None
    length: Length | None = None
    range: Part | None = None
    only: Many[FileWord] | None = None
    diagnostics: Many[Said]
    files: Many[Text]
    song: Song | None = None
    held: Held | None = None
    moves: Moves | None = None
    heading: Heading | None = None
    heard: Many[HeardRow] | None = None
    beside: BesideTold | None = None
    playback: Many[PlaybackTold] = ()
    digests: dict[Text, Text] = Field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Length of the masters."""
        return self.outputs[0].measures.frames

    @property
    def preroll_s(self) -> float:
        """How long the steps ran, unheard, before the masters begin."""
        return 0.0 if self.length is None else self.length.preroll_s

    @field_validator("heard")
    @classmethod
    def _heard(cls, rows: tuple[HeardRow, ...] | None) -> tuple[HeardRow, ...] | None:
        if rows is None or all(row.kind != "version" for row in rows):
            raise ValueError("expected a list with a row of the kind version")
        return rows

    @model_validator(mode="after")
    def _together(self) -> Self:
        """Every step belongs to one of the files, and every bus has its sum.

        The main master's bus is rendered, where other versions alone were wanted of a range.
        """
        made = {output.version for output in self.outputs}
        made |= {"main"} if self.only and self.range else set()
        steps = {step.id for step in self.steps}
        for step in steps:
            name, at, version = step.partition("@")
            finish = name.removeprefix("finish/") if name.startswith("finish/") else "main"
            if (version or finish) not in made:
                raise ValueError(f"expected an output for the step {step}")
            if name.startswith("master/") and f"sum{at}{version}" not in steps:
                raise ValueError(f"expected a sum for the step {step}")
        return self


def read_record(folder: Path) -> Record | None:
    """Return DIR/render.json; None where there is none, or none of ours.

    Raises InputError: `bad_record` for one of ours that is damaged, with the keys' paths, and
    `old_record` for another schema.
    """
    path = folder / RECORD
    content = b""
    try:
        content = read_bytes(path, MAX_BYTES)
        told = parse_json(content)
    except FileNotFoundError:
        return None
    except (OSError, BadDataError) as error:
        if b'"stemwright"' in content[:_HEAD_BYTES] or (folder / LOCK).is_file():
            raise InputError(unreadable(path, "bad_record", error, _HINT)) from error
        return None
    if not isinstance(told, dict) or not ("stemwright" in told or told.keys() >= _OURS):
        return None
    return checked_record(told, path)


def need_record(folder: Path) -> Record:
    """As `read_record`, and InputError `bad_record` where there is none of ours."""
    record = read_record(folder)
    if record is not None:
        return record
    path = folder / RECORD
    said = "is none that render wrote" if path.exists() else "is missing"
    raise InputError(Problem("bad_record", f"{RECORD} {said}", {"file": str(path)}, hint=_HINT))


def checked_record(told: Any, path: Path) -> Record:
    """Return what was read from `path` if it is a record. Raises as `read_record`."""
    schema = told.get("schema") if isinstance(told, dict) else None
    if isinstance(schema, int) and schema != RECORD_SCHEMA and not isinstance(schema, bool):
        said = f"this record is of schema {schema}, and this stemwright reads {RECORD_SCHEMA}"
        where = {"file": str(path), "path": "schema"}
        raise InputError(Problem("old_record", said, where, hint="render the song again"))
    return Record.read(told, path, "bad_record")
