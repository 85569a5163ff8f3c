"""A song beside other music: its rough mix, a reference; how far apart, in numbers."""
