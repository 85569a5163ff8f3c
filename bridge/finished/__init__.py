"""The finished folder as it is read: its lock and its record, typed, versioned, bounded."""

from bridge.finished.lock import LOCK, LOCK_SCHEMA, Lock, read_lock
from bridge.finished.record import (
    RECORD,
    RECORD_SCHEMA,
    Record,
    checked_record,
    need_record,
    read_record,
)
from bridge.finished.shapes import Told, in_words

__all__ = [
    "LOCK",
    "LOCK_SCHEMA",
    "RECORD",
    "RECORD_SCHEMA",
    "Lock",
    "Record",
    "Told",
    "checked_record",
    "in_words",
    "need_record",
    "read_lock",
    "read_record",
]
