from .captured import (
    Captured as Captured,
    Difference as Difference,
    Pick as Pick,
    capture as capture,
)
from .captured_onto import (
    capture_onto as capture_onto,
)
from .chain_folder import (
    check_free as check_free,
    write_chain as write_chain,
)
from .devices import (
    Finisher as Finisher,
)
from .embedded import (
    extract as extract,
)
from .lifting import (
    LiftedInsert as LiftedInsert,
    hostable as hostable,
    lift as lift,
    slug as slug,
    suffix_of as suffix_of,
    table_of as table_of,
    with_class_ids as with_class_ids,
)
from .members import (
    media_file as media_file,
)
from .mixer import (
    RESERVED as RESERVED,
    names_of as names_of,
)
from .presets import (
    capture_presets as capture_presets,
)
from .project_export import (
    Exported as Exported,
    export as export,
)

__all__ = [
    "RESERVED",
    "Captured",
    "Difference",
    "Exported",
    "Finisher",
    "LiftedInsert",
    "Pick",
    "capture",
    "capture_onto",
    "capture_presets",
    "check_free",
    "export",
    "extract",
    "hostable",
    "lift",
    "media_file",
    "names_of",
    "slug",
    "suffix_of",
    "table_of",
    "with_class_ids",
    "write_chain",
]
