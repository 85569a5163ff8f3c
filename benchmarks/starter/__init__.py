"""Starter chains: what their first renders measure, how near a reference they come, their time."""
