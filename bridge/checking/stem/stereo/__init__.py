"""Checks of the two sides of a stem against each other."""
