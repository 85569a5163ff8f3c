"""Built-ins in the place of plugins that are gone: what they begin as, and what is kept of them."""
