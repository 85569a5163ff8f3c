from .beside import beside_others as beside_others
from .beside_section import (
    balance_chart as balance_chart,
    beside_section as beside_section,
)
from .charts import (
    reduction_chart as reduction_chart,
    spectra as spectra,
    spectrum_points as spectrum_points,
)
from .contents import (
    analysis as analysis,
    reductions_db as reductions_db,
)
from .excerpts import (
    LONGEST_S as LONGEST_S,
    between as between,
    whole as whole,
)
from .heard_signal import (
    Heard as Heard,
)
from .path_cards import (
    insert_words as insert_words,
)
from .rendered_page import (
    ReportPages as ReportPages,
)
from .report import (
    PAGE as PAGE,
    opened as opened,
    rewrite_report as rewrite_report,
    write_report as write_report,
)
from .song import (
    Song as Song,
    day as day,
)
from .sources import (
    Reference as Reference,
    listen as listen,
)
from .step_signals import (
    StepSignals as StepSignals,
    Taps as Taps,
    taps as taps,
)
from .tables import (
    without_folders as without_folders,
)

__all__ = [
    "LONGEST_S",
    "PAGE",
    "Heard",
    "Reference",
    "ReportPages",
    "Song",
    "StepSignals",
    "Taps",
    "analysis",
    "balance_chart",
    "beside_others",
    "beside_section",
    "between",
    "day",
    "insert_words",
    "listen",
    "opened",
    "reduction_chart",
    "reductions_db",
    "rewrite_report",
    "spectra",
    "spectrum_points",
    "taps",
    "whole",
    "without_folders",
    "write_report",
]
