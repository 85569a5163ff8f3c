"""What a song is called by the place of its stems."""

from __future__ import annotations

from pathlib import Path

STEM_FOLDERS = frozenset(
    {"audio", "bounce", "bounces", "export", "exports", "stem", "stems", "tracks", "wav", "wavs"}
)
"""What folders of stems are called, and no song is: then the folder around them is asked."""


def title_of(stems: Path) -> str:
    """The name of the folder or file, or that of the folder around it; "" at the top of a disk.

    Of stems that were printed from a session it is the session's.
    """
    place = stems.resolve()
    name = place.name if place.is_dir() else place.stem
    if (place / "bounce.json").is_file():
        name = name.removesuffix("-stems")
    return place.parent.name if name.casefold() in STEM_FOLDERS else name
