"""Linking a chain to this song's stems and this machine's plugins; pure."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
