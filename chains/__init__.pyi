from .bounds import (
    MAX_BYTES as MAX_BYTES,
    too_long_key as too_long_key,
)
from .document import (
    as_document as as_document,
)
from .editing.edits import (
    with_comment as with_comment,
    with_row as with_row,
    with_value as with_value,
    without as without,
)
from .fault_words import (
    Grammar as Grammar,
)
from .faults import (
    ChainError as ChainError,
    Fault as Fault,
    FileError as FileError,
    Note as Note,
)
from .inserts import (
    USES as USES,
)
from .inserts.base import (
    Decibels as Decibels,
    Settings as Settings,
)
from .inserts.compressor import (
    Compressor as Compressor,
)
from .inserts.deesser import (
    Deesser as Deesser,
)
from .inserts.dynamic_eq import (
    DynamicBand as DynamicBand,
    DynamicEq as DynamicEq,
)
from .inserts.eq import (
    Band as Band,
    Bell as Bell,
    Eq as Eq,
    Pass as Pass,
    Shelf as Shelf,
)
from .inserts.gain import (
    Gain as Gain,
)
from .inserts.gate import (
    Gate as Gate,
)
from .inserts.limiter import (
    Limiter as Limiter,
)
from .inserts.multiband import (
    CompressedBand as CompressedBand,
    Multiband as Multiband,
)
from .inserts.plugin import (
    Plugin as Plugin,
    PluginTable as PluginTable,
)
from .inserts.reference import (
    ProcessorWords as ProcessorWords,
    as_markdown as as_markdown,
    placement as placement,
    processors as processors,
    rows as rows,
)
from .inserts.reverb import (
    Reverb as Reverb,
)
from .inserts.saturation import (
    Saturation as Saturation,
)
from .inserts.settings import (
    InsertSettings as InsertSettings,
)
from .inserts.width import (
    Width as Width,
)
from .inserts.words import (
    describe as describe,
    describe_chain as describe_chain,
)
from .json_schema import (
    schema as schema,
    schema_of as schema_of,
)
from .lines import (
    NOWHERE as NOWHERE,
    Source as Source,
    Where as Where,
    dotted as dotted,
)
from .model import (
    MASTER as MASTER,
    SAMPLE_RATES_HZ as SAMPLE_RATES_HZ,
    Chain as Chain,
    Dynamics as Dynamics,
    Engine as Engine,
    Group as Group,
    Insert as Insert,
    Return as Return,
    Side as Side,
    Target as Target,
    Version as Version,
    is_absolute as is_absolute,
    stem_version_id as stem_version_id,
)
from .reading import (
    CHAIN as CHAIN,
    LIBRARY as LIBRARY,
    load as load,
    loads as loads,
    override_faults as override_faults,
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
from .toml_file import (
    FileKind as FileKind,
    of_this_schema as of_this_schema,
    toml_data as toml_data,
    toml_text as toml_text,
)
from .validation import (
    check as check,
    from_document as from_document,
    overridden as overridden,
)
from .wire import (
    Table as Table,
)
from .write import (
    dumps as dumps,
)

__all__ = [
    "CHAIN",
    "LIBRARY",
    "MASTER",
    "MAX_BYTES",
    "NOWHERE",
    "ROLES",
    "SAMPLE_RATES_HZ",
    "USES",
    "Assignment",
    "Band",
    "Bell",
    "Chain",
    "ChainError",
    "CompressedBand",
    "Compressor",
    "Decibels",
    "Deesser",
    "DynamicBand",
    "DynamicEq",
    "Dynamics",
    "Engine",
    "Eq",
    "Fault",
    "FileError",
    "FileKind",
    "Gain",
    "Gate",
    "Grammar",
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
    "Source",
    "StemName",
    "Table",
    "Target",
    "Version",
    "Where",
    "Width",
    "as_document",
    "as_markdown",
    "assign",
    "check",
    "describe",
    "describe_chain",
    "dotted",
    "dumps",
    "from_document",
    "is_absolute",
    "load",
    "loads",
    "matches",
    "of_this_schema",
    "overridden",
    "override_faults",
    "placement",
    "processors",
    "role_of",
    "rows",
    "schema",
    "schema_of",
    "stem_selector",
    "stem_version_id",
    "toml_data",
    "toml_text",
    "too_long_key",
    "with_comment",
    "with_row",
    "with_value",
    "without",
]
