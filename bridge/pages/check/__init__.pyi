from .page import (
    write_check_page as write_check_page,
)

__all__ = [
    "write_check_page",
]
