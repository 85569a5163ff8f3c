"""Content-addressed results: a key names what was asked, an entry holds what came out."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
