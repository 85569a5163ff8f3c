"""The stem check, and what comes of it."""
