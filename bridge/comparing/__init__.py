"""Two renders, one verdict: how far apart, where, and what it does to the sound."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
