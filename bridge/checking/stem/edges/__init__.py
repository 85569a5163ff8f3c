"""Checks of where a stem begins and ends."""
