"""What leaves the studio: profiles, names, tags, checks and the folder of it all."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
