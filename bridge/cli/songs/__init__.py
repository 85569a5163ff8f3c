"""The commands that work on a song through its job: one file each."""
