"""Plugins hosted by the machines of a farm: the same plans, placed where plugins and seats are."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
