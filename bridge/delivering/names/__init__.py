"""Names of delivered files: templates of fields, and the rules recipients published."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
