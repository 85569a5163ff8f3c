from .filter_designs import (
    Sections as Sections,
    passing as passing,
    sections_of as sections_of,
)
from .filters import (
    SosFilter as SosFilter,
)
from .gain_series import (
    gain_of as gain_of,
    gains_of as gains_of,
)
from .limiting.analysis import (
    Analyser as Analyser,
    Analysis as Analysis,
)
from .limiting.drive import (
    solve_drive as solve_drive,
)
from .limiting.finish_limiter import (
    FinishLimiter as FinishLimiter,
)
from .limiting.pilot import (
    foreseen_bias_lu as foreseen_bias_lu,
)
from .limiting.prediction import (
    Prediction as Prediction,
)
from .port import (
    KeyedProcessor as KeyedProcessor,
    LedProcessor as LedProcessor,
    Processor as Processor,
    ReducesGain as ReducesGain,
)
from .registry import (
    KEYED as KEYED,
    LED as LED,
    SUPPORTED as SUPPORTED,
    VERSIONS as VERSIONS,
    build as build,
    build_keyed as build_keyed,
    build_led as build_led,
    run as run,
)
from .replays import (
    BandReplay as BandReplay,
    GainReplay as GainReplay,
    Replay as Replay,
    replay as replay,
)
from .rides import (
    ride_gains as ride_gains,
)
from .sines import (
    sines as sines,
)
from .wrappers import (
    Keyed as Keyed,
    Led as Led,
    Mixed as Mixed,
    OneSide as OneSide,
    Sided as Sided,
    join as join,
    run_keyed as run_keyed,
    split as split,
)

__all__ = [
    "KEYED",
    "LED",
    "SUPPORTED",
    "VERSIONS",
    "Analyser",
    "Analysis",
    "BandReplay",
    "FinishLimiter",
    "GainReplay",
    "Keyed",
    "KeyedProcessor",
    "Led",
    "LedProcessor",
    "Mixed",
    "OneSide",
    "Prediction",
    "Processor",
    "ReducesGain",
    "Replay",
    "Sections",
    "Sided",
    "SosFilter",
    "build",
    "build_keyed",
    "build_led",
    "foreseen_bias_lu",
    "gain_of",
    "gains_of",
    "join",
    "passing",
    "replay",
    "ride_gains",
    "run",
    "run_keyed",
    "sections_of",
    "sines",
    "solve_drive",
    "split",
]
