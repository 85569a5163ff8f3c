"""The finished folder as it is read: its lock and its record, typed, versioned, bounded."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
