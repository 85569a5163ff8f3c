from .sections import (
    BesideWords as BesideWords,
    beside_parts as beside_parts,
    in_one_section as in_one_section,
)
from .songs import (
    Beside as Beside,
    beside_songs as beside_songs,
)

__all__ = [
    "Beside",
    "BesideWords",
    "beside_parts",
    "beside_songs",
    "in_one_section",
]
