"""A DAW session printed to stems, as the DAW itself would print them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
