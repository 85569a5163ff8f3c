from .charts import (
    Chart as Chart,
)
from .charts import (
    Curve as Curve,
)
from .charts import (
    chart as chart,
)
from .charts import (
    hz_ticks as hz_ticks,
)
from .charts import (
    time_ticks as time_ticks,
)
from .excerpts import (
    PREVIEW_HZ as PREVIEW_HZ,
)
from .excerpts import (
    Excerpt as Excerpt,
)
from .excerpts import (
    excerpt as excerpt,
)
from .excerpts import (
    preview as preview,
)
from .excerpts import (
    short_preview as short_preview,
)
from .html import (
    change as change,
)
from .html import (
    clock as clock,
)
from .html import (
    document as document,
)
from .html import (
    figure as figure,
)
from .html import (
    part as part,
)
from .html import (
    saved as saved,
)
from .html import (
    section as section,
)
from .html import (
    table as table,
)
from .html import (
    tag as tag,
)
from .html import (
    text as text,
)
from .html import (
    tiles as tiles,
)
from .outlines import (
    COLUMNS as COLUMNS,
)
from .outlines import (
    Outline as Outline,
)
from .outlines import (
    extremes as extremes,
)
from .outlines import (
    lane as lane,
)
from .outlines import (
    outlined as outlined,
)
from .outlines import (
    residual_lane as residual_lane,
)
from .player import (
    NULL_COLOUR as NULL_COLOUR,
)
from .player import (
    Deck as Deck,
)
from .player import (
    Track as Track,
)
from .player import (
    lowered as lowered,
)
from .player import (
    matching_db as matching_db,
)
from .player import (
    players as players,
)
from .player import (
    row_buttons as row_buttons,
)
from .player import (
    row_sounds as row_sounds,
)
from .player import (
    ruler as ruler,
)

__all__ = [
    "COLUMNS",
    "Chart",
    "Curve",
    "Deck",
    "Excerpt",
    "NULL_COLOUR",
    "Outline",
    "PREVIEW_HZ",
    "Track",
    "change",
    "chart",
    "clock",
    "document",
    "excerpt",
    "extremes",
    "figure",
    "hz_ticks",
    "lane",
    "lowered",
    "matching_db",
    "outlined",
    "part",
    "players",
    "preview",
    "residual_lane",
    "row_buttons",
    "row_sounds",
    "ruler",
    "saved",
    "section",
    "short_preview",
    "table",
    "tag",
    "text",
    "tiles",
    "time_ticks",
]
