"""What differs between two DAW sessions, of one format or of two."""
