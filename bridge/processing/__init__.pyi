from .gain_series import (
    gain_of as gain_of,
)
from .limiting.drive import (
    Analyser as Analyser,
)
from .limiting.drive import (
    Analysis as Analysis,
)
from .limiting.drive import (
    FinishLimiter as FinishLimiter,
)
from .limiting.drive import (
    solve_drive as solve_drive,
)
from .port import (
    KeyedProcessor as KeyedProcessor,
)
from .port import (
    Processor as Processor,
)
from .port import (
    ReducesGain as ReducesGain,
)
from .registry import (
    KEYED as KEYED,
)
from .registry import (
    SUPPORTED as SUPPORTED,
)
from .registry import (
    VERSIONS as VERSIONS,
)
from .registry import (
    build as build,
)
from .registry import (
    build_keyed as build_keyed,
)
from .registry import (
    run as run,
)
from .wrappers import (
    Keyed as Keyed,
)
from .wrappers import (
    Mixed as Mixed,
)
from .wrappers import (
    OneSide as OneSide,
)
from .wrappers import (
    Sided as Sided,
)
from .wrappers import (
    join as join,
)
from .wrappers import (
    run_keyed as run_keyed,
)
from .wrappers import (
    split as split,
)

__all__ = [
    "Analyser",
    "Analysis",
    "FinishLimiter",
    "KEYED",
    "Keyed",
    "KeyedProcessor",
    "Mixed",
    "OneSide",
    "Processor",
    "ReducesGain",
    "SUPPORTED",
    "Sided",
    "VERSIONS",
    "build",
    "build_keyed",
    "gain_of",
    "join",
    "run",
    "run_keyed",
    "solve_drive",
    "split",
]
