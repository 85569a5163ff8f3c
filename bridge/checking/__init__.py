"""The stem check: what is wrong with stems, between them, and against the rough mix.

Each check of a stem is a file in `stem/`, behind the port in `port.py`; all of a stem's checks
hear it in one streaming pass (`hearing.py`).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
