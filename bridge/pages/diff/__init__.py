"""The page of a diff: one HTML file that opens from disk, to look at and to listen to."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
