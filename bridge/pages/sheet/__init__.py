"""The recall sheet of a master: every setting of it, as a studio keeps it on paper."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
