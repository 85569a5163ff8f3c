"""What an engineer might do next with a song: lists to act on, which change nothing unasked."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
