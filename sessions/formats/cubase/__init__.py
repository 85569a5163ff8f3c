"""Cubase and Nuendo track archives."""
