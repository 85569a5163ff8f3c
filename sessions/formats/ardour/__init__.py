"""Ardour and Mixbus sessions."""
