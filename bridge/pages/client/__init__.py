"""The client's page: every take of a song at one loudness, and notes that come back as a file."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
