"""REAPER projects, track templates and FX chains, read and written."""
