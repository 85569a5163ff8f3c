"""Limiters beside each other: what they add to tones, keep of songs, and let over their ceiling."""
