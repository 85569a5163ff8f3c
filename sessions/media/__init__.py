"""Audio files by their headers alone, on disk or inside a zip."""
