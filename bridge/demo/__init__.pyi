from .parts import (
    PARTS as PARTS,
)
from .song import (
    stem as stem,
    write_song as write_song,
)

__all__ = [
    "PARTS",
    "stem",
    "write_song",
]
