from .beside_sum import (
    beside_sum as beside_sum,
)
from .page import (
    write_check_page as write_check_page,
)
from .repairs import (
    repairs_page as repairs_page,
)

__all__ = [
    "beside_sum",
    "repairs_page",
    "write_check_page",
]
