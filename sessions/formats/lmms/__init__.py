"""LMMS projects."""
