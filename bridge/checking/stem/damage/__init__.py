"""Checks of damage: clicks, dropouts, clipping, samples that are no sound, hum, noise."""
