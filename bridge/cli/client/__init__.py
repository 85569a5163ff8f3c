"""Commands between a song and its client: the page to listen to, the notes that come back."""
