"""Commands that advise: what to do next with a song."""
