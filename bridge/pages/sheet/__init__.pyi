from .page import (
    sheet_page as sheet_page,
)
from .plugin_readings import (
    PluginReading as PluginReading,
    read_plugins as read_plugins,
)
from .sheet import (
    Sheet as Sheet,
    SheetInsert as SheetInsert,
    SheetRide as SheetRide,
    SheetRow as SheetRow,
    SheetSection as SheetSection,
    SheetStem as SheetStem,
    SheetStrip as SheetStrip,
    SheetVersion as SheetVersion,
)
from .sheet_lines import (
    sheet_lines as sheet_lines,
)
from .song_words import (
    RideKind as RideKind,
    RideName as RideName,
    SongWords as SongWords,
)
from .strips import (
    recall_sheet as recall_sheet,
)

__all__ = [
    "PluginReading",
    "RideKind",
    "RideName",
    "Sheet",
    "SheetInsert",
    "SheetRide",
    "SheetRow",
    "SheetSection",
    "SheetStem",
    "SheetStrip",
    "SheetVersion",
    "SongWords",
    "read_plugins",
    "recall_sheet",
    "sheet_lines",
    "sheet_page",
]
