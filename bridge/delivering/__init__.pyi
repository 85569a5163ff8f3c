from .profiles.model import (
    Profile as Profile,
)
from .profiles.reading import (
    load_profile as load_profile,
)

__all__ = [
    "Profile",
    "load_profile",
]
