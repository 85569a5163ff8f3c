"""The sound, as text: chain files to chains, and which stems each group takes.

`load` and `loads` read, `dumps` writes, `schema` is the JSON Schema; `assign` links stems to
groups; `describe` says what an insert does. A wrong file raises ChainError with all its faults;
`check` holds a chain that was made in code to the same.
"""

from __future__ import annotations

from chains.faults import ChainError, Fault, Note
from chains.inserts.settings import (
    Band,
    Bell,
    CompressedBand,
    Compressor,
    Deesser,
    DynamicBand,
    DynamicEq,
    Eq,
    Gain,
    Gate,
    InsertSettings,
    Limiter,
    Multiband,
    Pass,
    Plugin,
    PluginTable,
    Reverb,
    Saturation,
    Settings,
    Shelf,
    Width,
)
from chains.inserts.words import describe, describe_chain
from chains.json_schema import schema
from chains.lines import Where
from chains.model import Chain, Engine, Group, Insert, Return, Target, Version
from chains.reading import LIBRARY, load, loads
from chains.select import ROLES, Assignment, StemName, assign, matches
from chains.validation import check
from chains.wire import USES
from chains.write import dumps

__all__ = [
    "LIBRARY",
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
    "Return",
    "Reverb",
    "Saturation",
    "Settings",
    "Shelf",
    "StemName",
    "Target",
    "Version",
    "Where",
    "Width",
    "assign",
    "check",
    "describe",
    "describe_chain",
    "dumps",
    "load",
    "loads",
    "matches",
    "schema",
]
