"""What was sent of a song: its revisions, what changed between them, who approved them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
