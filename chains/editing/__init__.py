"""Changing the text of a TOML file: what is not changed stays as it was written."""
