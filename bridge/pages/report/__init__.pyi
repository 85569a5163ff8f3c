from .beside import (
    beside_others as beside_others,
    figured as figured,
    playback_rows as playback_rows,
)
from .beside_section import (
    STUDIO as STUDIO,
    TableWords as TableWords,
    beside_section as beside_section,
    versions_playback as versions_playback,
    versions_section as versions_section,
)
from .charts import (
    Drawn as Drawn,
    loudness_over_time as loudness_over_time,
    reduction_chart as reduction_chart,
    spectra as spectra,
    spectra_of as spectra_of,
    spectrum_points as spectrum_points,
)
from .contents import (
    Row as Row,
    analysis as analysis,
    looked as looked,
    reductions_db as reductions_db,
)
from .excerpts import (
    LONGEST_S as LONGEST_S,
    between as between,
    place_s as place_s,
    whole as whole,
)
from .heard_signal import (
    Heard as Heard,
    Kind as Kind,
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
    both_sides as both_sides,
    listen as listen,
    placed_beside as placed_beside,
    references_heard as references_heard,
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
    "STUDIO",
    "Drawn",
    "Heard",
    "Kind",
    "Reference",
    "ReportPages",
    "Row",
    "Song",
    "StepSignals",
    "TableWords",
    "Taps",
    "analysis",
    "beside_others",
    "beside_section",
    "between",
    "both_sides",
    "day",
    "figured",
    "insert_words",
    "listen",
    "looked",
    "loudness_over_time",
    "opened",
    "place_s",
    "placed_beside",
    "playback_rows",
    "reduction_chart",
    "reductions_db",
    "references_heard",
    "rewrite_report",
    "spectra",
    "spectra_of",
    "spectrum_points",
    "taps",
    "versions_playback",
    "versions_section",
    "whole",
    "without_folders",
    "write_report",
]
