from .autoregressive.autoregression import (
    filled as filled,
)
from .codes import (
    CODES as CODES,
    SEVERITIES as SEVERITIES,
    Code as Code,
    Severity as Severity,
    code_of as code_of,
)
from .excerpts import (
    excerpt as excerpt,
)
from .findings import (
    CheckReport as CheckReport,
    Finding as Finding,
    Found as Found,
    MixFit as MixFit,
    StemFindings as StemFindings,
    StemInMix as StemInMix,
    finding_of_stem as finding_of_stem,
    name_of as name_of,
    undecodable as undecodable,
)
from .message.letter import (
    LANGUAGES as LANGUAGES,
    Letters as Letters,
    letters as letters,
)
from .mix.in_rough import (
    InRough as InRough,
    StemInRough as StemInRough,
    Unknown as Unknown,
    in_rough as in_rough,
)
from .quick.known import (
    KnownStem as KnownStem,
)
from .quick.report import (
    quick_report as quick_report,
)
from .remembering.checked import (
    Progress as Progress,
    check as check,
    unwatched as unwatched,
)
from .song_audio import (
    OtherMusic as OtherMusic,
    SongAudio as SongAudio,
    opened_song as opened_song,
    plain_sum as plain_sum,
    sum_frames as sum_frames,
)
from .stem.level.dc_offset import (
    OffsetMeter as OffsetMeter,
    offset_words as offset_words,
)
from .stem_audio import (
    StemAudio as StemAudio,
    stem_audio as stem_audio,
)

__all__ = [
    "CODES",
    "LANGUAGES",
    "SEVERITIES",
    "CheckReport",
    "Code",
    "Finding",
    "Found",
    "InRough",
    "KnownStem",
    "Letters",
    "MixFit",
    "OffsetMeter",
    "OtherMusic",
    "Progress",
    "Severity",
    "SongAudio",
    "StemAudio",
    "StemFindings",
    "StemInMix",
    "StemInRough",
    "Unknown",
    "check",
    "code_of",
    "excerpt",
    "filled",
    "finding_of_stem",
    "in_rough",
    "letters",
    "name_of",
    "offset_words",
    "opened_song",
    "plain_sum",
    "quick_report",
    "stem_audio",
    "sum_frames",
    "undecodable",
    "unwatched",
]
