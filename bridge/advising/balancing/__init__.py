"""Faders that give a song's groups the balance of its rough mix, or of a reference."""
