"""What a delivery is made of: the song as it was sent, and its masters."""
