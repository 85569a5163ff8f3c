from .dips import (
    Dip as Dip,
)
from .edits import (
    Edit as Edit,
    TimedEdit as TimedEdit,
    check_edit as check_edit,
)
from .encoding import (
    DITHER_WORDS as DITHER_WORDS,
    Coding as Coding,
    aac_program as aac_program,
    decode_aac as decode_aac,
    encode as encode,
)
from .facts import (
    FileFacts as FileFacts,
    facts_of as facts_of,
    facts_of_blocks as facts_of_blocks,
)
from .group_shares import (
    GroupShare as GroupShare,
    MasteredMoment as MasteredMoment,
    group_shares as group_shares,
)
from .lossy_peaks import (
    Over as Over,
    SafeCeiling as SafeCeiling,
    dip_overs as dip_overs,
    overs_in as overs_in,
    safe_ceiling as safe_ceiling,
)
from .making import (
    LOSSY as LOSSY,
    WHOLE as WHOLE,
    MadeFile as MadeFile,
    decoded_copy as decoded_copy,
    decoded_measures as decoded_measures,
    edited_peak as edited_peak,
    make_file as make_file,
    read_again as read_again,
)

__all__ = [
    "DITHER_WORDS",
    "LOSSY",
    "WHOLE",
    "Coding",
    "Dip",
    "Edit",
    "FileFacts",
    "GroupShare",
    "MadeFile",
    "MasteredMoment",
    "Over",
    "SafeCeiling",
    "TimedEdit",
    "aac_program",
    "check_edit",
    "decode_aac",
    "decoded_copy",
    "decoded_measures",
    "dip_overs",
    "edited_peak",
    "encode",
    "facts_of",
    "facts_of_blocks",
    "group_shares",
    "make_file",
    "overs_in",
    "read_again",
    "safe_ceiling",
]
