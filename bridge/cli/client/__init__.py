"""Commands between a song and its client: the page they hear; notes and stems that come back."""
