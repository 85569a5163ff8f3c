from .context import (
    Context as Context,
    StepResult as StepResult,
    context_of as context_of,
)
from .finish import (
    MUCH_LIMITING_DB as MUCH_LIMITING_DB,
    target_spec as target_spec,
    target_words as target_words,
)
from .lanes import (
    group_source as group_source,
    lane_source as lane_source,
    render_lanes as render_lanes,
    render_the_others as render_the_others,
)
from .master import (
    WORKER_MODULES as WORKER_MODULES,
    Output as Output,
    Rendering as Rendering,
    render as render,
)
from .master_bus import (
    sent_parts as sent_parts,
    weighted_sum as weighted_sum,
)
from .native_steps import run_again as run_again
from .residuals import (
    residual_files as residual_files,
    write_residuals as write_residuals,
)
from .takes import (
    HeldDrive as HeldDrive,
)
from .version_sums import (
    MOST_BETWEEN_DBFS as MOST_BETWEEN_DBFS,
    VersionsSum as VersionsSum,
    peak_between as peak_between,
)

__all__ = [
    "MOST_BETWEEN_DBFS",
    "MUCH_LIMITING_DB",
    "WORKER_MODULES",
    "Context",
    "HeldDrive",
    "Output",
    "Rendering",
    "StepResult",
    "VersionsSum",
    "context_of",
    "group_source",
    "lane_source",
    "peak_between",
    "render",
    "render_lanes",
    "render_the_others",
    "residual_files",
    "run_again",
    "sent_parts",
    "target_spec",
    "target_words",
    "weighted_sum",
    "write_residuals",
]
