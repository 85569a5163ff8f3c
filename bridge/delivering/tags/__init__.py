"""The metadata of finished files: checked, written by format, read back; samples never change."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
