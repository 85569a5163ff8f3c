from .bounds import (
    MAX_BYTES as MAX_BYTES,
    too_long_key as too_long_key,
)
from .faults import (
    ChainError as ChainError,
    Fault as Fault,
    Note as Note,
)
from .inserts.reference import (
    ProcessorWords as ProcessorWords,
    as_markdown as as_markdown,
    placement as placement,
    processors as processors,
    rows as rows,
)
from .inserts.settings import (
    Band as Band,
    Bell as Bell,
    CompressedBand as CompressedBand,
    Compressor as Compressor,
    Deesser as Deesser,
    DynamicBand as DynamicBand,
    DynamicEq as DynamicEq,
    Eq as Eq,
    Gain as Gain,
    Gate as Gate,
    InsertSettings as InsertSettings,
    Limiter as Limiter,
    Multiband as Multiband,
    Pass as Pass,
    Plugin as Plugin,
    PluginTable as PluginTable,
    Reverb as Reverb,
    Saturation as Saturation,
    Settings as Settings,
    Shelf as Shelf,
    Width as Width,
)
from .inserts.words import (
    describe as describe,
    describe_chain as describe_chain,
)
from .json_schema import (
    schema as schema,
)
from .lines import (
    Where as Where,
)
from .model import (
    MASTER as MASTER,
    Chain as Chain,
    Engine as Engine,
    Group as Group,
    Insert as Insert,
    Return as Return,
    Side as Side,
    Target as Target,
    Version as Version,
    is_absolute as is_absolute,
)
from .reading import (
    LIBRARY as LIBRARY,
    load as load,
    loads as loads,
)
from .select import (
    ROLES as ROLES,
    Assignment as Assignment,
    StemName as StemName,
    assign as assign,
    matches as matches,
    role_of as role_of,
    stem_selector as stem_selector,
)
from .validation import (
    check as check,
)
from .wire import (
    USES as USES,
)
from .write import (
    dumps as dumps,
)

__all__ = [
    "LIBRARY",
    "MASTER",
    "MAX_BYTES",
    "ROLES",
    "USES",
    "Assignment",
    "Band",
    "Bell",
    "Chain",
    "ChainError",
    "CompressedBand",
    "Compressor",
    "Deesser",
    "DynamicBand",
    "DynamicEq",
    "Engine",
    "Eq",
    "Fault",
    "Gain",
    "Gate",
    "Group",
    "Insert",
    "InsertSettings",
    "Limiter",
    "Multiband",
    "Note",
    "Pass",
    "Plugin",
    "PluginTable",
    "ProcessorWords",
    "Return",
    "Reverb",
    "Saturation",
    "Settings",
    "Shelf",
    "Side",
    "StemName",
    "Target",
    "Version",
    "Where",
    "Width",
    "as_markdown",
    "assign",
    "check",
    "describe",
    "describe_chain",
    "dumps",
    "is_absolute",
    "load",
    "loads",
    "matches",
    "placement",
    "processors",
    "role_of",
    "rows",
    "schema",
    "stem_selector",
    "too_long_key",
]
