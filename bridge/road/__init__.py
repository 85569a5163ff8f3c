"""The road: from stems and a chain to a finished folder, a function a step.

The command line and `stemwright` for Python both take it, and no other.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
