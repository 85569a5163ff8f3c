"""What every page of ours shares: the player, its excerpts, the elements and colours."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
