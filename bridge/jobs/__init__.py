"""The song: its job file, what it changes of the chain, its gains and rides over time."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
