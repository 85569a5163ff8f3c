"""The executor: a plan becomes finished files, and what is known already is not rendered again."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
