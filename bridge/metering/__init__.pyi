from .files import (
    audio_files as audio_files,
)
from .files import (
    measure as measure,
)
from .measures import (
    Measures as Measures,
)
from .meter import (
    Meter as Meter,
)
from .spectrum import (
    SIXTHS as SIXTHS,
)
from .spectrum import (
    THIRDS as THIRDS,
)
from .spectrum import (
    line_powers as line_powers,
)

__all__ = [
    "Measures",
    "Meter",
    "SIXTHS",
    "THIRDS",
    "audio_files",
    "line_powers",
    "measure",
]
