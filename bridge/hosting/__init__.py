"""Plugins: finding them, setting them up and running them, each in a child process of its own.

Nothing here imports a plugin host, or numpy, into the caller's process before it is asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
