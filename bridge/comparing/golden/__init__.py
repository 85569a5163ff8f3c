"""Goldens without audio, small enough for version control."""
