from .accounts import (
    REASONS as REASONS,
    ClipAccount as ClipAccount,
    seconds as seconds,
)
from .bounce import (
    Bounce as Bounce,
    StemKind as StemKind,
    planned as planned,
    refusals as refusals,
    stretches as stretches,
)
from .dialects.known import (
    dialect_of as dialect_of,
)
from .stem_files import (
    Bounced as Bounced,
    plan_json as plan_json,
    print_stems as print_stems,
)

__all__ = [
    "REASONS",
    "Bounce",
    "Bounced",
    "ClipAccount",
    "StemKind",
    "dialect_of",
    "plan_json",
    "planned",
    "print_stems",
    "refusals",
    "seconds",
    "stretches",
]
