from .beside_both import (
    beside_both as beside_both,
    beside_excerpt as beside_excerpt,
)
from .page import (
    Proposal as Proposal,
    write_proposal as write_proposal,
)
from .song_deck import (
    BothSounds as BothSounds,
    Target as Target,
    song_deck as song_deck,
)

__all__ = [
    "BothSounds",
    "Proposal",
    "Target",
    "beside_both",
    "beside_excerpt",
    "song_deck",
    "write_proposal",
]
