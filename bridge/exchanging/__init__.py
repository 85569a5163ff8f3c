"""The road out of a DAW and back: capture a session's plugins as a chain, export for the DAW."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
