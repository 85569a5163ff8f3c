"""Checks of level: silence, offset, peaks."""
