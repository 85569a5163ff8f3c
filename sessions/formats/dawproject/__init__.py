"""DAWproject, read and written."""
