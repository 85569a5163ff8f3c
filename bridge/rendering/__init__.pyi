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
from .hosted_steps import (
    insert_of as insert_of,
    plugin_placed as plugin_placed,
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
    render_bus as render_bus,
    sent_parts as sent_parts,
    weighted_sum as weighted_sum,
)
from .native_steps import run_again as run_again
from .residuals import (
    residual_files as residual_files,
    write_residuals as write_residuals,
)
from .steps import run_steps as run_steps
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
    "insert_of",
    "lane_source",
    "peak_between",
    "plugin_placed",
    "render",
    "render_bus",
    "render_lanes",
    "render_the_others",
    "residual_files",
    "run_again",
    "run_steps",
    "sent_parts",
    "target_spec",
    "target_words",
    "weighted_sum",
    "write_residuals",
]
