from .checking import checked as checked
from .cover import (
    Cover as Cover,
    CoverFacts as CoverFacts,
    cover_facts as cover_facts,
)
from .fields import (
    ALIASES as ALIASES,
    FIELDS as FIELDS,
    Field as Field,
)
from .song_metadata import (
    MAIN as MAIN,
    SongMetadata as SongMetadata,
)
from .transliteration import in_ascii as in_ascii

__all__ = [
    "ALIASES",
    "FIELDS",
    "MAIN",
    "Cover",
    "CoverFacts",
    "Field",
    "SongMetadata",
    "checked",
    "cover_facts",
    "in_ascii",
]
