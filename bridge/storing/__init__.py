"""Content-addressed results: a key names what was asked, an entry holds what came out."""

from bridge.storing.keys import digest, file_digest
from bridge.storing.modes import modes_of
from bridge.storing.store import Entry, Store, default_root, is_alive

__all__ = ["Entry", "Store", "default_root", "digest", "file_digest", "is_alive", "modes_of"]
