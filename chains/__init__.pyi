from .bounds import (
    MAX_BYTES as MAX_BYTES,
)
from .bounds import (
    too_long_key as too_long_key,
)
from .faults import (
    ChainError as ChainError,
)
from .faults import (
    Fault as Fault,
)
from .faults import (
    Note as Note,
)
from .inserts.reference import (
    ProcessorWords as ProcessorWords,
)
from .inserts.reference import (
    as_markdown as as_markdown,
)
from .inserts.reference import (
    placement as placement,
)
from .inserts.reference import (
    processors as processors,
)
from .inserts.reference import (
    rows as rows,
)
from .inserts.settings import (
    Band as Band,
)
from .inserts.settings import (
    Bell as Bell,
)
from .inserts.settings import (
    CompressedBand as CompressedBand,
)
from .inserts.settings import (
    Compressor as Compressor,
)
from .inserts.settings import (
    Deesser as Deesser,
)
from .inserts.settings import (
    DynamicBand as DynamicBand,
)
from .inserts.settings import (
    DynamicEq as DynamicEq,
)
from .inserts.settings import (
    Eq as Eq,
)
from .inserts.settings import (
    Gain as Gain,
)
from .inserts.settings import (
    Gate as Gate,
)
from .inserts.settings import (
    InsertSettings as InsertSettings,
)
from .inserts.settings import (
    Limiter as Limiter,
)
from .inserts.settings import (
    Multiband as Multiband,
)
from .inserts.settings import (
    Pass as Pass,
)
from .inserts.settings import (
    Plugin as Plugin,
)
from .inserts.settings import (
    PluginTable as PluginTable,
)
from .inserts.settings import (
    Reverb as Reverb,
)
from .inserts.settings import (
    Saturation as Saturation,
)
from .inserts.settings import (
    Settings as Settings,
)
from .inserts.settings import (
    Shelf as Shelf,
)
from .inserts.settings import (
    Width as Width,
)
from .inserts.words import (
    describe as describe,
)
from .inserts.words import (
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
)
from .model import (
    Chain as Chain,
)
from .model import (
    Engine as Engine,
)
from .model import (
    Group as Group,
)
from .model import (
    Insert as Insert,
)
from .model import (
    Return as Return,
)
from .model import (
    Side as Side,
)
from .model import (
    Target as Target,
)
from .model import (
    Version as Version,
)
from .model import (
    is_absolute as is_absolute,
)
from .reading import (
    LIBRARY as LIBRARY,
)
from .reading import (
    load as load,
)
from .reading import (
    loads as loads,
)
from .select import (
    ROLES as ROLES,
)
from .select import (
    Assignment as Assignment,
)
from .select import (
    StemName as StemName,
)
from .select import (
    assign as assign,
)
from .select import (
    matches as matches,
)
from .select import (
    role_of as role_of,
)
from .select import (
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
    "LIBRARY",
    "Limiter",
    "MASTER",
    "MAX_BYTES",
    "Multiband",
    "Note",
    "Pass",
    "Plugin",
    "PluginTable",
    "ProcessorWords",
    "ROLES",
    "Return",
    "Reverb",
    "Saturation",
    "Settings",
    "Shelf",
    "Side",
    "StemName",
    "Target",
    "USES",
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
