"""The sound, as text: chain files to chains, and which stems each group takes.

`load` and `loads` read, `dumps` writes, `schema` is the JSON Schema; `assign` links stems to
groups; `describe` says what an insert does. A wrong file raises ChainError with all its faults;
`check` holds a chain that was made in code to the same.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
