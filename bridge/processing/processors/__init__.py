"""The built-in processors, one file each."""
