"""The demo song: eight stems, synthesised here, the same bytes every time."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
