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
from .starting.references import (
    Reference as Reference,
    heard_reference as heard_reference,
)
from .starting.starter import (
    Starter as Starter,
    starter as starter,
)
from .starting.trials import Trials as Trials

__all__ = [
    "Aim",
    "Balance",
    "GroupMove",
    "HeardGroup",
    "Level",
    "Reference",
    "Sounds",
    "Starter",
    "StemMove",
    "Trials",
    "balance_sounds",
    "balance_to_reference",
    "balance_to_rough",
    "heard_reference",
    "level_of",
    "starter",
    "write_balance_page",
]
