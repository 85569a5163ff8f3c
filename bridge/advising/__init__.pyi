from .balancing.balance import (
    balance_to_rough as balance_to_rough,
)
from .balancing.heard_groups import (
    HeardGroup as HeardGroup,
    Level as Level,
    level_of as level_of,
)
from .balancing.listening import (
    Sounds as Sounds,
    balance_sounds as balance_sounds,
    balance_sums as balance_sums,
)
from .balancing.page import (
    write_balance_page as write_balance_page,
)
from .balancing.proposal import (
    Aim as Aim,
    Balance as Balance,
    GroupMove as GroupMove,
    StemMove as StemMove,
)
from .balancing.reference import (
    balance_to_reference as balance_to_reference,
)
from .fitting.fitting import (
    Fit as Fit,
    Turned as Turned,
    fitted as fitted,
)
from .fitting.page import (
    Distance as Distance,
    FitSounds as FitSounds,
    write_fit_page as write_fit_page,
)
from .fitting.rows import (
    Part as Part,
    Row as Row,
)
from .fitting.scoring import (
    Likeness as Likeness,
    SamePerformance as SamePerformance,
    Score as Score,
)
from .fitting.stages import (
    BuiltInStage as BuiltInStage,
    Excerpted as Excerpted,
    Stage as Stage,
    hosted_stage as hosted_stage,
)
from .standing_in.stand_ins import (
    BUILT_IN_STAND_INS as BUILT_IN_STAND_INS,
    Gone as Gone,
    stand_in_settings as stand_in_settings,
    without_idle_bands as without_idle_bands,
)
from .starting.references import (
    Reference as Reference,
    heard_reference as heard_reference,
)
from .starting.starter import (
    Starter as Starter,
    starter as starter,
)
from .starting.trials import (
    Trials as Trials,
)
from .unmasking.cuts import (
    Cut as Cut,
    FreeingCut as FreeingCut,
    GroupEffect as GroupEffect,
    Unmasking as Unmasking,
)
from .unmasking.listening import (
    UnmaskedSounds as UnmaskedSounds,
    unmasked_sounds as unmasked_sounds,
    unmasked_sums as unmasked_sums,
)
from .unmasking.loudness_levels import (
    phon_between as phon_between,
)
from .unmasking.page import (
    write_unmasking_page as write_unmasking_page,
)
from .unmasking.unmask import (
    PlayedGroup as PlayedGroup,
    unmasked as unmasked,
)

__all__ = [
    "BUILT_IN_STAND_INS",
    "Aim",
    "Balance",
    "BuiltInStage",
    "Cut",
    "Distance",
    "Excerpted",
    "Fit",
    "FitSounds",
    "FreeingCut",
    "Gone",
    "GroupEffect",
    "GroupMove",
    "HeardGroup",
    "Level",
    "Likeness",
    "Part",
    "PlayedGroup",
    "Reference",
    "Row",
    "SamePerformance",
    "Score",
    "Sounds",
    "Stage",
    "Starter",
    "StemMove",
    "Trials",
    "Turned",
    "UnmaskedSounds",
    "Unmasking",
    "balance_sounds",
    "balance_sums",
    "balance_to_reference",
    "balance_to_rough",
    "fitted",
    "heard_reference",
    "hosted_stage",
    "level_of",
    "phon_between",
    "stand_in_settings",
    "starter",
    "unmasked",
    "unmasked_sounds",
    "unmasked_sums",
    "without_idle_bands",
    "write_balance_page",
    "write_fit_page",
    "write_unmasking_page",
]
