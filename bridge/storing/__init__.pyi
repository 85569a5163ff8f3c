from .entries import Entry as Entry
from .keys import (
    Content as Content,
    Signature as Signature,
    digest as digest,
    file_digest as file_digest,
    signature as signature,
)
from .known_files import (
    Disks as Disks,
    KnownFiles as KnownFiles,
)
from .leases import (
    HeldError as HeldError,
    Lease as Lease,
    NotALeaseError as NotALeaseError,
    hold as hold,
    leased_folder as leased_folder,
    sweep as sweep,
)
from .limit import (
    LIMIT_BYTES as LIMIT_BYTES,
    default_limit_bytes as default_limit_bytes,
)
from .modes import (
    modes_of as modes_of,
)
from .plain_files import (
    BadDataError as BadDataError,
    NotPlainError as NotPlainError,
    parse_json as parse_json,
    path_of as path_of,
    read_bytes as read_bytes,
    read_json as read_json,
    refuse_odd as refuse_odd,
)
from .sizes import (
    bytes_of as bytes_of,
    size_in_words as size_in_words,
)
from .store import (
    Collected as Collected,
    Held as Held,
    Store as Store,
    default_root as default_root,
    known_files_of as known_files_of,
)

__all__ = [
    "LIMIT_BYTES",
    "BadDataError",
    "Collected",
    "Content",
    "Disks",
    "Entry",
    "Held",
    "HeldError",
    "KnownFiles",
    "Lease",
    "NotALeaseError",
    "NotPlainError",
    "Signature",
    "Store",
    "bytes_of",
    "default_limit_bytes",
    "default_root",
    "digest",
    "file_digest",
    "hold",
    "known_files_of",
    "leased_folder",
    "modes_of",
    "parse_json",
    "path_of",
    "read_bytes",
    "read_json",
    "refuse_odd",
    "signature",
    "size_in_words",
    "sweep",
]
