"""What a bounce says of a song before it is printed, and of what was done."""
