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
from .making import (
    LOSSY as LOSSY,
    WHOLE as WHOLE,
    MadeFile as MadeFile,
    SafeCeiling as SafeCeiling,
    decoded_copy as decoded_copy,
    decoded_measures as decoded_measures,
    make_file as make_file,
    safe_ceiling as safe_ceiling,
)

__all__ = [
    "DITHER_WORDS",
    "LOSSY",
    "WHOLE",
    "Coding",
    "Edit",
    "MadeFile",
    "SafeCeiling",
    "TimedEdit",
    "aac_program",
    "check_edit",
    "decode_aac",
    "decoded_copy",
    "decoded_measures",
    "encode",
    "make_file",
    "safe_ceiling",
]
