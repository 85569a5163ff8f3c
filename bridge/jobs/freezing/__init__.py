"""Frozen songs: what plugins made, kept beside the job, and played in their place."""
