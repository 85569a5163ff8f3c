"""Ableton Live sets."""
