"""Tracktion and Waveform edits."""
