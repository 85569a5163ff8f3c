from .file_measures import (
    MeasuredWhileWritten as MeasuredWhileWritten,
    audio_files as audio_files,
    measure as measure,
)
from .loudness_curve import (
    EVERY_STEPS as EVERY_STEPS,
    STEPS_PER_S as STEPS_PER_S,
    WINDOW_STEPS as WINDOW_STEPS,
    LoudnessCurve as LoudnessCurve,
)
from .measured_writing import (
    MeasuredWav as MeasuredWav,
    WavToWrite as WavToWrite,
    write_measured as write_measured,
)
from .measures import (
    Measures as Measures,
    json_value as json_value,
)
from .meter import Meter as Meter
from .spectrum import (
    SIXTHS as SIXTHS,
    THIRDS as THIRDS,
    Powers as Powers,
    SixthOctaveSpectrum as SixthOctaveSpectrum,
    ThirdOctaveSpectrum as ThirdOctaveSpectrum,
    nominal_hz as nominal_hz,
)

__all__ = [
    "EVERY_STEPS",
    "SIXTHS",
    "STEPS_PER_S",
    "THIRDS",
    "WINDOW_STEPS",
    "LoudnessCurve",
    "MeasuredWav",
    "MeasuredWhileWritten",
    "Measures",
    "Meter",
    "Powers",
    "SixthOctaveSpectrum",
    "ThirdOctaveSpectrum",
    "WavToWrite",
    "audio_files",
    "json_value",
    "measure",
    "nominal_hz",
    "write_measured",
]
