"""Files of a delivery: cut, converted, dithered once, encoded, measured."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
