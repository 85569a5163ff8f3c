from .page import (
    write_page as write_page,
)

__all__ = [
    "write_page",
]
