"""Pro Tools session texts."""
