from .checking import (
    Progress as Progress,
    check as check,
    unwatched as unwatched,
)
from .codes import (
    CODES as CODES,
    SEVERITIES as SEVERITIES,
    Code as Code,
    Severity as Severity,
    code_of as code_of,
)
from .findings import (
    CheckReport as CheckReport,
    Finding as Finding,
    MixFit as MixFit,
    StemFindings as StemFindings,
    StemInMix as StemInMix,
)
from .message.letter import (
    LANGUAGES as LANGUAGES,
    Letters as Letters,
    letters as letters,
)

__all__ = [
    "CODES",
    "LANGUAGES",
    "SEVERITIES",
    "CheckReport",
    "Code",
    "Finding",
    "Letters",
    "MixFit",
    "Progress",
    "Severity",
    "StemFindings",
    "StemInMix",
    "check",
    "code_of",
    "letters",
    "unwatched",
]
