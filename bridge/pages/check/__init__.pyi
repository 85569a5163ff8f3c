from .page import (
    write_check_page as write_check_page,
)
from .repairs import (
    repairs_page as repairs_page,
)

__all__ = [
    "repairs_page",
    "write_check_page",
]
