from .digests import (
    SIDECAR_SUFFIX as SIDECAR_SUFFIX,
)
from .digests import (
    Carried as Carried,
)
from .digests import (
    Digests as Digests,
)
from .digests import (
    chain_digest as chain_digest,
)
from .digests import (
    lock_digest as lock_digest,
)
from .digests import (
    output_digest as output_digest,
)
from .digests import (
    read_sidecar as read_sidecar,
)
from .digests import (
    read_tag as read_tag,
)
from .digests import (
    sidecar_of as sidecar_of,
)
from .digests import (
    stems_digest as stems_digest,
)
from .folder_writer import (
    Pages as Pages,
)
from .folder_writer import (
    write_folder as write_folder,
)
from .folder_writer import (
    write_into as write_into,
)
from .lock import (
    LOCK as LOCK,
)
from .lock import (
    LOCK_SCHEMA as LOCK_SCHEMA,
)
from .lock import (
    Engine as Engine,
)
from .lock import (
    Lock as Lock,
)
from .lock import (
    MixerRow as MixerRow,
)
from .lock import (
    Place as Place,
)
from .lock import (
    PluginRow as PluginRow,
)
from .lock import (
    Source as Source,
)
from .lock import (
    SourceFile as SourceFile,
)
from .lock import (
    read_lock as read_lock,
)
from .lock_differences import (
    differences as differences,
)
from .lock_differences import (
    hold_to as hold_to,
)
from .lock_writer import (
    as_text as as_text,
)
from .lock_writer import (
    lock_of as lock_of,
)
from .place import (
    OutputFolder as OutputFolder,
)
from .place import (
    check_output as check_output,
)
from .place import (
    check_unlocked as check_unlocked,
)
from .place import (
    check_whole as check_whole,
)
from .record import (
    RECORD as RECORD,
)
from .record import (
    RECORD_SCHEMA as RECORD_SCHEMA,
)
from .record import (
    Finished as Finished,
)
from .record import (
    Level as Level,
)
from .record import (
    Record as Record,
)
from .record import (
    Row as Row,
)
from .record import (
    Said as Said,
)
from .record import (
    Version as Version,
)
from .record import (
    checked_record as checked_record,
)
from .record import (
    need_record as need_record,
)
from .record import (
    read_record as read_record,
)
from .shapes import (
    Db as Db,
)
from .shapes import (
    Frames as Frames,
)
from .shapes import (
    Many as Many,
)
from .shapes import (
    RateHz as RateHz,
)
from .shapes import (
    Shape as Shape,
)
from .shapes import (
    Text as Text,
)
from .shapes import (
    Told as Told,
)
from .shapes import (
    in_words as in_words,
)
from .shapes import (
    told_of as told_of,
)
from .song import (
    held_drive as held_drive,
)
from .song import (
    refuse_other_song as refuse_other_song,
)
from .song import (
    song_row as song_row,
)

__all__ = [
    "Carried",
    "Db",
    "Digests",
    "Engine",
    "Finished",
    "Frames",
    "LOCK",
    "LOCK_SCHEMA",
    "Level",
    "Lock",
    "Many",
    "MixerRow",
    "OutputFolder",
    "Pages",
    "Place",
    "PluginRow",
    "RECORD",
    "RECORD_SCHEMA",
    "RateHz",
    "Record",
    "Row",
    "SIDECAR_SUFFIX",
    "Said",
    "Shape",
    "Source",
    "SourceFile",
    "Text",
    "Told",
    "Version",
    "as_text",
    "chain_digest",
    "check_output",
    "check_unlocked",
    "check_whole",
    "checked_record",
    "differences",
    "held_drive",
    "hold_to",
    "in_words",
    "lock_digest",
    "lock_of",
    "need_record",
    "output_digest",
    "read_lock",
    "read_record",
    "read_sidecar",
    "read_tag",
    "refuse_other_song",
    "sidecar_of",
    "song_row",
    "stems_digest",
    "told_of",
    "write_folder",
    "write_into",
]
