"""What the DAW exported, as a frozen Session: names and headers, never audio."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
