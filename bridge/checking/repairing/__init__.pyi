from .folder import refuse_folder as refuse_folder
from .log import (
    BETTER as BETTER,
    place as place,
)
from .plan import (
    METHODS as METHODS,
    Method as Method,
    Plan as Plan,
    StemPlace as StemPlace,
    planned_repairs as planned_repairs,
)
from .record import has_repairs as has_repairs
from .song import (
    planned as planned,
    refused_unread as refused_unread,
    repaired as repaired,
)
from .steps import (
    Mended as Mended,
    Refused as Refused,
    RepairedStem as RepairedStem,
    Repairs as Repairs,
    RepairStep as RepairStep,
    TouchedRange as TouchedRange,
)
from .verifying import (
    RepairDifference as RepairDifference,
    VerifiedRepairs as VerifiedRepairs,
    verified_repairs as verified_repairs,
)

__all__ = [
    "BETTER",
    "METHODS",
    "Mended",
    "Method",
    "Plan",
    "Refused",
    "RepairDifference",
    "RepairStep",
    "RepairedStem",
    "Repairs",
    "StemPlace",
    "TouchedRange",
    "VerifiedRepairs",
    "has_repairs",
    "place",
    "planned",
    "planned_repairs",
    "refuse_folder",
    "refused_unread",
    "repaired",
    "verified_repairs",
]
