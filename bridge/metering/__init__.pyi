from .files import (
    audio_files as audio_files,
    measure as measure,
)
from .long_term_spectrum import (
    Spectrum as Spectrum,
    centres_hz as centres_hz,
)
from .loudness_curve import (
    EVERY_STEPS as EVERY_STEPS,
    STEPS_PER_S as STEPS_PER_S,
    WINDOW_STEPS as WINDOW_STEPS,
    LoudnessCurve as LoudnessCurve,
)
from .measures import (
    Measures as Measures,
)
from .meter import (
    Meter as Meter,
)
from .spectrum import (
    SIXTHS as SIXTHS,
    THIRDS as THIRDS,
    line_powers as line_powers,
)

__all__ = [
    "EVERY_STEPS",
    "SIXTHS",
    "STEPS_PER_S",
    "THIRDS",
    "WINDOW_STEPS",
    "LoudnessCurve",
    "Measures",
    "Meter",
    "Spectrum",
    "audio_files",
    "centres_hz",
    "line_powers",
    "measure",
]
