from .bypass import (
    bypass as bypass,
)
from .page import (
    Bypassed as Bypassed,
)

__all__ = [
    "Bypassed",
    "bypass",
]
