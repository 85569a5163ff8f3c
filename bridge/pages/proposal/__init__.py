"""Pages of what is proposed for a song: before and after to listen to, and beside other music."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
