from .accounts import (
    REASONS as REASONS,
    TRACK_REASONS as TRACK_REASONS,
    ClipAccount as ClipAccount,
    seconds as seconds,
)
from .bounce import (
    Bounce as Bounce,
    StemKind as StemKind,
    planned as planned,
    refusals as refusals,
    regions as regions,
)
from .dialects.known import (
    dialect_of as dialect_of,
)
from .inserts import (
    Hosting as Hosting,
)
from .stem_files import (
    Bounced as Bounced,
    file_names_of as file_names_of,
    is_printed as is_printed,
    plan_json as plan_json,
    print_stems as print_stems,
    source_of as source_of,
    told_of as told_of,
)
from .stretches import (
    Ready as Ready,
    lacking_plugins as lacking_plugins,
    made_ready as made_ready,
    stretches as stretches,
)
from .telling.origins import (
    changed_since as changed_since,
)
from .telling.track_table import (
    TrackRow as TrackRow,
    track_rows as track_rows,
)

__all__ = [
    "REASONS",
    "TRACK_REASONS",
    "Bounce",
    "Bounced",
    "ClipAccount",
    "Hosting",
    "Ready",
    "StemKind",
    "TrackRow",
    "changed_since",
    "dialect_of",
    "file_names_of",
    "is_printed",
    "lacking_plugins",
    "made_ready",
    "plan_json",
    "planned",
    "print_stems",
    "refusals",
    "regions",
    "seconds",
    "source_of",
    "stretches",
    "told_of",
    "track_rows",
]
