from .page import (
    ClientNote as ClientNote,
    ClientSong as ClientSong,
    write_client_page as write_client_page,
)
from .takes import (
    ClientTake as ClientTake,
)

__all__ = [
    "ClientNote",
    "ClientSong",
    "ClientTake",
    "write_client_page",
]
