from .charts import (
    reduction_chart as reduction_chart,
)
from .charts import (
    spectra as spectra,
)
from .charts import (
    spectrum_points as spectrum_points,
)
from .contents import (
    reductions_db as reductions_db,
)
from .excerpts import (
    LONGEST_S as LONGEST_S,
)
from .excerpts import (
    between as between,
)
from .heard_signal import (
    Heard as Heard,
)
from .path_cards import (
    insert_words as insert_words,
)
from .report import (
    PAGE as PAGE,
)
from .report import (
    ReportPages as ReportPages,
)
from .report import (
    opened as opened,
)
from .report import (
    rewrite_report as rewrite_report,
)
from .report import (
    write_report as write_report,
)
from .song import (
    Song as Song,
)
from .song import (
    day as day,
)
from .sources import (
    Reference as Reference,
)
from .sources import (
    listen as listen,
)
from .step_signals import (
    Folder as Folder,
)
from .step_signals import (
    Taps as Taps,
)
from .step_signals import (
    taps as taps,
)
from .tables import (
    without_folders as without_folders,
)

__all__ = [
    "Folder",
    "Heard",
    "LONGEST_S",
    "PAGE",
    "Reference",
    "ReportPages",
    "Song",
    "Taps",
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
    "without_folders",
    "write_report",
]
