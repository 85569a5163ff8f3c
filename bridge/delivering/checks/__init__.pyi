from .against_profile import (
    checks_of as checks_of,
    coding_checks as coding_checks,
    depth_of as depth_of,
)
from .plain_wave import (
    plain_wave_checks as plain_wave_checks,
)
from .result import (
    Checked as Checked,
    Outcome as Outcome,
    outcome_of as outcome_of,
)
from .same_recording import (
    HeardFile as HeardFile,
    same_recording_checks as same_recording_checks,
)
from .side_checks import (
    side_checks as side_checks,
)
from .swapped import (
    swapped_checks as swapped_checks,
)
from .tag_checks import (
    tag_checks as tag_checks,
)

__all__ = [
    "Checked",
    "HeardFile",
    "Outcome",
    "checks_of",
    "coding_checks",
    "depth_of",
    "outcome_of",
    "plain_wave_checks",
    "same_recording_checks",
    "side_checks",
    "swapped_checks",
    "tag_checks",
]
