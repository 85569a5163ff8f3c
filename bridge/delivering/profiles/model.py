"""A delivery profile as values: which files a recipient takes, named how, and what fails them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from chains import NOWHERE, Where

FileFormat = Literal["wav", "aiff", "flac", "mp3", "opus", "aac"]
Bits = Literal[16, 24, 32]
LOSSLESS: tuple[FileFormat, ...] = ("wav", "aiff", "flac")
"""The formats that give every sample back."""

ENDINGS: Mapping[FileFormat, str] = {
    "wav": ".wav",
    "aiff": ".aiff",
    "flac": ".flac",
    "mp3": ".mp3",
    "opus": ".opus",
    "aac": ".m4a",
}
"""What a file of a format is called at its end."""


@dataclass(frozen=True)
class Codec:
    """The sample rates and the bit rates that a lossy format has; none: any within its bounds."""

    rates_hz: tuple[int, ...]
    kbps: tuple[int, ...] = ()


CODECS: Mapping[FileFormat, Codec] = {
    "mp3": Codec(
        (32000, 44100, 48000),
        (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    ),
    "opus": Codec((8000, 12000, 16000, 24000, 48000)),
    "aac": Codec((32000, 44100, 48000, 64000, 88200, 96000)),
}
"""Of MP3 the MPEG-1 ones (ISO/IEC 11172-3), of Opus RFC 6716's, of AAC those of music (ISO/IEC
14496-3)."""

LIMITS: Mapping[str, str] = {
    "max_true_peak_dbtp": "dBTP",
    "max_sample_peak_dbfs": "dBFS",
    "min_integrated_lufs": "LUFS",
    "max_integrated_lufs": "LUFS",
    "max_loudness_range_lu": "LU",
    "min_plr_db": "dB",
    "min_length_s": "s",
    "max_length_s": "s",
    "exact_length_s": "s",
    "min_head_s": "s",
    "max_head_s": "s",
    "max_tail_s": "s",
    "max_dc": "of full scale",
    "min_correlation": "",
    "max_side_below_150_hz_db": "dB",
    "max_sibilance_db": "dB",
}
"""Every limit a profile can set, with its unit; docs/delivery.md says how each is measured."""


@dataclass(frozen=True)
class FileWish:
    """One kind of file: each of the `versions` (names with * and ?) is written as one.

    `bits` 32 is float; None for a lossy format, which has `kbps` instead. `rates_hz`: the song's
    own rate where it is one of them or none is named, else the nearest above it, else the highest.
    """

    format: FileFormat
    bits: Bits | None = None
    kbps: int | None = None
    rates_hz: tuple[int, ...] = ()
    versions: tuple[str, ...] = ("*",)
    where: Where = field(default=NOWHERE, compare=False, repr=False)

    def rate_hz(self, own_hz: int) -> int:
        """The sample rate of the file of a song at `own_hz`."""
        if not self.rates_hz or own_hz in self.rates_hz:
            return own_hz
        above = [each for each in self.rates_hz if each > own_hz]
        return min(above) if above else max(self.rates_hz)


@dataclass(frozen=True)
class Aim:
    """What the recipient demands to be rendered: solved anew before the limiter.

    Without the `limiter`, at the drive it was finished with, and as much static gain off as keeps
    the true peak, the same for every song of a record. Below `mono_below_hz` there are no sides.
    """

    integrated_lufs: float | None = None
    true_peak_dbtp: float | None = None
    limiter: bool = True
    mono_below_hz: float = 0.0


@dataclass(frozen=True)
class RecordSide:
    """That a file is one side of a record, called by its letter, with a cue sheet.

    `record` is an id of `record_sizes`; `pause_s` lies between two songs.
    """

    record: str
    pause_s: float = 0.0


@dataclass(frozen=True)
class Rule:
    """A sentence of what the recipient published, and where.

    `published` is its date; `read` is when it was read, of a page that has none.
    """

    says: str
    source: str
    published: str | None = None
    read: str | None = None


@dataclass(frozen=True)
class Profile:
    """A recipient's specification.

    `name` is what `--profile` calls it, `says` a sentence about it. `naming` is the id of a set of
    naming rules or a template of fields. `limits` by the words of LIMITS. `required_tags` must be
    in the job's metadata; with `embeds_tags` false the files carry none. `warns` are limits that
    are told when they are passed, and fail nothing. `head_s` and `tail_s` are the silence before
    and after the sound; `keeps_song`: the finished folder lies beside the files, with the chain and
    the lock that make it again; `side`: a file is one side of a record.
    """

    name: str
    says: str
    files: tuple[FileWish, ...]
    naming: str = "plain"
    aim: Aim | None = None
    limits: Mapping[str, float] = field(default_factory=dict, hash=False)
    required_tags: tuple[str, ...] = ()
    embeds_tags: bool = True
    tags_before_audio: bool = False
    warns: tuple[str, ...] = ()
    head_s: float | None = None
    tail_s: float | None = None
    side: RecordSide | None = None
    keeps_song: bool = False
    rules: tuple[Rule, ...] = ()

    def of_record(self, record: str | None) -> Profile:
        """The profile for another size of record, where it is of one's sides and one is named."""
        if self.side is None or record is None:
            return self
        return replace(self, side=replace(self.side, record=record))
