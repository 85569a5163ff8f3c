"""Processes beside this one, for work that one interpreter would do on one processor alone."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
