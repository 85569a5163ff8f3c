"""Checks of what a stem was before: another depth, rate, codec, or instrument."""
