from .checking import checked as checked
from .codes import wrong_code as wrong_code
from .cover import (
    Cover as Cover,
    CoverFacts as CoverFacts,
    cover_facts as cover_facts,
)
from .essence import (
    Container as Container,
    container_of as container_of,
    essence_sha256 as essence_sha256,
)
from .fields import (
    ALIASES as ALIASES,
    FIELDS as FIELDS,
    Field as Field,
)
from .id3_head import check_id3_of as check_id3_of
from .options import TagOptions as TagOptions
from .reading import (
    FileTags as FileTags,
    read_tags as read_tags,
)
from .song_metadata import (
    MAIN as MAIN,
    SongMetadata as SongMetadata,
)
from .transliteration import in_ascii as in_ascii
from .wave.bext import (
    Bext as Bext,
    Loudness as Loudness,
)
from .wave.chunks import read_wave as read_wave
from .writing import (
    Tagged as Tagged,
    write_tags as write_tags,
)

__all__ = [
    "ALIASES",
    "FIELDS",
    "MAIN",
    "Bext",
    "Container",
    "Cover",
    "CoverFacts",
    "Field",
    "FileTags",
    "Loudness",
    "SongMetadata",
    "TagOptions",
    "Tagged",
    "check_id3_of",
    "checked",
    "container_of",
    "cover_facts",
    "essence_sha256",
    "in_ascii",
    "read_tags",
    "read_wave",
    "write_tags",
    "wrong_code",
]
