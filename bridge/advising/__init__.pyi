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
    "Reference",
    "Starter",
    "Trials",
    "heard_reference",
    "starter",
]
