from .keys import (
    Signature as Signature,
)
from .keys import (
    digest as digest,
)
from .keys import (
    file_digest as file_digest,
)
from .keys import (
    signature as signature,
)
from .leases import (
    HeldError as HeldError,
)
from .leases import (
    Lease as Lease,
)
from .leases import (
    NotALeaseError as NotALeaseError,
)
from .leases import (
    hold as hold,
)
from .leases import (
    leased_folder as leased_folder,
)
from .leases import (
    sweep as sweep,
)
from .plain_files import (
    BadDataError as BadDataError,
)
from .plain_files import (
    NotPlainError as NotPlainError,
)
from .plain_files import (
    parse_json as parse_json,
)
from .plain_files import (
    path_of as path_of,
)
from .plain_files import (
    read_bytes as read_bytes,
)
from .plain_files import (
    read_json as read_json,
)
from .plain_files import (
    refuse_odd as refuse_odd,
)
from .store import (
    LIMIT_BYTES as LIMIT_BYTES,
)
from .store import (
    Entry as Entry,
)
from .store import (
    Held as Held,
)
from .store import (
    Store as Store,
)
from .store import (
    default_root as default_root,
)
from .store import (
    modes_of as modes_of,
)

__all__ = [
    "BadDataError",
    "Entry",
    "Held",
    "HeldError",
    "LIMIT_BYTES",
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
