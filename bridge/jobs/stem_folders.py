"""What a song is not called after."""

STEM_FOLDERS = frozenset(
    {"audio", "bounce", "bounces", "export", "exports", "stem", "stems", "tracks", "wav", "wavs"}
)
"""What folders of stems are called, and no song is: the folder around them is the song's."""
