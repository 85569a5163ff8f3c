"""Repairs of what a stem check found: new files beside the stems, with a record of every step.

Which findings are mended is a pure plan (`plan.py`); each method is a file; `mending.py` applies a
stem's steps in one pass, and `folder.py` puts the new files in place, all of them or none.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
