"""Stems that are clean by construction: instruments, voices, loops and edits from a seed."""
