"""What came of it, as values: figures by name, samples as arrays, and a view for notebooks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bridge.metering import Measures
from bridge.road import doubts
from stemwright.problems import Diagnostic
from stemwright.shown import Shown

if TYPE_CHECKING:
    from bridge.finished import Record
    from bridge.rendering import Output


@dataclass(frozen=True)
class AudioFile(Shown):
    """An audio file and what it measures; `measures` holds every reading there is.

    A reading is -inf or nan where the file is silent, or too short for it.
    """

    path: Path
    measures: Measures = field(repr=False)

    @property
    def lufs(self) -> float:
        """Integrated loudness, ITU-R BS.1770."""
        return self.measures.integrated_lufs

    @property
    def loudness_range_lu(self) -> float:
        """EBU Tech 3342."""
        return self.measures.loudness_range_lu

    @property
    def true_peak_dbtp(self) -> float:
        """The true peak."""
        return self.measures.true_peak_dbtp

    @property
    def sample_peak_dbfs(self) -> float:
        """The largest sample."""
        return self.measures.sample_peak_dbfs

    @property
    def sample_rate_hz(self) -> int:
        """The sample rate."""
        return self.measures.sample_rate_hz

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return self.measures.channels

    @property
    def frames(self) -> int:
        """How many samples a channel has."""
        return self.measures.frames

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.frames / self.sample_rate_hz

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What its readings rest on that the file does not say, as of where channels are heard."""
        return tuple(doubts(self.measures))

    def samples(self) -> npt.NDArray[np.float64]:
        """Every sample, (frames, channels) float64, integers at full scale 1.0.

        Raises InputError for a file that is gone or was changed since into none.
        """
        from bridge.audio import read_blocks
        from stemwright.face.arguments import told

        with told():
            blocks = [block.T for block in read_blocks(self.path)]
        return np.concatenate(blocks) if blocks else np.zeros((0, self.channels))


@dataclass(frozen=True)
class MasterFile(AudioFile):
    """One version of a master; `reached` is whether it is what the chain's target asked for."""

    version: str
    reached: bool
    trim_db: float
    pcm_sha256: str
    kept: object = field(default=None, compare=False, repr=False)
    """What keeps a temporary file there while it is in use."""


@dataclass(frozen=True, eq=False)
class Master(Shown, Mapping[str, MasterFile]):
    """A finished master: its versions by name, "main" first, and what the render said.

    `record` is what render.json says. `folder` holds all of it; None where the files are still in
    the store.
    """

    files: tuple[MasterFile, ...]
    drive_db: float
    diagnostics: tuple[Diagnostic, ...]
    folder: Path | None = None
    record: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def reached(self) -> bool:
        """Whether every version is what the chain's target asked for."""
        return all(each.reached for each in self.files)

    def __getitem__(self, version: str) -> MasterFile:
        return next((each for each in self.files if each.version == version), None) or _none(
            version, [each.version for each in self.files]
        )

    def __iter__(self) -> Iterator[str]:
        return (each.version for each in self.files)

    def __len__(self) -> int:
        return len(self.files)


def _none(version: str, versions: list[str]) -> MasterFile:
    raise KeyError(f"no version {version!r}; there are {', '.join(versions)}")


def measures_of(said: Mapping[str, Any]) -> Measures:
    """The readings that JSON holds; null is nan."""
    names = [each.name for each in fields(Measures) if each.name in said]
    values: dict[str, Any] = {
        name: math.nan if said[name] is None else said[name] for name in names
    }
    return Measures(**{**values, "path": said.get("path"), "dc": tuple(said["dc"]), "doubts": ()})


def from_record(record: Record, folder: Path, kept: object = None) -> Master:
    """A master of what render.json says, in `folder`."""
    files = tuple(
        MasterFile(
            path=folder / row.path,
            measures=measures_of(row.measures.model_dump()),
            version=row.version,
            reached=row.reached,
            trim_db=row.trim_db or 0.0,
            pcm_sha256=row.pcm_sha256,
            kept=kept,
        )
        for row in record.outputs
    )
    said = tuple(
        Diagnostic(row.severity, row.code, row.where, row.message) for row in record.diagnostics
    )
    return Master(files, record.drive_db or 0.0, said, folder, record.as_json())


def from_output(output: Output, kept: object = None) -> MasterFile:
    """A version that lies in the store."""
    return MasterFile(
        path=output.path,
        measures=measures_of(output.measures),
        version=output.version,
        reached=output.reached,
        trim_db=output.trim_db,
        pcm_sha256=output.pcm_sha256,
        kept=kept,
    )


def _html_of(value: Shown) -> str:
    from stemwright.face.notebook import html_of

    return html_of(value)


Shown.html_of = _html_of
