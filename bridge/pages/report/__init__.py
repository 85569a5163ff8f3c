"""The report: what went in and what came out, to hear, to see and to read, in one file."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
