from .edits import (
    Edit as Edit,
    check_edit as check_edit,
)
from .encoding import (
    Coding as Coding,
    aac_program as aac_program,
    decode_aac as decode_aac,
    encode as encode,
)
from .making import (
    MadeFile as MadeFile,
    decoded_measures as decoded_measures,
    make_file as make_file,
)

__all__ = [
    "Coding",
    "Edit",
    "MadeFile",
    "aac_program",
    "check_edit",
    "decode_aac",
    "decoded_measures",
    "encode",
    "make_file",
]
