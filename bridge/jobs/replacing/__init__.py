"""New files in place of a song's stems: found by name, role and sound, compared, put in place."""
