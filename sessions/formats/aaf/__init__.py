"""AAF compositions."""
