"""Edits of the finished song that its job asks for: what they say, and their seconds."""
