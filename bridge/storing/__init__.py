"""Content-addressed results: a key names what was asked, an entry holds what came out."""

from bridge.storing.keys import Signature, digest, file_digest, signature
from bridge.storing.leases import HeldError, Lease, NotALeaseError, hold, leased_folder, sweep
from bridge.storing.plain_files import (
    BadDataError,
    NotPlainError,
    parse_json,
    path_of,
    read_bytes,
    read_json,
    refuse_odd,
)
from bridge.storing.store import LIMIT_BYTES, Entry, Held, Store, default_root, modes_of

__all__ = [
    "LIMIT_BYTES",
    "BadDataError",
    "Entry",
    "Held",
    "HeldError",
    "Lease",
    "NotALeaseError",
    "NotPlainError",
    "Signature",
    "Store",
    "default_root",
    "digest",
    "file_digest",
    "hold",
    "leased_folder",
    "modes_of",
    "parse_json",
    "path_of",
    "read_bytes",
    "read_json",
    "refuse_odd",
    "signature",
    "sweep",
]
