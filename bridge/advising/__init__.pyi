from .balancing.balance import (
    balance_to_rough as balance_to_rough,
)
from .balancing.heard_groups import (
    HeardGroup as HeardGroup,
)
from .balancing.proposal import (
    Aim as Aim,
    Balance as Balance,
    GroupMove as GroupMove,
    StemMove as StemMove,
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
    "Reference",
    "Starter",
    "StemMove",
    "Trials",
    "balance_to_rough",
    "heard_reference",
    "starter",
]
