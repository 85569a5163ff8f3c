"""How each kind of damage is mended."""
