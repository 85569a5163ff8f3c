"""Stem bundles: which files are stems, what each is, and where it starts."""
